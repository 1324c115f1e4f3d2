"""Layers that Keras 3 has as operations on tensors, as it describes them in files."""

from __future__ import annotations

from typing import Any

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.layer._tensors import tensor_axes, tensor_axis
from flowengine_nodes.layer.core.clip import Clip
from flowengine_nodes.layer.core.function import Function
from flowengine_nodes.layer.core.power import Power
from flowengine_nodes.layer.core.reduce import Reduce
from flowengine_nodes.layer.merge.einsum import Einsum
from flowengine_nodes.layer.reshaping.slice import Slice
from flowengine_nodes.network._keras.formulas import FUNCTIONS

OPERATIONS = (Clip, Einsum, Function, Power, Reduce, Slice)
"""Layers that no class of Keras' layers stands for."""

MODULE = "keras.src.ops"
OTHER_MODULES = {
    "Erf": "math",
    "Gelu": "nn",
    "Logsumexp": "math",
    "Norm": "linalg",
    "Rsqrt": "math",
}
"""Where an operation is that does not stand among those of numpy."""

CLASSES = {name: kind for kind, name in FUNCTIONS.items()} | {"exp": "Exp", "gelu_tanh": "Gelu"}
WHOLE = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}


def operation_of(layer: BaseLayer, tensor: TensorSpec) -> tuple[dict[str, Any], list[Any]]:
    """Return an operation as Keras describes it, and what it is called on beside tensors.

    Args:
        layer: One of ``OPERATIONS``.
        tensor: The first tensor that it takes.

    Raises:
        ConfigureError: Keras' operation cannot do it.
    """
    kind, config, others = _described(layer, tensor)
    module = f"{MODULE}.{OTHER_MODULES.get(kind, 'numpy')}"
    entry = {"module": module, "class_name": kind, "config": config, "registered_name": kind}
    return entry, others


def _described(layer: BaseLayer, tensor: TensorSpec) -> tuple[str, dict[str, Any], list[Any]]:
    match layer:
        case Function():
            config = {"approximate": True} if layer.function == "gelu_tanh" else {}
            return CLASSES[layer.function], config, []
        case Power():
            return "Power", {}, [layer.exponent]
        case Clip():
            return _limited(layer)
        case Einsum():
            return "Einsum", {"subscripts": layer.equation}, []
        case Reduce():
            return _reduced(layer, tensor)
        case Slice():
            return _cut(layer, tensor)
    raise TypeError(f"{type(layer).__name__} is no operation")


def _limited(layer: Clip) -> tuple[str, dict[str, Any], list[Any]]:
    if layer.minimum is None:
        return "Minimum", {}, [layer.maximum]
    if layer.maximum is None:
        return "Maximum", {}, [layer.minimum]
    return "Clip", {"x_min": layer.minimum, "x_max": layer.maximum}, []


def _reduced(layer: Reduce, tensor: TensorSpec) -> tuple[str, dict[str, Any], list[Any]]:
    axes = [place + 1 for place in tensor_axes(tensor, layer.axis)]
    config: dict[str, Any] = {
        "axis": axes[0] if len(axes) == 1 else axes,
        "keepdims": layer.keepdims,
    }
    if layer.function == "norm" and len(axes) > 2:
        raise ConfigureError(
            "Keras 3 has norms along one or two axes only; a square, a sum and a square root are "
            "the same"
        )
    if layer.function == "norm":
        config["ord"] = None
    return layer.function.capitalize(), config, []


def _cut(layer: Slice, tensor: TensorSpec) -> tuple[str, dict[str, Any], list[Any]]:
    axis = tensor_axis(tensor, layer.axis) + 1
    if layer.step < 0:
        if (layer.start, layer.stop, layer.step) != (None, None, -1):
            raise ConfigureError(
                f"a step of {layer.step} goes backwards, which Keras 3 does with whole axes only "
                f"(no start, no stop, step -1)"
            )
        return "Flip", {"axis": axis}, []
    part = {"start": layer.start, "stop": layer.stop, "step": layer.step}
    places = [WHOLE] * axis + [{"class_name": "__slice__", "config": part}]
    return "GetItem", {}, [places]
