"""The largest values of a sequence in an output of a given size."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.pooling._adaptive import AdaptiveMaxPooling


@node(title="AdaptiveMaxPooling1D", keywords=("downsample", "sequence"))
class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """Bring a sequence to a given size by the largest value of each window, channel by channel.

    However large the input is, the output has ``output_size``: window ``i`` of ``n`` reaches from
    place ``⌊i · size / n⌋`` to ``⌈(i + 1) · size / n⌉``, so windows may share places.
    """

    axes: ClassVar[str] = "steps, channels"

    output_size: Single
    """Number of steps of the output."""
