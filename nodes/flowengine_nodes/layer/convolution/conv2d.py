"""Convolution over images."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Padding, Pair
from flowengine_nodes.layer.convolution._convolution import Convolution


@node(title="Conv2D", keywords=("convolution", "image", "filter"))
class Conv2D(Convolution):
    """Slide filters over an image.

    Each filter looks at a small window of all channels and gives one value for each place where
    the window fits: ``y = activation(x ∗ kernel + bias)``. With padding ``same`` the image is
    padded so that it keeps its size (divided by the strides).

    Source: Backpropagation applied to handwritten zip code recognition (LeCun et al., 1989).
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
