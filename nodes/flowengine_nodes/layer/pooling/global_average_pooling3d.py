"""The mean of each channel of a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalAveragePooling


@node(title="GlobalAveragePooling3D", keywords=("downsample", "volume", "mean"))
class GlobalAveragePooling3D(GlobalAveragePooling):
    """Keep the mean of each channel of a volume.

    ``y[c] = mean(x[i, j, k, c])``.

    Source: Network in Network (Lin et al., 2013).
    """

    axes: ClassVar[str] = "depth, height, width, channels"
