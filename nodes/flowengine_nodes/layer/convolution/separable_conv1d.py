"""Separable convolution over sequences."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Single
from flowengine_nodes.layer.convolution._separable import Separable


@node(title="SeparableConv1D", keywords=("convolution", "sequence", "depthwise", "filter"))
class SeparableConv1D(Separable):
    """Slide filters over each channel of a sequence, then mix the channels.

    ``y = (x * depthwise) · pointwise + bias``.

    A depthwise kernel makes ``depth_multiplier`` channels of each channel, a pointwise kernel
    mixes them into ``filters`` channels, step by step: far fewer weights than a full convolution
    needs.

    Source: Xception (Chollet, 2017).
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
