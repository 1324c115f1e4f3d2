"""Pooling over one, two or three axes. Imports torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import ge

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.base import Cell, channels_first, channels_last
from flowengine.nn.cells.convolution import flat_sides, same_sides

MAXIMA: dict[int, Callable[..., Tensor]] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGES: dict[int, Callable[..., Tensor]] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


class _PoolingCell(Cell):
    def __init__(self, *, window: tuple[int, ...], strides: tuple[int, ...], padding: str) -> None:
        super().__init__()
        self.window = window
        self.strides = strides
        self.padding = padding

    def sides(self, x: Tensor) -> list[tuple[int, int]]:
        """Return the places to add before and after each spatial axis of channels-first ``x``."""
        if self.padding == "valid":
            return [(0, 0)] * len(self.window)
        return same_sides(x, self.window, self.strides, (1,) * len(self.window))


class MaxPoolingCell(_PoolingCell):
    """The largest value under each window; added places never win."""

    commutes_with_monotone = True

    def forward(self, x: Tensor) -> Tensor:
        values = channels_first(x)
        if values.dim() == 4:
            # Where channels lie first, torch's kernel takes four times as long on a processor.
            values = values.contiguous(memory_format=torch.channels_last)
        sides = self.sides(values)
        even = all(before == after for before, after in sides)
        if not even:
            values = F.pad(values, flat_sides(sides), value=-math.inf)
        padding = [before for before, _ in sides] if even else 0
        pool = MAXIMA[len(self.window)]
        return channels_last(pool(values, self.window, self.strides, padding))


class AveragePoolingCell(_PoolingCell):
    """The mean of the values under each window; added places do not count, as in TensorFlow."""

    def forward(self, x: Tensor) -> Tensor:
        values = channels_first(x)
        sides = self.sides(values)
        pool = AVERAGES[len(self.window)]
        even = all(before == after for before, after in sides)
        # torch's kernel for volumes refuses windows that reach beyond both edges.
        if even and all(map(ge, values.shape[2:], self.window)):
            padding = [before for before, _ in sides]
            pooled = pool(values, self.window, self.strides, padding, count_include_pad=False)
            return channels_last(pooled)
        # Sum over the padded values, divided by how many of them are real.
        ones = values.new_ones(1, 1, *values.shape[2:])
        total, count = (
            pool(F.pad(part, flat_sides(sides)), self.window, self.strides)
            for part in (values, ones)
        )
        return channels_last(total / count)
