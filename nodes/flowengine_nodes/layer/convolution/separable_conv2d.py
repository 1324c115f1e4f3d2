"""Separable convolution over images."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Pair
from flowengine_nodes.layer.convolution._separable import Separable


@node(title="SeparableConv2D", keywords=("convolution", "image", "depthwise", "filter"))
class SeparableConv2D(Separable):
    """Slide filters over each channel of an image, then mix the channels.

    ``y = (x * depthwise) · pointwise + bias``.

    A depthwise kernel makes ``depth_multiplier`` channels of each channel, a pointwise kernel
    mixes them into ``filters`` channels, pixel by pixel: far fewer weights than a full convolution
    needs.

    Source: Xception (Chollet, 2017).
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
