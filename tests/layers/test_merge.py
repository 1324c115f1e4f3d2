"""Layers that merge several tensors into one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, MergeLayer, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.merge.add import Add
from flowengine_nodes.layer.merge.average import Average
from flowengine_nodes.layer.merge.concatenate import Concatenate
from flowengine_nodes.layer.merge.dot import Dot
from flowengine_nodes.layer.merge.maximum import Maximum
from flowengine_nodes.layer.merge.minimum import Minimum
from flowengine_nodes.layer.merge.multiply import Multiply
from flowengine_nodes.layer.merge.subtract import Subtract

ELEMENTWISE: list[type[MergeLayer]] = [Add, Average, Maximum, Minimum, Multiply, Subtract]

Shapes = list[tuple[int, ...]]


@st.composite
def shapes(draw: st.DrawFn, count: int | None = None) -> Shapes:
    """Return shapes that can be merged: of one shape, sizes of 1, fewer axes."""
    whole = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    number = count or draw(st.integers(2, 4))
    return [
        tuple(size if draw(st.booleans()) else 1 for size in whole)[draw(st.integers(0, 1)) :]
        if draw(st.booleans()) and len(whole) > 1
        else tuple(whole)
        for _ in range(number)
    ]


@pytest.mark.parametrize("cls", ELEMENTWISE)
@cases
@given(data=st.data())
def test_elementwise_merge_is_that_of_keras(data: st.DataObject, cls: type[MergeLayer]) -> None:
    check_layer(cls(), data.draw(shapes(2 if cls is Subtract else None)))


@pytest.mark.parametrize("cls", ELEMENTWISE)
@cases
@given(data=st.data())
def test_elementwise_masks_are_those_of_keras(data: st.DataObject, cls: type[MergeLayer]) -> None:
    count = 2 if cls is Subtract else data.draw(st.integers(2, 3))
    masks = [data.draw(st.none() | mask(3)) for _ in range(count)]
    check_layer(cls(), [(3, 2)] * count, masks=masks)


def mask(steps: int) -> st.SearchStrategy[Any]:
    rows = st.lists(st.booleans(), min_size=steps, max_size=steps)
    return st.lists(rows, min_size=3, max_size=3).map(np.array)


@cases
@given(data=st.data(), whole=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_concatenate_is_that_of_keras(data: st.DataObject, whole: list[int]) -> None:
    axis = data.draw(st.sampled_from([-1, *range(1, len(whole) + 1)]))
    at = axis - 1 if axis > 0 else axis
    given = []
    for size in data.draw(st.lists(st.integers(1, 3), min_size=2, max_size=4)):
        shape = list(whole)
        shape[at] = size
        given.append(tuple(shape))
    check_layer(Concatenate(axis=axis), given)


@cases
@given(data=st.data(), axis=st.sampled_from([-1, 1, 2]))
def test_concatenated_masks_are_those_of_keras(data: st.DataObject, axis: int) -> None:
    masks = [data.draw(st.none() | mask(3)) for _ in range(2)]
    check_layer(Concatenate(axis=axis), [(3, 2), (3, 2)], masks=masks)


def test_concatenate_keeps_a_data_type_that_all_share() -> None:
    check_layer(Concatenate(), [(3,), (2,)], dtype="uint8")
    mixed = Concatenate().outputs(TensorSpec((3,), "uint8"), TensorSpec((2,), "int32"))
    assert mixed == TensorSpec((5,), "float32")


@cases
@given(data=st.data(), normalize=st.booleans())
def test_dot_is_that_of_keras(data: st.DataObject, normalize: bool) -> None:
    first, second = (
        data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)) for _ in range(2)
    )
    one, two = (data.draw(st.integers(1, len(shape))) for shape in (first, second))
    second[two - 1] = first[one - 1]
    is_last = one == len(first) and two == len(second)
    axes = data.draw(
        st.sampled_from([(one, two), *([one] if one == two else []), *([-1] if is_last else [])])
    )
    check_layer(Dot(axes=axes, normalize=normalize), [tuple(first), tuple(second)])


def test_one_tensor_merges_to_itself() -> None:
    assert Add().outputs(TensorSpec((3, 2))).shape == (3, 2)


def test_sizes_that_differ_are_refused_in_words() -> None:
    with pytest.raises(ConfigureError) as error:
        Add().outputs(TensorSpec((3, 4)), TensorSpec((5, 4)))
    assert str(error.value) == (
        "inputs of 3×4 and 5×4 cannot be merged value by value: 3 and 5 differ, and neither is 1; "
        "bring both to one shape"
    )
    with pytest.raises(ConfigureError, match="4 and 5 differ beside the axis that grows"):
        Concatenate(axis=1).outputs(TensorSpec((3, 4)), TensorSpec((3, 5)))
    with pytest.raises(ConfigureError, match="number of dimensions differs; a reshape layer"):
        Concatenate().outputs(TensorSpec((3, 4)), TensorSpec((3,)))
    with pytest.raises(ConfigureError, match=r"the axes \[1, 1\] .* have 3 and 4 places"):
        Dot(axes=1).outputs(TensorSpec((3,)), TensorSpec((4,)))


def test_wrong_number_of_inputs_is_refused() -> None:
    with pytest.raises(ConfigureError, match="takes exactly 2 inputs; 1 is connected"):
        Subtract().outputs(TensorSpec((3,)))
    with pytest.raises(ConfigureError, match="takes exactly 2 inputs; 3 are connected"):
        Dot(axes=1).outputs(*[TensorSpec((3,))] * 3)


def test_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigureError, match="axis 3 is none of the axes of the input 3×2"):
        Concatenate(axis=3).outputs(TensorSpec((3, 2)), TensorSpec((3, 2)))
    with pytest.raises(ConfigureError, match="axis 0 is none of the axes"):
        Dot(axes=0).outputs(TensorSpec((3,)), TensorSpec((3,)))


def test_unknown_sizes_are_settled_by_known_ones() -> None:
    merged = Add().outputs(TensorSpec((None, 4)), TensorSpec((7, 1)))
    assert merged.shape == (7, 4)
    assert Add().outputs(TensorSpec((None, 4)), TensorSpec((1, 4))).shape == (None, 4)
    assert Concatenate().outputs(TensorSpec((None, 4)), TensorSpec((3, 4))).shape == (3, 8)
    assert Concatenate(axis=1).outputs(TensorSpec((None, 4)), TensorSpec((3, 4))).shape == (None, 4)


def test_merges_count_their_operations() -> None:
    two = [TensorSpec((3, 4))] * 2
    assert Add().flops(*two) == 12
    assert Dot(axes=-1).flops(*two) == 2 * 9 * 4
