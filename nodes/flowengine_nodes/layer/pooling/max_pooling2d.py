"""The largest values of an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.pooling._pooling import MaxPooling


@node(title="MaxPooling2D", keywords=("downsample", "image"))
class MaxPooling2D(MaxPooling):
    """Keep the largest value of each window of an image, channel by channel.

    ``y[i, j] = max(x[i · stride + a, j · stride + b]), a, b < pool_size``.
    """

    axes: ClassVar[str] = "height, width, channels"

    pool_size: Pair = (2, 2)
    """Height and width of the window; one number stands for both."""
    strides: Pair | None = None
    """Steps between two windows; the window's size by default."""
