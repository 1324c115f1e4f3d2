"""Operations of Keras 3 in a model, such as ``x + y``, as layers that compute the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.network._keras import formulas
from flowengine_nodes.network._keras.applications import SCALED_SUM
from flowengine_nodes.network._keras.classes import layer_registry
from flowengine_nodes.network._keras.operation import Made, Operation, shaped
from flowengine_nodes.network._keras.slices import parts, picked, reversed_along

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

SEVERAL = ("Split", "Unstack")
"""Operations that make several tensors of one."""

EACH = ("Stack",)
"""Operations that do something with each tensor before they merge them."""

MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")


def is_known(kind: str) -> bool:
    """Return whether there is a layer for an operation, at least in some cases."""
    return kind in FORMS or kind in SEVERAL


def layers_of(operation: Operation, specs: Sequence[TensorSpec]) -> list[list[BaseLayer]]:
    """Return the layers that compute an operation, once for each tensor that it makes.

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
    tensors = list(specs)
    if operation.kind in SEVERAL:
        made = parts(operation, tensors)
    else:
        made = [FORMS[operation.kind](operation, tensors)]
    registry = layer_registry()
    try:
        return [
            [registry.load_layer(f"layer.{kind}", 1, settings) for kind, settings in one]
            for one in made
        ]
    except ConfigureError as error:
        raise operation.refuse(str(error)) from None


def _merge(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if len(specs) == 1:
        is_limit = operation.kind in ("Maximum", "Minimum")
        return formulas.limit(operation, specs) if is_limit else _with_number(operation, specs[0])
    _check_ranks(operation, specs)
    return [(operation.kind.lower(), {})]


def _check_ranks(operation: Operation, specs: list[TensorSpec]) -> None:
    if len({len(spec.shape) for spec in specs}) > 1:
        raise operation.refuse("its tensors have different numbers of dimensions")


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
    if is_first:
        return [formulas.of_function("reciprocal"), _scaled(numbers, 0.0)]
    if 0 not in numbers:
        return [_scaled([1 / one for one in numbers], 0.0)]
    raise operation.refuse("it divides by 0")


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
    if len(specs) == 1:
        return _with_number(operation, specs[0])
    _check_ranks(operation, specs)
    return [formulas.of_function("reciprocal"), ("multiply", {})]


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


def _settings(kind: str, *names: str) -> Callable[[Operation, list[TensorSpec]], list[Made]]:
    """Return a form that hands parameters on to a layer that calls them the same."""

    def form(operation: Operation, _: list[TensorSpec]) -> list[Made]:
        return [(kind, {name: operation.config[name] for name in names})]

    return form


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
    given = operation.config["axis"]
    count = 1 if isinstance(given, int) else len(given)
    shape = list(specs[0].shape)
    # Axes are counted in the result.
    for axis in operation.axes(len(shape) + count):
        shape.insert(axis - 1, 1)
    return [shaped(shape)]


def _squeeze(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    axis, shape = operation.config["axis"], list(specs[0].shape)
    if axis is None and None not in shape:
        return [shaped([size for size in shape if size != 1])]
    places = operation.axes(len(shape))
    if any(shape[place - 1] != 1 for place in places):
        raise operation.refuse(f"axis is {axis!r}")
    return [shaped([size for place, size in enumerate(shape, 1) if place not in places])]


def _permute(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    rank = len(specs[0].shape)
    if operation.kind == "Swapaxes":
        order = list(range(rank + 1))
        one, two = (operation.config[name] % (rank + 1) for name in ("axis1", "axis2"))
        order[one], order[two] = order[two], order[one]
    elif operation.kind == "Moveaxis":
        moves = [operation.config[name] for name in ("source", "destination")]
        if not all(isinstance(one, int) for one in moves):
            raise operation.refuse("it moves several axes; a permute layer does that")
        source, destination = (one % (rank + 1) for one in moves)
        order = [axis for axis in range(rank + 1) if axis != source]
        order.insert(destination, source)
    else:
        order = list(operation.config["axes"] or range(rank, -1, -1))
    if order[0] != 0:
        raise operation.refuse("it moves the axis of the rows")
    return [("permute", {"dims": order[1:]})]


def _pad(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    given, inner = operation.config["pad_width"], len(specs[0].shape) - 1
    if isinstance(given, int) or not all(isinstance(one, list | tuple) for one in given):
        raise operation.refuse("it pads the axis of the rows")
    rows, *sides = given
    is_usual = operation.config["mode"] == "constant" and not any(rows) and len(sides) == inner + 1
    if not is_usual or any(sides[-1]) or inner not in (1, 2, 3):
        raise operation.refuse("only axes between rows and channels can be padded, with zeros")
    return [(f"zero_padding{inner}d", {"padding": sides[0] if inner == 1 else sides[:-1]})]


def _scaled_sum(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    return [_scaled(operation.config["scale"], 0.0), ("add", {})]


def _concatenate(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    return [("concatenate", {"axis": operation.config["axis"]})]


FORMS: dict[str, formulas.Form] = {
    **dict.fromkeys(ACTIVATIONS, _activation),
    **dict.fromkeys(MERGES, _merge),
    **dict.fromkeys(formulas.FUNCTIONS, formulas.function),
    **dict.fromkeys(formulas.REDUCTIONS, formulas.reduction),
    "AveragePool": formulas.pooling("average"),
    "Cast": _cast,
    "Clip": formulas.clip,
    "Concatenate": _concatenate,
    "Copy": lambda _, __: [("identity", {})],
    SCALED_SUM: _scaled_sum,
    "Divide": _divide,
    "Einsum": formulas.einsum,
    "ExpandDims": _expand,
    "Flip": reversed_along,
    "Gelu": formulas.gelu,
    "GetItem": picked,
    "Glu": formulas.last_activation("glu"),
    "LeakyRelu": _settings("leaky_relu", "negative_slope"),
    "LogSoftmax": formulas.last_activation("log_softmax"),
    "Matmul": formulas.product,
    "MaxPool": formulas.pooling("max"),
    "Moveaxis": _permute,
    "Negative": lambda _, __: [_scaled(-1.0, 0.0)],
    "Normalize": formulas.normalized,
    "OneHot": _one_hot,
    "Pad": _pad,
    "Power": formulas.power,
    "ReLU": _settings("relu", "negative_slope", "max_value", "threshold"),
    "Repeat": formulas.repeated,
    "Reshape": _reshape,
    "Softmax": _settings("softmax", "axis"),
    "Squeeze": _squeeze,
    "Stack": _stack,
    "Swapaxes": _permute,
    "Threshold": formulas.threshold,
    "Tile": formulas.repeated,
    "Transpose": _permute,
    "TrueDivide": _divide,
}
"""By the operation's class in Keras."""
