"""Normalization of each row by itself. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

LONGEST = 1e12
"""Largest factor by which a vector is stretched to length 1, as in Keras."""


class LayerNormalizationCell(Cell):
    """Mean 0 and deviation 1 over some axes, then a factor and an offset."""

    gamma: nn.Parameter | None
    beta: nn.Parameter | None

    def __init__(
        self, weights: Mapping[str, Weight], *, axes: tuple[int, ...], epsilon: float
    ) -> None:
        super().__init__(weights, optional=("gamma", "beta"))
        self.axes = axes
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        last = _last(self.axes)
        values = x.movedim(self.axes, last)
        shape = values.shape[last[0] :]
        values = F.layer_norm(values, shape, self.gamma, self.beta, self.epsilon)
        return values.movedim(last, self.axes)


class RMSNormalizationCell(Cell):
    """Root mean square 1 over some axes, then a factor."""

    scale: nn.Parameter

    def __init__(
        self, weights: Mapping[str, Weight], *, axes: tuple[int, ...], epsilon: float
    ) -> None:
        super().__init__(weights)
        self.axes = axes
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        last = _last(self.axes)
        values = x.movedim(self.axes, last)
        values = F.rms_norm(values, values.shape[last[0] :], self.scale, self.epsilon)
        return values.movedim(last, self.axes)


class GroupNormalizationCell(Cell):
    """Mean 0 and deviation 1 over groups of channels, then a factor and an offset."""

    gamma: nn.Parameter | None
    beta: nn.Parameter | None

    def __init__(
        self, weights: Mapping[str, Weight], *, axis: int, groups: int, epsilon: float
    ) -> None:
        super().__init__(weights, optional=("gamma", "beta"))
        self.axis = axis
        self.groups = groups
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        # The kernel's backward pass fails with an offset but no factor, so that comes after it.
        inside = self.beta if self.gamma is not None else None
        # torch.group_norm, because F.group_norm refuses groups of a single value.
        values = torch.group_norm(
            x.movedim(self.axis, 1), self.groups, self.gamma, inside, self.epsilon
        )
        if self.beta is not None and inside is None:
            values = values + self.beta.view(-1, *[1] * (x.dim() - 2))
        return values.movedim(1, self.axis)


class UnitNormalizationCell(Cell):
    """Vectors of length 1."""

    kernel_kind = "cell"

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: Tensor) -> Tensor:
        return unit(x, self.axes, LONGEST)


def unit(values: Tensor, axes: tuple[int, ...], longest: float) -> Tensor:
    """Return vectors along ``axes`` stretched to length 1, by a factor of ``longest`` at most."""
    lengths = values.square().sum(axes, keepdim=True)
    return values * lengths.rsqrt().clamp(max=longest)


def _last(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(range(-len(axes), 0))
