"""The means of a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.pooling._pooling import AveragePooling


@node(title="AveragePooling1D", keywords=("downsample", "sequence"))
class AveragePooling1D(AveragePooling):
    """Keep the mean of each window of a sequence, channel by channel.

    ``y[t] = mean(x[t · stride + i]), i < pool_size``.

    With padding ``same``, places beyond the edge do not count.
    """

    axes: ClassVar[str] = "steps, channels"

    pool_size: Single
    """Number of steps the window spans."""
    strides: Single | None = None
    """Steps between two windows; the window's size by default."""
