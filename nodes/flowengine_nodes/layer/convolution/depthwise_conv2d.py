"""Depthwise convolution over images."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Pair
from flowengine_nodes.layer.convolution._depthwise import Depthwise


@node(title="DepthwiseConv2D", keywords=("convolution", "image", "filter"))
class DepthwiseConv2D(Depthwise):
    """Slide filters over an image, each over one channel.

    Every channel of the input has ``depth_multiplier`` filters of its own, so channels do not mix:
    output channel ``c · depth_multiplier + m`` is filter ``m`` of input channel ``c``.

    Source: MobileNets (Howard et al., 2017).
    """

    axes: ClassVar[str] = "height, width, channels"

    kernel_size: Pair
    """Height and width of the window; one number stands for both."""
    strides: Pair = (1, 1)
    """Steps between two windows; one number stands for both."""
    padding: Padding = "valid"
    """``valid``: only where the window fits; ``same``: pad with zeros."""
    dilation_rate: Pair = (1, 1)
    """Steps between two places of the window; above 1 only with strides of 1."""
