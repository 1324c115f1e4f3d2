from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers

from flowengine import ConfigureError, DataError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.layer.embedding.masking import Masking

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@cases
@given(
    layer=st.builds(
        Embedding,
        input_dim=st.integers(10, 12),
        output_dim=st.integers(1, 4),
        embeddings_regularizer=regularizers,
        embeddings_constraint=constraints,
        mask_zero=st.booleans(),
    ),
    shape=shapes,
    dtype=st.sampled_from(["int32", "int64", "uint8", "int8"]),
)
def test_embedding_is_that_of_keras(layer: Embedding, shape: Any, dtype: str) -> None:
    check_layer(layer, [shape], dtype=dtype)


def test_embedding_of_numbers_with_a_fraction_takes_their_whole_part() -> None:
    numbers = np.array([[0.0, 0.5, 1.0, 2.9]], dtype=np.float32)
    check_layer(Embedding(input_dim=3, output_dim=2, mask_zero=True), [(4,)], inputs=[numbers])


def test_one_number_has_one_vector() -> None:
    assert Embedding(input_dim=3, output_dim=2).outputs(TensorSpec((), "int64")).shape == (2,)


def test_embedding_of_unknown_length_is_of_unknown_length() -> None:
    spec = Embedding(input_dim=3, output_dim=2, mask_zero=True).outputs(TensorSpec((None,)))
    assert spec == TensorSpec((None, 2), masked=True)


def test_embedding_ends_a_mask_unless_it_makes_one() -> None:
    sequence = TensorSpec((4,), "int64", masked=True)
    assert not Embedding(input_dim=3, output_dim=2).outputs(sequence).masked


@pytest.mark.parametrize("wrong", [3, -1])
def test_number_without_a_vector_is_named(wrong: int) -> None:
    module = Embedding(input_dim=3, output_dim=2).build(TensorSpec((1,)))
    with pytest.raises(DataError, match=f"no vector for {wrong}: .*inputs go from 0 to 2"):
        module(torch.tensor([[wrong]]))


@cases
@given(data=st.data(), shape=shapes, value=st.sampled_from([0.0, -1.0, 2.5]))
def test_masking_is_that_of_keras(data: st.DataObject, shape: Any, value: float) -> None:
    size = 2 * int(np.prod(shape))
    numbers = data.draw(st.lists(st.sampled_from([value, 1.0, 0.0]), min_size=size, max_size=size))
    inputs = [np.array(numbers, dtype=np.float32).reshape(2, *shape)]
    check_layer(Masking(mask_value=value), [shape], inputs=inputs)


def test_masking_makes_a_mask_of_its_own() -> None:
    spec = Masking().outputs(TensorSpec((None, 3), "int32"))
    assert spec == TensorSpec((None, 3), masked=True)
    with pytest.raises(ConfigureError, match="it gets a scalar"):
        Masking().outputs(TensorSpec(()))
