"""Depthwise convolution over sequences."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Single
from flowengine_nodes.layer.convolution._depthwise import Depthwise


@node(title="DepthwiseConv1D", keywords=("convolution", "sequence", "filter"))
class DepthwiseConv1D(Depthwise):
    """Slide filters over a sequence, each over one channel.

    Every channel of the input has ``depth_multiplier`` filters of its own, so channels do not mix:
    output channel ``c · depth_multiplier + m`` is filter ``m`` of input channel ``c``.
    """

    axes: ClassVar[str] = "steps, channels"

    kernel_size: Single
    """Number of steps the window spans."""
    strides: Single = (1,)
    """Steps between two windows."""
    padding: Padding = "valid"
    """``valid``: only where the window fits; ``same``: pad with zeros."""
    dilation_rate: Single = (1,)
    """Steps between two places of the window; above 1 only with strides of 1."""
