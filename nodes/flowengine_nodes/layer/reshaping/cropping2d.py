"""The inner part of an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer.reshaping._cropping import Cropping
from flowengine_nodes.layer.reshaping._sides import PairOfSides


@node(title="Cropping2D", keywords=("cut", "image"))
class Cropping2D(Cropping):
    """Cut the edges off an image.

    ``y[i, j] = x[i + top, j + left]``.
    """

    axes: ClassVar[str] = "height, width, channels"

    cropping: PairOfSides = ((0, 0), (0, 0))
    """Rows cut off at the top and at the bottom, columns at the left and at the right; one number
    stands for all, one number for an axis for both its sides."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
