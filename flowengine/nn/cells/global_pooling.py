"""Pooling of all places of each channel. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell


class _GlobalPoolingCell(Cell):
    def __init__(self, *, rank: int, keepdims: bool) -> None:
        super().__init__()
        self.axes = tuple(range(1, rank + 1))
        self.keepdims = keepdims


class GlobalMaxPoolingCell(_GlobalPoolingCell):
    """The largest value of each channel; equal ones share the gradient."""

    commutes_with_monotone = True

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(self.axes, keepdim=self.keepdims)


class GlobalAveragePoolingCell(_GlobalPoolingCell):
    """The mean of each channel."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(self.axes, keepdim=self.keepdims)


class MaskedAveragePoolingCell(GlobalAveragePoolingCell):
    """The mean of each channel over the steps that a mask leaves, or over all."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().forward(x)
        valid = mask.unsqueeze(-1)
        # Zeros instead of a product, because a step that is left out may hold no number.
        total = torch.where(valid, x, 0).sum(1, keepdim=self.keepdims)
        return total / valid.sum(1, keepdim=self.keepdims).clamp(min=1)
