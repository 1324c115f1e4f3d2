"""Mathematics value by value and along axes. Imports torch."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.base import Cell

Axes = tuple[int, ...]


def _gelu_tanh(x: Tensor) -> Tensor:
    return F.gelu(x, approximate="tanh")


def _prod(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:  # noqa: FBT001  # as torch's own
    # Torch multiplies along one axis at a time; the last first, so that others keep their place.
    for axis in reversed(axes):
        x = x.prod(axis, keepdim=keepdims)
    return x


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {"gelu_tanh": _gelu_tanh}
"""Functions that torch has under another name."""

REDUCTIONS: dict[str, Callable[[Tensor, Axes, bool], Tensor]] = {
    "logsumexp": torch.logsumexp,
    "max": torch.amax,
    "mean": torch.mean,
    "min": torch.amin,
    "norm": lambda x, axes, keepdims: torch.linalg.vector_norm(x, dim=axes, keepdim=keepdims),
    "prod": _prod,
    "std": lambda x, axes, keepdims: torch.std(x, axes, correction=0, keepdim=keepdims),
    "sum": torch.sum,
    "var": lambda x, axes, keepdims: torch.var(x, axes, correction=0, keepdim=keepdims),
}


class FunctionCell(Cell):
    """A function of every value."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.function: Callable[[Tensor], Tensor] = FUNCTIONS.get(name) or getattr(torch, name)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


class PowerCell(Cell):
    """Every value to a power."""

    def __init__(self, exponent: float) -> None:
        super().__init__()
        self.exponent = exponent

    def forward(self, x: Tensor) -> Tensor:
        return x.pow(self.exponent)


class ClipCell(Cell):
    """Every value between two limits."""

    def __init__(self, minimum: float | None, maximum: float | None) -> None:
        super().__init__()
        self.minimum = minimum
        self.maximum = maximum

    def forward(self, x: Tensor) -> Tensor:
        return x.clamp(self.minimum, self.maximum)


class ReduceCell(Cell):
    """One number of the values along some axes."""

    def __init__(self, name: str, axes: Axes, *, keepdims: bool) -> None:
        super().__init__()
        self.reduction = REDUCTIONS[name]
        self.axes = axes
        self.keepdims = keepdims

    def forward(self, x: Tensor) -> Tensor:
        return self.reduction(x, self.axes, self.keepdims)
