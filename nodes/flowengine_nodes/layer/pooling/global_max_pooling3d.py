"""The largest value of each channel of a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalMaxPooling


@node(title="GlobalMaxPooling3D", keywords=("downsample", "volume"))
class GlobalMaxPooling3D(GlobalMaxPooling):
    """Keep the largest value of each channel of a volume.

    ``y[c] = max(x[i, j, k, c])``.
    """

    axes: ClassVar[str] = "depth, height, width, channels"
