"""Functions, powers, limits, reductions, slices and sums of products, against Keras' operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.registry import Registry
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import load_keras
from flowengine_nodes.layer.core.clip import Clip
from flowengine_nodes.layer.core.function import Function
from flowengine_nodes.layer.core.function import Name as FunctionName
from flowengine_nodes.layer.core.power import Power
from flowengine_nodes.layer.core.reduce import Name as ReductionName
from flowengine_nodes.layer.core.reduce import Reduce
from flowengine_nodes.layer.merge.einsum import Einsum
from flowengine_nodes.layer.reshaping.slice import Slice


def operation(function: Callable[..., Any]) -> Any:
    """Return a layer of Keras that computes a function of tensors."""

    class Operation(load_keras().layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return function(x)

    return Operation()


def ops() -> Any:
    return load_keras().ops


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_function_is_that_of_keras(name: FunctionName) -> None:
    positive = name in ("log", "log10", "log1p", "log2", "reciprocal", "rsqrt", "sqrt")
    inputs = [np.linspace(0.1 if positive else -3, 3, 24, dtype=np.float32).reshape(3, 2, 4)]
    if name == "gelu_tanh":
        reference = operation(lambda x: ops().gelu(x, approximate=True))
    else:
        reference = operation(getattr(ops(), name))
    check_layer(Function(function=name), [(2, 4)], inputs=inputs, reference=reference)


@pytest.mark.parametrize("exponent", [2.0, 3.0, -1.0, 0.5, 0.0, 1.7])
def test_power_is_that_of_keras(exponent: float) -> None:
    inputs = [np.linspace(0.1, 3, 24, dtype=np.float32).reshape(3, 8)]
    reference = operation(lambda x: ops().power(x, exponent))
    check_layer(Power(exponent=exponent), [(8,)], inputs=inputs, reference=reference)


@pytest.mark.parametrize(("low", "high"), [(-0.5, 0.5), (None, 0.3), (-0.2, None), (0.1, 0.1)])
def test_clip_is_that_of_keras(low: float | None, high: float | None) -> None:
    def clipped(x: Any) -> Any:
        x = x if low is None else ops().maximum(x, low)
        return x if high is None else ops().minimum(x, high)

    check_layer(Clip(minimum=low, maximum=high), [(4, 5)], reference=operation(clipped))


@cases
@given(
    name=st.sampled_from(get_args(ReductionName)),
    shape=st.lists(st.integers(2, 4), min_size=1, max_size=3),
    keepdims=st.booleans(),
    data=st.data(),
)
def test_reduce_is_that_of_keras(
    name: ReductionName, shape: list[int], keepdims: bool, data: st.DataObject
) -> None:
    place = st.integers(1, len(shape))
    axis = data.draw(place | st.just(-1) | st.lists(place, min_size=1, unique=True).map(tuple))
    if name == "norm":
        reference = operation(
            lambda x: ops().sqrt(ops().sum(ops().square(x), axis=axis, keepdims=keepdims))
        )
    else:
        reference = operation(lambda x: getattr(ops(), name)(x, axis=axis, keepdims=keepdims))
    layer = Reduce(function=name, axis=axis, keepdims=keepdims)
    check_layer(layer, [tuple(shape)], reference=reference)


places = st.none() | st.integers(-5, 5)


@cases
@given(
    start=places,
    stop=places,
    step=st.sampled_from([1, 1, 2, 3, -1, -2]),
    axis=st.sampled_from([1, 2, -1]),
)
def test_slice_is_that_of_numpy(start: Any, stop: Any, step: int, axis: int) -> None:
    layer = Slice(axis=axis, start=start, stop=stop, step=step)
    part = (slice(None),) * (axis % 3) + (layer.part,)

    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return inputs[0][part]

    if not len(range((4, 3)[axis % 3 - 1])[layer.part]):
        with pytest.raises(ConfigureError, match="nothing is left of the"):
            layer.outputs(TensorSpec((4, 3)))
        return
    check_layer(layer, [(4, 3)], reference=reference)


def test_slice_takes_integers_and_cuts_masks() -> None:
    check_layer(
        Slice(axis=1, stop=2), [(4,)], dtype="int32", reference=lambda x, w, training: x[0][:, :2]
    )
    mask = np.array([[True, True, False, False], [True] * 4, [False] * 4])
    for step in (2, -1):
        module = Slice(axis=1, step=step).build(TensorSpec((4, 2)))
        cut: Any = module.compute_mask
        import torch

        found = cut(torch.from_numpy(mask), torch.zeros(3, 4, 2))
        np.testing.assert_array_equal(found.numpy(), mask[:, ::step])


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"start": -1}, 1),
        ({"stop": 1}, 1),
        ({"start": -3, "stop": -2}, 1),
        ({"stop": 3}, None),
        ({"step": -1}, None),
        ({"start": -1, "step": -1}, None),
    ],
)
def test_how_much_is_left_of_an_unknown_size(settings: dict[str, Any], size: int | None) -> None:
    assert Slice(axis=1, **settings).outputs(TensorSpec((None, 3))).shape == (size, 3)


EQUATIONS = {
    "bij,bjk->bik": [(3, 4), (4, 2)],
    "bij,bkj->bik": [(3, 4), (2, 4)],
    "bi,bj->bij": [(3,), (2,)],
    "bi,bi->b": [(3,), (3,)],
    "bqhd,bkhd->bhqk": [(3, 2, 4), (5, 2, 4)],
    "bhqk,bkhd->bqhd": [(2, 3, 5), (5, 2, 4)],
    "bij->bji": [(3, 4)],
    "bij->bi": [(3, 4)],
    "bi,bij,bj->b": [(3,), (3, 4), (4,)],
}


@pytest.mark.parametrize("equation", EQUATIONS)
def test_einsum_is_that_of_keras(equation: str) -> None:
    def summed(x: Any) -> Any:
        return ops().einsum(equation, *(x if isinstance(x, list) else [x]))

    check_layer(Einsum(equation=equation), EQUATIONS[equation], reference=operation(summed))


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("clip", {}, "neither minimum nor maximum is given"),
        ("clip", {"minimum": 2.0, "maximum": 1.0}, "minimum 2.0 is above maximum 1.0"),
        ("slice", {"step": 0}, "step is 0, which would stay at one place"),
        ("function", {"function": "sqr"}, 'Did you mean "sqrt"'),
        ("einsum", {"equation": "bij,bjk"}, "is no equation; expected letters"),
        ("einsum", {"equation": "bii->bi"}, "names an axis of one tensor twice"),
        ("einsum", {"equation": "bij,ajk->bik"}, "does not keep the batch"),
        ("einsum", {"equation": "bij->bik"}, 'has "k" in its result alone'),
    ],
)
def test_settings_that_cannot_be_are_refused(
    kind: str, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigureError, match=words):
        Registry.default().load_layer(f"layer.{kind}", 1, settings)


@pytest.mark.parametrize(
    ("layer", "shapes", "words"),
    [
        (Reduce(function="sum", axis=3), [(4, 2)], "axis 3 is none of the axes"),
        (Einsum(equation="bij,bjk->bik"), [(3, 4)], "takes exactly 2 inputs; 1 is connected"),
        (Einsum(equation="bij->bi"), [(3,)], '"bij" .* names 3 axes with the batch'),
        (Einsum(equation="bij,bjk->bik"), [(3, 4), (5, 2)], '"j" in the equation is 4 and 5 long'),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    layer: BaseLayer, shapes: list[tuple[int, ...]], words: str
) -> None:
    with pytest.raises(ConfigureError, match=words):
        layer.outputs(*(TensorSpec(shape) for shape in shapes))


def test_masked_steps_are_not_reduced() -> None:
    masked = TensorSpec((5, 3), masked=True)
    assert Reduce(function="sum").outputs(masked).masked
    with pytest.raises(ConfigureError, match="the steps that a mask excludes would count"):
        Reduce(function="mean", axis=1).outputs(masked)


def test_flops_are_counted() -> None:
    assert Einsum(equation="bij,bjk->bik").flops(TensorSpec((3, 4)), TensorSpec((4, 2))) == 48
