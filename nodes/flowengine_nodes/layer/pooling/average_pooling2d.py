"""The means of an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.pooling._pooling import AveragePooling


@node(title="AveragePooling2D", keywords=("downsample", "image"))
class AveragePooling2D(AveragePooling):
    """Keep the mean of each window of an image, channel by channel.

    ``y[i, j] = mean(x[i · stride + a, j · stride + b]), a, b < pool_size``.

    With padding ``same``, places beyond the edge do not count.
    """

    axes: ClassVar[str] = "height, width, channels"

    pool_size: Pair
    """Height and width of the window; one number stands for both."""
    strides: Pair | None = None
    """Steps between two windows; the window's size by default."""
