"""The largest values of a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.pooling._pooling import MaxPooling


@node(title="MaxPooling1D", keywords=("downsample", "sequence"))
class MaxPooling1D(MaxPooling):
    """Keep the largest value of each window of a sequence, channel by channel.

    ``y[t] = max(x[t · stride + i]), i < pool_size``.
    """

    axes: ClassVar[str] = "steps, channels"

    pool_size: Single = (2,)
    """Number of steps the window spans."""
    strides: Single | None = None
    """Steps between two windows; the window's size by default."""
