from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, kernel

from flowengine import ConfigureError, TensorSpec
from flowengine.nn.regularizers import OrthogonalRegularizer
from flowengine.testing import check_layer
from flowengine_nodes.layer.core.dense import Dense


@cases
@given(
    layer=st.builds(Dense, units=st.integers(1, 5), **kernel),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
)
def test_dense_is_that_of_keras(layer: Dense, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


def test_dense_takes_integers() -> None:
    check_layer(Dense(units=3), [(4,)], dtype="int32")


def test_dense_passes_a_mask_on() -> None:
    mask = np.array([[True, True, False], [True, False, False]])
    report = check_layer(Dense(units=2), [(3, 4)], masks=[mask], batch=2)
    assert report.compared["inference: mask"] == 0


def test_orthogonal_regularizer_is_that_of_keras() -> None:
    for mode in ("rows", "columns"):
        regularizer = OrthogonalRegularizer(factor=0.1, mode=mode)
        check_layer(Dense(units=3, kernel_regularizer=regularizer), [(4,)])


def test_dense_counts_multiply_and_add() -> None:
    assert Dense(units=10).flops(TensorSpec((4,))) == 80
    assert Dense(units=10).flops(TensorSpec((None, 4))) == 80


def test_dense_needs_a_known_last_dimension() -> None:
    with pytest.raises(ConfigureError, match="needs to know the size of its input's last"):
        Dense(units=2).outputs(TensorSpec((3, None)))
    with pytest.raises(ConfigureError, match="gets a scalar"):
        Dense(units=2).outputs(TensorSpec(()))
