"""The inner part of a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer.reshaping._cropping import Cropping
from flowengine_nodes.layer.reshaping._sides import TripleOfSides


@node(title="Cropping3D", keywords=("cut", "volume"))
class Cropping3D(Cropping):
    """Cut the edges off a volume.

    ``y[i, j, k] = x[i + before_1, j + before_2, k + before_3]``.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    cropping: TripleOfSides = ((1, 1), (1, 1), (1, 1))
    """Places cut off at the start and at the end of depth, height and width; one number stands for
    all, one number for an axis for both its sides."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
