"""Normalizations that look at each row by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.normalization.group_normalization import GroupNormalization
from flowengine_nodes.layer.normalization.layer_normalization import LayerNormalization
from flowengine_nodes.layer.normalization.rms_normalization import RMSNormalization
from flowengine_nodes.layer.normalization.unit_normalization import UnitNormalization

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
epsilons = st.sampled_from([1e-3, 0.1])
scaling = {
    "epsilon": epsilons,
    "center": st.booleans(),
    "scale": st.booleans(),
    "beta_regularizer": regularizers,
    "gamma_regularizer": regularizers,
    "beta_constraint": constraints,
    "gamma_constraint": constraints,
}


def axes(rank: int) -> st.SearchStrategy[int | tuple[int, ...]]:
    """Return an axis, or several."""
    one = st.integers(1, rank)
    return st.just(-1) | one | st.lists(one, min_size=1, unique=True).map(tuple)


def last(rank: int) -> st.SearchStrategy[int | tuple[int, ...]]:
    """Return the last axis, or several up to the last."""
    several = st.integers(1, rank).map(lambda first: tuple(range(first, rank + 1)))
    return st.just(-1) | several


@cases
@given(data=st.data(), shape=shapes)
def test_layer_normalization_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    layer = data.draw(st.builds(LayerNormalization, axis=last(len(shape)), **scaling))
    check_layer(layer, [shape])


@cases
@given(data=st.data(), shape=shapes)
def test_layer_normalization_takes_any_axes(data: st.DataObject, shape: tuple[int, ...]) -> None:
    # Keras on torch normalises the last axes, whichever are named.
    layer = data.draw(st.builds(LayerNormalization, axis=axes(len(shape)), epsilon=epsilons))

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        (x,) = inputs
        over = tuple(axis % x.ndim for axis in np.atleast_1d(layer.axis))
        sizes = [size if at in over else 1 for at, size in enumerate(x.shape)]
        mean, variance = x.mean(over, keepdims=True), x.var(over, keepdims=True)
        values = (x - mean) / np.sqrt(variance + layer.epsilon)
        return values * weights["gamma"].reshape(sizes) + weights["beta"].reshape(sizes)

    check_layer(layer, [shape], reference=reference)


@cases
@given(data=st.data(), groups=st.integers(1, 3), size=st.integers(1, 2))
def test_group_normalization_is_that_of_keras(data: st.DataObject, groups: int, size: int) -> None:
    rank = data.draw(st.integers(1, 3))
    axis = data.draw(st.sampled_from([-1, *range(1, rank + 1)]))
    shape = data.draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank))
    shape[axis - 1 if axis > 0 else axis] = groups * size
    layer = data.draw(
        st.builds(
            GroupNormalization, groups=st.sampled_from([groups, -1]), axis=st.just(axis), **scaling
        )
    )
    check_layer(layer, [tuple(shape)])


@cases
@given(data=st.data(), shape=shapes)
def test_unit_normalization_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    check_layer(data.draw(st.builds(UnitNormalization, axis=axes(len(shape)))), [shape])


@cases
@given(data=st.data(), shape=shapes)
def test_rms_normalization_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    layer = data.draw(
        st.builds(RMSNormalization, axis=last(len(shape)), epsilon=st.sampled_from([1e-6, 0.1]))
    )
    check_layer(layer, [shape])


@cases
@given(data=st.data(), shape=shapes)
def test_rms_normalization_scales_along_its_own_axes(
    data: st.DataObject, shape: tuple[int, ...]
) -> None:
    # Keras spreads the factors over the last axis, whichever was normalised.
    axis = data.draw(st.integers(1, len(shape)))

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        (x,) = inputs
        mean = (x**2).mean(axis, keepdims=True)
        scale = weights["scale"].reshape([-1 if at == axis else 1 for at in range(x.ndim)])
        return scale * x / np.sqrt(mean + 1e-6)

    check_layer(RMSNormalization(axis=axis), [shape], reference=reference)


def test_masks_travel_as_in_keras() -> None:
    mask = np.array([[True, True, False]] * 3)
    for layer in (LayerNormalization(), UnitNormalization(), GroupNormalization(groups=2)):
        check_layer(layer, [(3, 4)], masks=[mask])
    assert not RMSNormalization().outputs(TensorSpec((3, 4), masked=True)).masked


def test_groups_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ConfigureError) as error:
        GroupNormalization().outputs(TensorSpec((8, 8, 12)))
    assert str(error.value) == (
        "groups is 32, which does not divide the 12 channels of the input; choose one of "
        "1, 2, 3, 4, 6, 12, or -1 for a group a channel"
    )


def test_unknown_sizes_are_refused_only_where_weights_need_them() -> None:
    assert LayerNormalization().outputs(TensorSpec((None, 4))).shape == (None, 4)
    with pytest.raises(ConfigureError, match="size of its input's normalised dimension"):
        LayerNormalization(axis=1).outputs(TensorSpec((None, 4)))
    assert UnitNormalization(axis=1).outputs(TensorSpec((None, 4))).shape == (None, 4)


def test_axes_that_are_not_there_are_refused() -> None:
    with pytest.raises(ConfigureError, match="axis 3 is none of the axes"):
        LayerNormalization(axis=(1, 3)).outputs(TensorSpec((3, 4)))
    with pytest.raises(ConfigureError, match="axis 0 is none of the axes"):
        UnitNormalization(axis=0).outputs(TensorSpec((3, 4)))
