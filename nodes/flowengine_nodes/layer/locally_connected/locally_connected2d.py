"""Filters over an image, others at each place."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.locally_connected._locally_connected import LocallyConnected


@node(title="LocallyConnected2D", keywords=("unshared", "image", "filter"))
class LocallyConnected2D(LocallyConnected):
    """Slide over an image with filters of its own at each place.

    ``y[i, j] = sum(x[i · stride + a, j · stride + b] · kernel[i, j, a, b]) + bias[i, j]``.

    A convolution whose weights are not shared: each window has a kernel and a bias to itself, so
    the size of the image must be known. A layer of Keras 2 that Keras 3 no longer has.

    Source: DeepFace (Taigman et al., 2014).
    """

    axes: ClassVar[str] = "height, width, channels"

    kernel_size: Pair
    """Height and width of the window; one number stands for both."""
    strides: Pair = (1, 1)
    """Steps between two windows; one number stands for both."""
