"""Pooling to an output of a given size. Imports torch."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.base import Cell, channels_first, channels_last

MAXIMA: dict[int, Callable[..., Tensor]] = {
    1: F.adaptive_max_pool1d,
    2: F.adaptive_max_pool2d,
    3: F.adaptive_max_pool3d,
}
AVERAGES: dict[int, Callable[..., Tensor]] = {
    1: F.adaptive_avg_pool1d,
    2: F.adaptive_avg_pool2d,
    3: F.adaptive_avg_pool3d,
}


class _AdaptivePoolingCell(Cell):
    pools: dict[int, Callable[..., Tensor]]

    def __init__(self, output_size: tuple[int, ...]) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        pool = self.pools[len(self.output_size)]
        return channels_last(pool(channels_first(x), self.output_size))


class AdaptiveMaxPoolingCell(_AdaptivePoolingCell):
    """The largest value of each window."""

    commutes_with_monotone = True
    pools = MAXIMA


class AdaptiveAveragePoolingCell(_AdaptivePoolingCell):
    """The mean of each window."""

    pools = AVERAGES
