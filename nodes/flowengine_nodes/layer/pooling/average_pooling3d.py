"""The means of a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Triple
from flowengine_nodes.layer.pooling._pooling import AveragePooling


@node(title="AveragePooling3D", keywords=("downsample", "volume"))
class AveragePooling3D(AveragePooling):
    """Keep the mean of each window of a volume, channel by channel.

    ``y[i, j, k] = mean(x[i · stride + a, j · stride + b, k · stride + c])``.

    With padding ``same``, places beyond the edge do not count.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    pool_size: Triple
    """Depth, height and width of the window; one number stands for all."""
    strides: Triple | None = None
    """Steps between two windows; the window's size by default."""
