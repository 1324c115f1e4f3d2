"""The largest values of a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Triple
from flowengine_nodes.layer.pooling._pooling import MaxPooling


@node(title="MaxPooling3D", keywords=("downsample", "volume"))
class MaxPooling3D(MaxPooling):
    """Keep the largest value of each window of a volume, channel by channel.

    ``y[i, j, k] = max(x[i · stride + a, j · stride + b, k · stride + c])``.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    pool_size: Triple = (2, 2, 2)
    """Depth, height and width of the window; one number stands for all."""
    strides: Triple | None = None
    """Steps between two windows; the window's size by default."""
