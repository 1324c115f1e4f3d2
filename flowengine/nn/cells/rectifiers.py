"""Activation functions with settings of their own. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

EXCLUDED = -1e9
"""What a place that does not count goes into an exponential as."""


class ReLUModule(nn.Module):
    """``x`` between threshold and the highest value, ``slope * (x - threshold)`` below.

    Attributes:
        monotone: Whether it commutes exactly with a maximum, see ``cells.activation``.
    """

    def __init__(
        self, *, highest: float | None = None, slope: float = 0.0, threshold: float = 0.0
    ) -> None:
        super().__init__()
        self.highest = highest
        self.slope = slope
        self.threshold = threshold
        self.monotone = highest is None and threshold == 0

    def forward(self, values: Tensor) -> Tensor:
        if self.threshold:
            above = values.where(values > self.threshold, 0.0)
        elif self.slope and self.highest is None:
            return F.leaky_relu(values, self.slope)
        else:
            above = F.relu(values)
        if self.highest is not None:
            above = above.clamp(max=self.highest)
        if self.slope:
            above = above - self.slope * F.relu(self.threshold - values)
        return above


class ELUCell(Cell):
    """``x`` above 0, ``alpha * (exp(x) - 1)`` below."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        return F.elu(x, self.alpha)


class PReLUCell(Cell):
    """``x`` above 0, ``alpha * x`` below."""

    kernel_kind = "cell"
    alpha: nn.Parameter

    def __init__(self, weights: Mapping[str, Weight]) -> None:
        super().__init__(weights)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x) - self.alpha * F.relu(-x)


class ChannelPReLUCell(PReLUCell):
    """The same with one slope a channel, which torch has a kernel for."""

    kernel_kind = "torch"

    def forward(self, x: Tensor) -> Tensor:
        return F.prelu(x.movedim(-1, 1), self.alpha.flatten()).movedim(1, -1)


class SoftmaxCell(Cell):
    """Probabilities over some axes; excluded places get none."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return self._softmax(x)
        included = mask.reshape(mask.shape + (1,) * (x.dim() - mask.dim()))
        return self._softmax(x.where(included, EXCLUDED)).where(included, 0.0)

    def _softmax(self, x: Tensor) -> Tensor:
        if len(self.axes) == 1:
            return F.softmax(x, self.axes[0])
        return torch.exp(x - x.logsumexp(self.axes, keepdim=True))
