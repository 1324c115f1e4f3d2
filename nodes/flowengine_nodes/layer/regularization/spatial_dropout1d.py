"""Channels of a sequence dropped at random."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.regularization._spatial_dropout import SpatialDropout


@node(title="SpatialDropout1D", keywords=("regularization", "overfitting", "channels"))
class SpatialDropout1D(SpatialDropout):
    """Set whole channels of a sequence to zero at random while training.

    Neighbours in a sequence are alike, so that dropping single values would take little away; a
    channel is dropped at all times. The others are scaled up by ``1 / (1 - rate)``
    (Tompson et al., 2014).
    """

    axes: ClassVar[str] = "time, channels"
