"""Preprocessing of numbers: one-hot vectors and known means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.preprocessing.normalization import Normalization
from flowengine_nodes.layer.preprocessing.one_hot import OneHot

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


def one_hot(classes: int) -> Any:
    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        return (inputs[0][..., None] == np.arange(classes)).astype(float)

    return reference


@cases
@given(
    classes=st.integers(1, 12),
    shape=shapes,
    dtype=st.sampled_from(["uint8", "int32", "int64"]),
)
def test_one_hot_puts_a_one_at_its_place(classes: int, shape: tuple[int, ...], dtype: str) -> None:
    check_layer(OneHot(num_classes=classes), [shape], dtype=dtype, reference=one_hot(classes))


def test_one_hot_is_that_of_keras() -> None:
    import keras

    layer, numbers = OneHot(num_classes=5), np.array([[0, 4, 2], [3, 3, 1]])
    theirs = keras.ops.one_hot(numbers, 5)

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        return theirs.numpy()

    check_layer(layer, [(3,)], dtype="int64", inputs=[numbers], batch=2, reference=reference)


def test_numbers_beyond_the_classes_give_zeros() -> None:
    numbers = np.array([[-1, 0, 7]])
    check_layer(
        OneHot(num_classes=3), [(3,)], dtype="int64", inputs=[numbers], reference=one_hot(3)
    )


def test_one_hot_passes_a_mask_on() -> None:
    assert OneHot(num_classes=3).outputs(TensorSpec((None,), "int64", masked=True)) == TensorSpec(
        (None, 3), masked=True
    )


@cases
@given(data=st.data(), shape=shapes, invert=st.booleans(), is_given=st.booleans())
def test_normalization_is_that_of_keras(
    data: st.DataObject, shape: tuple[int, ...], invert: bool, is_given: bool
) -> None:
    places = st.integers(1, len(shape))
    axis = data.draw(st.sampled_from([None, -1]) | places)
    settings: dict[str, Any] = {"axis": axis, "invert": invert}
    if is_given:
        count = 1 if axis is None else shape[axis - 1 if axis > 0 else axis]
        numbers = st.sampled_from([0.5, 2.0, 7.0])
        one = numbers if axis is None else numbers | st.tuples(*[numbers] * count)
        settings["mean"] = data.draw(one)
        settings["variance"] = (
            data.draw(st.tuples(*[numbers] * count))
            if isinstance(settings["mean"], tuple)
            else data.draw(numbers)
        )
    check_layer(Normalization(**settings), [shape])


def test_normalization_over_several_axes_is_that_of_keras() -> None:
    statistics = {"mean": ((1.0, 2.0), (3.0, 4.0)), "variance": ((1.0, 4.0), (9.0, 1.0))}
    check_layer(Normalization(axis=(1, 2), **statistics), [(2, 2)])
    check_layer(Normalization(axis=(1, 3), mean=(1.0, 2.0), variance=(4.0, 9.0)), [(3, 4, 2)])
    check_layer(Normalization(axis=(1, 2)), [(3, 4)])


def test_normalization_of_whole_numbers_is_that_of_keras() -> None:
    check_layer(Normalization(mean=3.0, variance=4.0), [(5,)], dtype="uint8")


def test_statistics_that_do_not_fit_are_refused() -> None:
    vector = TensorSpec((3,))
    with pytest.raises(ConfigureError, match="mean and variance belong together"):
        Normalization(mean=1.0).outputs(vector)
    with pytest.raises(ConfigureError, match=r"they have \[2\] and \[\]"):
        Normalization(mean=(1.0, 2.0), variance=1.0).outputs(vector)
    with pytest.raises(
        ConfigureError, match=r"mean has the shape \[2\], but the input needs \[3\]"
    ):
        Normalization(mean=(1.0, 2.0), variance=(1.0, 2.0)).outputs(vector)
