"""The mean of each channel of an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalAveragePooling


@node(title="GlobalAveragePooling2D", keywords=("downsample", "image", "mean"))
class GlobalAveragePooling2D(GlobalAveragePooling):
    """Keep the mean of each channel of an image.

    ``y[c] = mean(x[i, j, c])``.

    Source: Network in Network (Lin et al., 2013).
    """

    axes: ClassVar[str] = "height, width, channels"
