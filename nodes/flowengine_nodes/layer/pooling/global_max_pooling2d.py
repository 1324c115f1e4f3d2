"""The largest value of each channel of an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalMaxPooling


@node(title="GlobalMaxPooling2D", keywords=("downsample", "image"))
class GlobalMaxPooling2D(GlobalMaxPooling):
    """Keep the largest value of each channel of an image.

    ``y[c] = max(x[i, j, c])``.
    """

    axes: ClassVar[str] = "height, width, channels"
