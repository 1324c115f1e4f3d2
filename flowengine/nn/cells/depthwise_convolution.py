"""Convolutions that treat each channel apart. Imports torch."""

from __future__ import annotations

from torch import Tensor, nn

from flowengine.nn.cells.base import channels_first, channels_last
from flowengine.nn.cells.convolution import SlidingCell


class DepthwiseCell(SlidingCell):
    """A convolution with filters of its own for each channel."""

    kernel: nn.Parameter

    def forward(self, x: Tensor) -> Tensor:
        values = self.slide(channels_first(x), one_group_each(self.kernel), self.bias, x.shape[-1])
        return self.activated(channels_last(values))


class SeparableCell(SlidingCell):
    """A depthwise convolution, whose channels a pointwise one mixes."""

    depthwise_kernel: nn.Parameter
    pointwise_kernel: nn.Parameter

    def forward(self, x: Tensor) -> Tensor:
        kernel = one_group_each(self.depthwise_kernel)
        values = self.slide(channels_first(x), kernel, None, x.shape[-1])
        values = self.convolve(values, self.pointwise_kernel, self.bias)
        return self.activated(channels_last(values))


def one_group_each(kernel: Tensor) -> Tensor:
    """Return a view of (channels, filters of each, places) as a kernel of one group a channel."""
    return kernel.flatten(0, 1).unsqueeze(1)
