"""Layers that encode categories and ranges of values, against Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import FakeContext, check_layer
from flowengine.testing.keras_reference import keras_layer
from flowengine_nodes.layer.preprocessing.category_encoding import CategoryEncoding
from flowengine_nodes.layer.preprocessing.discretization import Discretization

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
boundaries = st.sampled_from([(0.0,), (-1.0, 0.0, 0.5), (-0.7, -0.1, 0.3, 0.9, 2.0)])


@cases
@given(
    layer=st.builds(
        CategoryEncoding,
        # Keras on torch refuses numbers beyond, on TensorFlow they count nowhere.
        num_tokens=st.integers(10, 14),
        output_mode=st.sampled_from(["multi_hot", "one_hot", "count"]),
    ),
    shape=shapes,
    dtype=st.sampled_from(["uint8", "int32", "int64"]),
)
def test_category_encoding_is_that_of_keras(
    layer: CategoryEncoding, shape: tuple[int, ...], dtype: str
) -> None:
    compare(layer, shape, dtype)


def compare(layer: BaseLayer, shape: tuple[int, ...], dtype: str) -> None:
    if shape[-1] > 1:
        check_layer(layer, [shape], dtype=dtype)
        return
    # A dimension of 1 gives way to the vector, one that is not known does not.
    x = np.random.default_rng(0).integers(0, 10, (3, *shape)).astype(dtype)
    mine = layer.build(TensorSpec(shape, dtype))(torch.tensor(x)).numpy()
    assert mine.shape[1:] == layer.output_specs(TensorSpec(shape, dtype))[0].shape
    np.testing.assert_array_equal(mine, keras_layer(layer)(x).numpy())


@cases
@given(shape=shapes)
def test_weighted_counts_are_those_of_keras(shape: tuple[int, ...]) -> None:
    layer = CategoryEncoding(num_tokens=4, output_mode="count")
    theirs = keras_layer(layer, dtype="float64")
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 4, (3, *shape)).astype("float32")

    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return theirs(torch.tensor(inputs[0]), count_weights=torch.tensor(inputs[1])).numpy()

    inputs = [numbers, rng.normal(size=numbers.shape).astype("float32")]
    check_layer(layer, [shape, shape], inputs=inputs, reference=reference)


def test_numbers_beyond_count_nowhere() -> None:
    numbers = torch.tensor([[-1, 0, 2, 2, 7]])
    for mode, expected in (("count", [1.0, 0.0, 2.0]), ("multi_hot", [1.0, 0.0, 1.0])):
        layer = CategoryEncoding.model_validate({"num_tokens": 3, "output_mode": mode})
        assert layer.build(TensorSpec((5,), "int64"))(numbers).tolist() == [expected]


def test_weights_come_in_at_a_port(tmp_path: Path) -> None:
    numbers = NetworkSpec.input("numbers", TensorSpec((5,), "int32"))
    weights = NetworkSpec.input("weights", TensorSpec((5,)))
    layer = CategoryEncoding(num_tokens=9, output_mode="count")
    made = layer.configure(numbers, weights, FakeContext(tmp_path, node="count"))
    assert made.calls["count"].inputs == ("numbers", "weights")
    assert made.output_spec == TensorSpec((9,))
    with pytest.raises(ConfigureError, match='output_mode is "multi_hot", which does not count'):
        CategoryEncoding(num_tokens=9).configure(numbers, weights, FakeContext(tmp_path, node="n"))
    with pytest.raises(ConfigureError, match="a weight for each number, but the numbers are 5"):
        layer.outputs(TensorSpec((5,), "int32"), TensorSpec((4,)))


def test_several_numbers_are_needed_for_one_vector() -> None:
    with pytest.raises(ConfigureError, match='"one_hot" makes a vector of it'):
        CategoryEncoding(num_tokens=9).outputs(TensorSpec((), "int32"))
    single = CategoryEncoding(num_tokens=9, output_mode="one_hot")
    assert single.outputs(TensorSpec((), "int32")) == TensorSpec((9,))


@cases
@given(
    layer=st.builds(
        Discretization,
        bin_boundaries=boundaries,
        output_mode=st.sampled_from(["int", "multi_hot", "one_hot", "count"]),
        epsilon=st.sampled_from([0.01, 0.2]),
    ),
    shape=shapes,
    dtype=st.sampled_from(["float32", "int32", "uint8"]),
)
def test_discretization_is_that_of_keras(
    layer: Discretization, shape: tuple[int, ...], dtype: str
) -> None:
    compare(layer, shape, dtype)


def test_a_boundary_belongs_to_the_range_above() -> None:
    layer = Discretization(bin_boundaries=(0.0, 1.0, 2.0))
    values = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]], dtype="float32")
    check_layer(layer, [(4,)], inputs=[values], batch=2)
    assert layer.build(TensorSpec((4,)))(torch.tensor(values)).tolist() == [
        [0, 2, 3, 1],
        [1, 3, 2, 1],
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"num_bins": 4}, "give bin_boundaries instead: 3 numbers make 4 bins"),
        ({}, "bin_boundaries is missing"),
        ({"bin_boundaries": ()}, "bin_boundaries is missing"),
        ({"bin_boundaries": (1.0, 0.5)}, 'must ascend; they are "1", "0.5"'),
        ({"bin_boundaries": (1.0, 2.0), "num_bins": 2}, "2 bin_boundaries make 3 bins"),
    ],
)
def test_boundaries_that_cannot_be_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigureError, match=words):
        Discretization(**settings).outputs(TensorSpec((3,)))


def test_boundaries_that_keras_learned_stand_beside_their_number() -> None:
    learned = Discretization(bin_boundaries=(0.0, 1.0), num_bins=3)
    assert learned.outputs(TensorSpec((3,))) == TensorSpec((3,), "int32")
