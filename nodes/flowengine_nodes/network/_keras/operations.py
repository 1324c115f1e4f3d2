"""Operations of Keras 3 in a model, such as ``x + y``, as layers that compute the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.registry import Registry
from flowengine_nodes.network._keras.applications import SCALED_SUM
from flowengine_nodes.network._keras.operation import Made, Operation, shaped
from flowengine_nodes.network._keras.slices import picked

MODULES = ("keras.src.ops", "keras.src.activations")
"""Where Keras has its operations; none of its layers is there."""

ACTIVATIONS = {
    "Celu": "celu",
    "Elu": "elu",
    "Exp": "exponential",
    "HardShrink": "hard_shrink",
    "HardSigmoid": "hard_sigmoid",
    "HardSilu": "hard_silu",
    "HardTanh": "hard_tanh",
    "LogSigmoid": "log_sigmoid",
    "Relu": "relu",
    "Relu6": "relu6",
    "Selu": "selu",
    "Sigmoid": "sigmoid",
    "Silu": "silu",
    "SoftShrink": "soft_shrink",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "SparsePlus": "sparse_plus",
    "Squareplus": "squareplus",
    "Tanh": "tanh",
    "TanhShrink": "tanh_shrink",
}
DEFAULTS = {"alpha": 1.0, "lambd": 0.5, "threshold": 0.5, "b": 4}
"""Parameters that activations have no other values for."""

EACH = ("Stack",)
"""Operations that do something with each tensor before they merge them."""

MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")


def is_known(kind: str) -> bool:
    """Return whether there is a layer for an operation, at least in some cases."""
    return kind in FORMS


def layers_of(operation: Operation, specs: Sequence[TensorSpec]) -> list[BaseLayer]:
    """Return the layers that compute an operation.

    They stand one behind the other, behind the last tensor (those of ``EACH``: behind each); the
    last layer takes the others too.

    Args:
        operation: What is computed.
        specs: The tensors it is computed of.

    Raises:
        DataError: No layer computes this.
    """
    if any(spec.masked for spec in specs):
        raise operation.refuse("it takes a masked tensor, whose mask Keras forgets there")
    registry = Registry.default()
    try:
        return [
            registry.load_layer(f"layer.{kind}", 1, settings)
            for kind, settings in FORMS[operation.kind](operation, list(specs))
        ]
    except ConfigureError as error:
        raise operation.refuse(str(error)) from None


def _merge(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if len(specs) == 1:
        return _with_number(operation, specs[0])
    if len({len(spec.shape) for spec in specs}) > 1:
        raise operation.refuse("its tensors have different numbers of dimensions")
    return [(operation.kind.lower(), {})]


def _with_number(operation: Operation, spec: TensorSpec) -> list[Made]:
    """An operation with a number, or with one for each channel."""
    given = [_constant(one) for one in operation.args]
    found = [one for one in given if one is not None]
    if len(found) != 1 or len(given) != 2 or not _fits(found[0], spec):
        raise operation.refuse("it takes values that are no tensor of a layer and no number")
    is_first = given[0] is not None
    depth, numbers = found[0]
    is_whole = depth == 0 and isinstance(numbers[0], int)
    if "int" in spec.dtype and is_whole and "Divide" not in operation.kind:
        raise operation.refuse("it computes with whole numbers")
    if operation.kind == "Add":
        return [_scaled(1.0, numbers)]
    if operation.kind == "Subtract":
        less = [-one for one in numbers]
        return [_scaled(-1.0, numbers) if is_first else _scaled(1.0, less)]
    if operation.kind == "Multiply":
        return [_scaled(numbers, 0.0)]
    if "Divide" in operation.kind and not is_first and 0 not in numbers:
        return [_scaled([1 / one for one in numbers], 0.0)]
    raise operation.refuse()


def _constant(value: Any) -> tuple[int, list[float]] | None:
    """Return a number, or several along the last axis, and how many axes they have."""
    if isinstance(value, dict) and value.get("class_name") in ("__tensor__", "__numpy__"):
        value = value["config"]["value"]
    depth = 0
    while isinstance(value, list) and len(value) == 1:
        value, depth = value[0], depth + 1
    if isinstance(value, list) and all(isinstance(one, int | float) for one in value):
        return depth + 1, value
    return (depth, [value]) if isinstance(value, int | float) else None


def _fits(constant: tuple[int, list[float]], spec: TensorSpec) -> bool:
    depth, numbers = constant
    return depth <= len(spec.shape) + 1 and len(numbers) in (1, *spec.shape[-1:])


def _divide(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if len(specs) > 1:
        raise operation.refuse()
    return _with_number(operation, specs[0])


def _scaled(scale: float | Sequence[float], offset: float | Sequence[float]) -> Made:
    return "rescaling", {"scale": _one_or_all(scale), "offset": _one_or_all(offset)}


def _one_or_all(numbers: float | Sequence[float]) -> float | list[float]:
    given = [numbers] if isinstance(numbers, int | float) else numbers
    return float(given[0]) if len(given) == 1 else [float(one) for one in given]


def _stack(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    shape = list(specs[0].shape)
    axis = operation.config["axis"]
    place = axis - 1 if axis > 0 else axis + len(shape) + 1
    if axis == 0 or not 0 <= place <= len(shape):
        raise operation.refuse(f"axis is {axis!r}")
    one = shaped([*shape[:place], 1, *shape[place:]])
    return [one, ("concatenate", {"axis": place + 1})]


def _activation(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    for name, value in operation.config.items():
        if name not in ("name", "dtype") and value != DEFAULTS.get(name):
            if operation.kind == "Elu" and name == "alpha":
                return [("elu", {"alpha": value})]
            raise operation.refuse(f"{name} is {value!r}")
    return [("activation", {"activation": ACTIVATIONS[operation.kind]})]


def _gelu(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    if operation.config.get("approximate") is not False:
        raise operation.refuse("it is approximate, and gelu is exact here (approximate=False)")
    return [("activation", {"activation": "gelu"})]


def _settings(kind: str, *names: str) -> Callable[[Operation, list[TensorSpec]], list[Made]]:
    """Return a form that hands parameters on to a layer that calls them the same."""

    def form(operation: Operation, _: list[TensorSpec]) -> list[Made]:
        return [(kind, {name: operation.config[name] for name in names})]

    return form


def _clip(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    if operation.config["x_min"] != 0:
        raise operation.refuse("only values below 0 can be cut off, and those above a limit")
    return [("relu", {"max_value": float(operation.config["x_max"])})]


def _one_hot(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    is_usual = operation.config["axis"] == -1 and not operation.config.get("sparse")
    if not is_usual or "int" not in specs[0].dtype or specs[0].shape[-1:] in ((), (1,)):
        raise operation.refuse()
    return [("one_hot", {"num_classes": operation.config["num_classes"]})]


def _cast(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if operation.config["dtype"] != "float32":
        raise operation.refuse("layers compute in float32")
    return [("identity", {}) if specs[0].dtype == "float32" else _scaled(1.0, 0.0)]


def _reshape(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    first, *sizes = operation.config["newshape"]
    if first not in (-1, None):
        raise operation.refuse("it moves values from one row to another")
    return [("reshape", {"target_shape": [-1 if size is None else size for size in sizes]})]


def _expand(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    axis = operation.config["axis"]
    shape = list(specs[0].shape)
    place = axis if isinstance(axis, int) else 0
    place = place - 1 if place > 0 else place + len(shape) + 1
    if not isinstance(axis, int) or axis == 0 or not 0 <= place <= len(shape):
        raise operation.refuse(f"axis is {axis!r}")
    return [shaped([*shape[:place], 1, *shape[place:]])]


def _squeeze(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    axis, shape = operation.config["axis"], list(specs[0].shape)
    places = _axes(operation, axis, len(shape)) if axis is not None else []
    if not places or any(shape[place - 1] != 1 for place in places):
        raise operation.refuse(f"axis is {axis!r}")
    return [shaped([size for place, size in enumerate(shape, 1) if place not in places])]


def _permute(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    rank = len(specs[0].shape)
    if operation.kind == "Swapaxes":
        order = list(range(rank + 1))
        one, two = (operation.config[name] % (rank + 1) for name in ("axis1", "axis2"))
        order[one], order[two] = order[two], order[one]
    else:
        order = list(operation.config["axes"] or range(rank, -1, -1))
    if order[0] != 0:
        raise operation.refuse("it moves the axis of the rows")
    return [("permute", {"dims": order[1:]})]


def _pooled(kind: str) -> Callable[[Operation, list[TensorSpec]], list[Made]]:
    def form(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
        rank = len(specs[0].shape)
        places = _axes(operation, operation.config["axis"], rank)
        if places != list(range(1, rank)) or rank not in (2, 3, 4):
            raise operation.refuse("it goes over other axes than those between rows and channels")
        keep = bool(operation.config["keepdims"])
        return [(f"global_{kind}_pooling{rank - 1}d", {"keepdims": keep})]

    return form


def _axes(operation: Operation, axis: Any, rank: int) -> list[int]:
    axes = [axis] if isinstance(axis, int) else axis
    if not isinstance(axes, list | tuple) or not all(type(one) is int for one in axes):
        raise operation.refuse(f"axis is {axis!r}")
    return sorted(one % (rank + 1) for one in axes)


def _pad(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    rows, *sides = operation.config["pad_width"]
    inner = len(specs[0].shape) - 1
    is_usual = operation.config["mode"] == "constant" and not any(rows) and len(sides) == inner + 1
    if not is_usual or any(sides[-1]) or inner not in (1, 2, 3):
        raise operation.refuse("only axes between rows and channels can be padded, with zeros")
    return [(f"zero_padding{inner}d", {"padding": sides[0] if inner == 1 else sides[:-1]})]


def _sum(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """The mean, as often as there are values."""
    count = math.prod(size or 0 for size in specs[0].shape[:-1])
    if not count:
        raise operation.refuse("it adds values whose number is not known")
    return [*_pooled("average")(operation, specs), _scaled(count, 0.0)]


def _product(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if [len(spec.shape) for spec in specs] != [2, 2]:
        raise operation.refuse("only products of two matrices can be read")
    return [("dot", {"axes": [2, 1]})]


def _scaled_sum(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    return [_scaled(operation.config["scale"], 0.0), ("add", {})]


def _concatenate(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    return [("concatenate", {"axis": operation.config["axis"]})]


FORMS: dict[str, Callable[[Operation, list[TensorSpec]], list[Made]]] = {
    **dict.fromkeys(ACTIVATIONS, _activation),
    **dict.fromkeys(MERGES, _merge),
    "Cast": _cast,
    "Clip": _clip,
    "Concatenate": _concatenate,
    SCALED_SUM: _scaled_sum,
    "Divide": _divide,
    "ExpandDims": _expand,
    "Gelu": _gelu,
    "GetItem": picked,
    "LeakyRelu": _settings("leaky_relu", "negative_slope"),
    "Matmul": _product,
    "Max": _pooled("max"),
    "Mean": _pooled("average"),
    "Negative": lambda _, __: [_scaled(-1.0, 0.0)],
    "OneHot": _one_hot,
    "Pad": _pad,
    "ReLU": _settings("relu", "negative_slope", "max_value", "threshold"),
    "Reshape": _reshape,
    "Softmax": _settings("softmax", "axis"),
    "Squeeze": _squeeze,
    "Stack": _stack,
    "Sum": _sum,
    "Swapaxes": _permute,
    "Transpose": _permute,
    "TrueDivide": _divide,
}
"""By the operation's class in Keras."""
