"""Layers that move values: edges, shapes, repeated places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from window_strategies import sizes

from flowengine import ConfigureError, Layer, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.reshaping._cropping import Cropping
from flowengine_nodes.layer.reshaping._zero_padding import ZeroPadding
from flowengine_nodes.layer.reshaping.cropping1d import Cropping1D
from flowengine_nodes.layer.reshaping.cropping2d import Cropping2D
from flowengine_nodes.layer.reshaping.cropping3d import Cropping3D
from flowengine_nodes.layer.reshaping.permute import Permute
from flowengine_nodes.layer.reshaping.repeat_vector import RepeatVector
from flowengine_nodes.layer.reshaping.reshape import Reshape
from flowengine_nodes.layer.reshaping.zero_padding1d import ZeroPadding1D
from flowengine_nodes.layer.reshaping.zero_padding2d import ZeroPadding2D
from flowengine_nodes.layer.reshaping.zero_padding3d import ZeroPadding3D

side = st.integers(0, 2)
dtypes = st.sampled_from(["float32", "uint8", "int64"])


def sides(cls: type[Layer], name: str) -> st.SearchStrategy[Any]:
    """Return settings of both sides of each axis: a number, a number an axis, a pair an axis."""
    rank = int(cls.__name__[-2])
    pair = st.tuples(side, side)
    full = pair if rank == 1 else st.tuples(*[pair] * rank)
    by_axis = [] if rank == 1 else [st.lists(side, min_size=rank, max_size=rank)]
    return st.one_of(full, side, *by_axis).map(lambda value: cls.model_validate({name: value}))


@pytest.mark.parametrize("cls", [Cropping1D, Cropping2D, Cropping3D])
@cases
@given(data=st.data(), dtype=dtypes)
def test_cropping_is_that_of_keras(cls: type[Cropping], data: st.DataObject, dtype: str) -> None:
    layer = data.draw(sides(cls, "cropping"))
    left = data.draw(sizes(len(layer.sides), 3))
    size = [kept + sum(pair) for kept, pair in zip(left, layer.sides, strict=True)]
    check_layer(layer, [(*size, 2)], dtype=dtype)
    assert layer.outputs(TensorSpec((*size, 2))).shape == (*left, 2)


@pytest.mark.parametrize("cls", [ZeroPadding1D, ZeroPadding2D, ZeroPadding3D])
@cases
@given(data=st.data(), dtype=dtypes)
def test_zero_padding_is_that_of_keras(
    cls: type[ZeroPadding], data: st.DataObject, dtype: str
) -> None:
    layer = data.draw(sides(cls, "padding"))
    check_layer(layer, [(*data.draw(sizes(len(layer.sides), 3)), 2)], dtype=dtype)


def test_cropping_of_everything_is_refused_in_words() -> None:
    with pytest.raises(
        ConfigureError, match="nothing is left of the 4×3 input where 1 and 1, 2 an"
    ):
        Cropping2D(cropping=((1, 1), (2, 1))).outputs(TensorSpec((4, 3, 1)))


@pytest.mark.parametrize(
    ("cls", "settings"),
    [
        (Cropping1D, '{"cropping": [1, 2, 3]}'),
        (Cropping2D, '{"cropping": [1]}'),
        (Cropping3D, '{"cropping": [[1, 1], [2, 2], [-1, 2]]}'),
        (ZeroPadding2D, '{"padding": true}'),
        (ZeroPadding2D, '{"padding": -1}'),
        (ZeroPadding2D, '{"padding": 1, "data_format": "channels_first"}'),
    ],
)
def test_wrong_sides_are_refused(cls: type[Layer], settings: str) -> None:
    with pytest.raises(ValueError, match=r"validation error"):
        cls.model_validate_json(settings)


def test_one_number_stands_for_all_sides() -> None:
    one = ZeroPadding2D.model_validate_json('{"padding": 2}')
    assert one == ZeroPadding2D.model_validate_json('{"padding": [2, [2, 2]]}')
    assert one.padding == ((2, 2), (2, 2))


@cases
@given(data=st.data(), shape=st.lists(st.integers(1, 4), max_size=4), dtype=dtypes)
def test_reshape_is_that_of_keras(data: st.DataObject, shape: list[int], dtype: str) -> None:
    factors = [f for size in shape for f in ([2, 2] if size == 4 else [size])]
    target = list(data.draw(st.permutations(factors)))
    cut = data.draw(st.integers(0, len(target)))
    target = [math.prod(target[:cut]), *target[cut:]]
    if data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    check_layer(Reshape(target_shape=tuple(target)), [tuple(shape)], dtype=dtype)


def test_reshape_to_a_single_value() -> None:
    check_layer(Reshape(target_shape=()), [(1,)])


def test_reshape_of_unknown_sizes() -> None:
    layer = Reshape(target_shape=(-1, 4))
    assert layer.outputs(TensorSpec((None, 8))).shape == (None, 4)
    assert Reshape(target_shape=(2, 4)).outputs(TensorSpec((None, 2))).shape == (2, 4)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ((5, 2), "target shape 5×2: the 12 values of the input 3×4 do not fit; -1 lets one"),
        ((5, -1), "the 12 values of the input 3×4 do not fit"),
        ((6,), "the 12 values of the input 3×4 do not fit"),
        ((-1, -1), "only one dimension can be -1"),
    ],
)
def test_reshape_that_does_not_fit_is_refused(target: tuple[int, ...], message: str) -> None:
    with pytest.raises(ConfigureError, match=message):
        Reshape(target_shape=target).outputs(TensorSpec((3, 4)))


@pytest.mark.parametrize("size", [0, -2])
def test_dimension_that_cannot_be_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="a dimension is at least 1, or -1 to follow from the r"):
        Reshape.model_validate_json(f'{{"target_shape": [2, {size}]}}')


@cases
@given(data=st.data(), shape=st.lists(st.integers(1, 4), max_size=4), dtype=dtypes)
def test_permute_is_that_of_keras(data: st.DataObject, shape: list[int], dtype: str) -> None:
    dims = tuple(data.draw(st.permutations(range(1, len(shape) + 1))))
    check_layer(Permute(dims=dims), [tuple(shape)], dtype=dtype)


@pytest.mark.parametrize("dims", [(1,), (1, 3), (2, 2), (1, 2, 3)])
def test_permutation_that_is_none_is_refused(dims: tuple[int, ...]) -> None:
    with pytest.raises(ConfigureError, match=r"for the input 4×5 it must hold \[1, 2\] in some"):
        Permute(dims=dims).outputs(TensorSpec((4, 5)))


@cases
@given(n=st.integers(1, 5), size=st.integers(1, 4), dtype=dtypes)
def test_repeat_vector_is_that_of_keras(n: int, size: int, dtype: str) -> None:
    check_layer(RepeatVector(n=n), [(size,)], dtype=dtype)


def test_only_vectors_are_repeated() -> None:
    with pytest.raises(ConfigureError, match=r"an input of 1 dimension \(features\)"):
        RepeatVector(n=2).outputs(TensorSpec((4, 5)))


@pytest.mark.parametrize(
    "layer",
    [
        Cropping1D(),
        ZeroPadding1D(),
        Reshape(target_shape=(4, 2)),
        Permute(dims=(2, 1)),
        Flatten(),
    ],
)
def test_masks_end_where_values_move(layer: Layer) -> None:
    mask = np.array([[True, True, False, False]] * 3)
    check_layer(layer, [(4, 2)], masks=[mask])


@pytest.mark.parametrize(
    "layer",
    [Cropping1D(), ZeroPadding1D(), Reshape(target_shape=(4, 2)), Permute(dims=(2, 1)), Flatten()],
)
@pytest.mark.parametrize("dtype", ["float16", "float64", "bool"])
def test_other_data_types_are_promised_as_they_come(layer: Layer, dtype: str) -> None:
    check_layer(layer, [(4, 2)], dtype=dtype)
