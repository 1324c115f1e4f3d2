"""The means of a sequence in an output of a given size."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.pooling._adaptive import AdaptiveAveragePooling


@node(title="AdaptiveAveragePooling1D", keywords=("downsample", "sequence"))
class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """Bring a sequence to a given size by the mean of each window, channel by channel.

    However large the input is, the output has ``output_size``: window ``i`` of ``n`` reaches from
    place ``⌊i · size / n⌋`` to ``⌈(i + 1) · size / n⌉``, so windows may share places.
    """

    axes: ClassVar[str] = "steps, channels"

    output_size: Single
    """Number of steps of the output."""
