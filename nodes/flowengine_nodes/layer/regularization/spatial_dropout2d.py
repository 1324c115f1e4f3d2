"""Channels of an image dropped at random."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer.regularization._spatial_dropout import SpatialDropout


@node(title="SpatialDropout2D", keywords=("regularization", "overfitting", "channels"))
class SpatialDropout2D(SpatialDropout):
    """Set whole channels of an image to zero at random while training.

    Neighbours in an image are alike, so that dropping single values would take little away; a
    channel is dropped everywhere. The others are scaled up by ``1 / (1 - rate)``
    (Tompson et al., 2014).
    """

    axes: ClassVar[str] = "height, width, channels"

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
