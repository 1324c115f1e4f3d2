"""Operations of Keras 3 that compute by a formula, as layers that compute the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flowengine import TensorSpec
from flowengine_nodes.network._keras.operation import Made, Operation, shaped

Form = Callable[[Operation, list[TensorSpec]], list[Made]]

FUNCTIONS = {
    "Absolute": "abs",
    "Arctan": "arctan",
    "Ceil": "ceil",
    "Cos": "cos",
    "Cosh": "cosh",
    "Erf": "erf",
    "Exp2": "exp2",
    "Expm1": "expm1",
    "Floor": "floor",
    "Log": "log",
    "Log10": "log10",
    "Log1p": "log1p",
    "Log2": "log2",
    "Reciprocal": "reciprocal",
    "Round": "round",
    "Rsqrt": "rsqrt",
    "Sign": "sign",
    "Sin": "sin",
    "Sinh": "sinh",
    "Sqrt": "sqrt",
    "Square": "square",
    "Tan": "tan",
}
"""Names of functions by operation; those that are activations are read as such."""

REDUCTIONS = {
    "Amax": "max",
    "Amin": "min",
    "Logsumexp": "logsumexp",
    "Max": "max",
    "Mean": "mean",
    "Min": "min",
    "Norm": "norm",
    "Prod": "prod",
    "Std": "std",
    "Sum": "sum",
    "Var": "var",
}
POOLED = {"Amax": "max", "Max": "max", "Mean": "average"}
"""Reductions that layers of pooling do, where they go over all places of each channel."""

EUCLIDEAN = (None, 2, "euclidean", "fro")


def of_function(name: str) -> Made:
    """Return the layer that computes a function."""
    return "function", {"function": name}


def function(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """A function, such as ``sqrt(x)``."""
    check_fractions(operation, specs)
    if operation.config.get("decimals"):
        raise operation.refuse("it rounds to another place than the point")
    return [of_function(FUNCTIONS[operation.kind])]


def gelu(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    """Gelu, whose approximate form is the operation's default, and never an activation's."""
    if operation.config.get("approximate"):
        return [of_function("gelu_tanh")]
    return [("activation", {"activation": "gelu"})]


def power(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """``x ** 2`` and ``2 ** x``."""
    check_fractions(operation, specs)
    number = operation.number()
    if number is None:
        raise operation.refuse("it takes two tensors; one of them must be a number")
    value, is_first = number
    if not is_first:
        return [of_function("square") if value == 2 else ("power", {"exponent": float(value)})]
    if value <= 0:
        raise operation.refuse(f"it raises {value} to powers; only numbers above 0 can be read")
    return [
        ("rescaling", {"scale": math.log(value)}),
        ("activation", {"activation": "exponential"}),
    ]


def limit(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """``maximum(x, 0.1)``, ``minimum(x, 1)``."""
    check_fractions(operation, specs)
    number = operation.number()
    if number is None:
        raise operation.refuse("its other side is neither a tensor of a layer nor a number")
    setting = "minimum" if operation.kind == "Maximum" else "maximum"
    return [("clip", {setting: float(number[0])})]


def clip(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """``clip(x, 0, 1)``."""
    check_fractions(operation, specs)
    limits = [operation.config[name] for name in ("x_min", "x_max")]
    if not all(isinstance(one, int | float) for one in limits):
        raise operation.refuse("its limits are no numbers")
    return [("clip", {"minimum": float(limits[0]), "maximum": float(limits[1])})]


def reduction(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """A reduction, such as ``mean(x, axis=1)``."""
    kind, rank = operation.kind, len(specs[0].shape)
    axes = operation.axes(rank)
    keep = bool(operation.config.get("keepdims"))
    if axes == list(range(1, rank)) and rank in (2, 3, 4) and kind in POOLED:
        return [(f"global_{POOLED[kind]}_pooling{rank - 1}d", {"keepdims": keep})]
    if kind != "Mean":
        check_fractions(operation, specs)
    if kind == "Norm" and operation.config.get("ord") not in EUCLIDEAN:
        raise operation.refuse("it is another norm than the root of the sum of squares")
    if kind == "Norm" and len(axes) > 1 and operation.config.get("ord") == 2:
        raise operation.refuse("it is another norm than the root of the sum of squares")
    settings = {"function": REDUCTIONS[kind], "axis": axes, "keepdims": keep}
    return [("reduce", settings)]


def einsum(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    """``einsum("bij,bjk->bik", x, y)``."""
    return [("einsum", {"equation": operation.config["subscripts"]})]


def product(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """``matmul(x, y)``, of matrices or of as many as stand in further axes."""
    ranks = {len(spec.shape) for spec in specs}
    if len(specs) != 2 or len(ranks) > 1 or ranks < {2}:
        raise operation.refuse("only products of two tensors of matrices can be read")
    (rank,) = ranks
    if rank == 2:
        return [("dot", {"axes": [2, 1]})]
    outer = "bcdefgh"[: rank - 1]
    if specs[0].shape[:-2] != specs[1].shape[:-2]:
        raise operation.refuse("its tensors hold different numbers of matrices")
    return [("einsum", {"equation": f"{outer}xy,{outer}yz->{outer}xz"})]


def normalized(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    """``normalize(x)``, vectors of length 1."""
    if operation.config.get("order", 2) != 2:
        raise operation.refuse("only vectors of Euclid's length 1 can be read")
    return [("unit_normalization", {"axis": operation.config["axis"]})]


def last_activation(name: str) -> Form:
    """Return the form of an activation along the last axis."""

    def form(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
        if operation.config.get("axis", -1) not in (-1, len(specs[0].shape)):
            raise operation.refuse("it goes along another axis than the last")
        return [("activation", {"activation": name})]

    return form


def threshold(operation: Operation, _: list[TensorSpec]) -> list[Made]:
    """``threshold(x, 0.5, 0)``."""
    if operation.config["default_value"] != 0:
        raise operation.refuse("what is below the threshold becomes another number than 0")
    return [("thresholded_relu", {"theta": float(operation.config["threshold"])})]


def pooling(kind: str) -> Form:
    """Return the form of a pooling with windows."""

    def form(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
        rank = len(specs[0].shape) - 1
        if operation.config.get("data_format") not in (None, "channels_last") or rank > 3:
            raise operation.refuse("its channels do not stand at the end")
        settings = {name: operation.config[name] for name in ("pool_size", "strides", "padding")}
        return [(f"{kind}_pooling{rank}d", settings)]

    return form


def repeated(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """``repeat(x, 2, axis=1)`` and ``tile(x, (1, 2, 1))``: an axis of 1 beside it grows."""
    shape, is_tile = specs[0].shape, operation.kind == "Tile"
    given: Any = operation.config["repeats"]
    if is_tile:
        counts = dict(enumerate(given)) if len(given) == len(shape) + 1 else {}
        found = [(axis, count) for axis, count in counts.items() if count != 1]
    else:
        found = [(axis, given) for axis in operation.axes(len(shape))]
    if len(found) != 1 or not isinstance(found[0][1], int) or found[0][0] == 0:
        raise operation.refuse("only one axis behind the rows can be repeated, and all of it")
    ((axis, count),) = found
    before, after = shape[: axis - is_tile], shape[axis - is_tile :]
    if None in (*before[1:], *after):
        raise operation.refuse("it repeats where a size is not known")
    wide = math.prod(size or 1 for size in after)
    flat = [None if None in before else math.prod(size or 1 for size in before), 1, wide]
    grown = list(shape)
    grown[axis - 1] = (shape[axis - 1] or 1) * count
    return [shaped(flat), ("up_sampling2d", {"size": [1, count]}), shaped(grown)]


def check_fractions(operation: Operation, specs: Sequence[TensorSpec]) -> None:
    """Check that an operation computes with fractions, as layers do.

    Raises:
        DataError: Keras would keep whole numbers.
    """
    if any("float" not in spec.dtype for spec in specs):
        raise operation.refuse("it computes with whole numbers")
