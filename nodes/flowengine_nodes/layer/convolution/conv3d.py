"""Convolution over volumes."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Triple
from flowengine_nodes.layer.convolution._convolution import Convolution


@node(title="Conv3D", keywords=("convolution", "volume", "video", "filter"))
class Conv3D(Convolution):
    """Slide filters over a volume, such as a scan or the frames of a video.

    Each filter looks at a small block of all channels and gives one value for each place where the
    block fits: ``y = activation(x ∗ kernel + bias)``. With padding ``same`` the volume is padded
    so that it keeps its size (divided by the strides).
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    kernel_size: Triple
    """Depth, height and width of the window; one number stands for all."""
    strides: Triple = (1, 1, 1)
    """Steps between two windows; one number stands for all."""
    padding: Padding = "valid"
    """``valid``: only where the window fits; ``same``: pad with zeros."""
    dilation_rate: Triple = (1, 1, 1)
    """Steps between two places of the window; above 1 only with strides of 1."""
