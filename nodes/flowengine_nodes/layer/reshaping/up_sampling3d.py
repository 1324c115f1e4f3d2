"""A larger volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import DataFormat, Triple
from flowengine_nodes.layer.reshaping._up_sampling import UpSampling


@node(title="UpSampling3D", keywords=("repeat", "volume"))
class UpSampling3D(UpSampling):
    """Repeat each place of a volume.

    ``y[i, j, k] = x[i // size, j // size, k // size]``.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    size: Triple = (2, 2, 2)
    """How often each place is repeated in depth, height and width; one number stands for all."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
