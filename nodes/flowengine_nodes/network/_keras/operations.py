"""Operations of Keras 3 in a model, such as ``x + y``, as layers that compute the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flowengine import ConfigureError, DataError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.registry import Registry
from flowengine_nodes.network._keras.applications import SCALED_SUM

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

MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")

Made = tuple[str, dict[str, Any]]
"""Type and settings of a layer."""


@dataclass(frozen=True)
class Operation:
    """One operation as configured.

    Attributes:
        kind: Its class in Keras.
        name: Its name in the model.
        config: Its parameters.
        args: What it is called on; tensors are objects.
    """

    kind: str
    name: str
    config: dict[str, Any]
    args: list[Any]

    def refuse(self, reason: str = "no layer here computes that") -> DataError:
        """Return the error that says why it cannot be read."""
        return DataError(
            f'the operation "{self.kind}" ("{self.name}") cannot be read: {reason}; express it by '
            f"a layer before saving"
        )


def is_known(kind: str) -> bool:
    """Return whether there is a layer for an operation, at least in some cases."""
    return kind in FORMS


def layers_of(operation: Operation, specs: Sequence[TensorSpec]) -> list[BaseLayer]:
    """Return the layers that compute an operation.

    They stand one behind the other, behind the last tensor; the last layer takes the others too.

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
    numbers = [one for one in operation.args if isinstance(one, int | float)]
    is_first = bool(operation.args) and operation.args[0] in numbers
    if len(numbers) != 1 or len(operation.args) != 2:
        raise operation.refuse("it takes values that are no tensor of a layer and no number")
    number = numbers[0]
    if "int" in spec.dtype and isinstance(number, int) and "Divide" not in operation.kind:
        raise operation.refuse("it computes with whole numbers")
    if operation.kind == "Add":
        return [_scaled(1.0, number)]
    if operation.kind == "Subtract":
        return [_scaled(-1.0, number) if is_first else _scaled(1.0, -number)]
    if operation.kind == "Multiply":
        return [_scaled(number, 0.0)]
    if "Divide" in operation.kind and not is_first and number != 0:
        return [_scaled(1 / number, 0.0)]
    raise operation.refuse()


def _divide(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    if len(specs) > 1:
        raise operation.refuse()
    return _with_number(operation, specs[0])


def _scaled(scale: float, offset: float) -> Made:
    return "rescaling", {"scale": float(scale), "offset": float(offset)}


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


def _shaped(shape: Sequence[int | None]) -> Made:
    return "reshape", {"target_shape": [-1 if size is None else size for size in shape]}


def _expand(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    axis = operation.config["axis"]
    shape = list(specs[0].shape)
    place = axis if isinstance(axis, int) else 0
    place = place - 1 if place > 0 else place + len(shape) + 1
    if not isinstance(axis, int) or axis == 0 or not 0 <= place <= len(shape):
        raise operation.refuse(f"axis is {axis!r}")
    return [_shaped([*shape[:place], 1, *shape[place:]])]


def _squeeze(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    axis, shape = operation.config["axis"], list(specs[0].shape)
    places = _axes(operation, axis, len(shape)) if axis is not None else []
    if not places or any(shape[place - 1] != 1 for place in places):
        raise operation.refuse(f"axis is {axis!r}")
    return [_shaped([size for place, size in enumerate(shape, 1) if place not in places])]


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


def _item(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """Steps of a sequence: ``x[:, -1]``, ``x[:, 1:4]``."""
    shape = specs[0].shape
    places = operation.args[1] if len(operation.args) == 2 else None
    if not isinstance(places, list) or len(shape) != 2 or shape[0] is None or len(places) < 2:
        raise operation.refuse("only steps can be picked, of a sequence of known length")
    rows, steps, *rest = (_slice(one) for one in places)
    if any(one != slice(None) for one in (rows, *rest)):
        raise operation.refuse("only steps can be picked, of a sequence of known length")
    numbers = range(shape[0])[steps if isinstance(steps, slice) else slice(None)]
    if isinstance(steps, int) and -shape[0] <= steps < shape[0]:
        numbers = range(shape[0])[steps % shape[0] : steps % shape[0] + 1]
    if not numbers or numbers.step != 1 or not isinstance(steps, int | slice):
        raise operation.refuse()
    crop = ("cropping1d", {"cropping": [numbers.start, shape[0] - numbers.stop]})
    return [crop] if isinstance(steps, slice) else [crop, _shaped(shape[1:])]


def _slice(value: Any) -> Any:
    if not isinstance(value, dict) or value.get("class_name") != "__slice__":
        return value
    return slice(*(value["config"].get(name) for name in ("start", "stop", "step")))


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
    "GetItem": _item,
    "LeakyRelu": _settings("leaky_relu", "negative_slope"),
    "Max": _pooled("max"),
    "Mean": _pooled("average"),
    "Negative": lambda _, __: [_scaled(-1.0, 0.0)],
    "OneHot": _one_hot,
    "ReLU": _settings("relu", "negative_slope", "max_value", "threshold"),
    "Reshape": _reshape,
    "Softmax": _settings("softmax", "axis"),
    "Squeeze": _squeeze,
    "Swapaxes": _permute,
    "Transpose": _permute,
    "TrueDivide": _divide,
}
"""By the operation's class in Keras."""
