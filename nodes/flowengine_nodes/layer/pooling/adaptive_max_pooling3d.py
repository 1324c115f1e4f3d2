"""The largest values of a volume in an output of a given size."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Triple
from flowengine_nodes.layer.pooling._adaptive import AdaptiveMaxPooling


@node(title="AdaptiveMaxPooling3D", keywords=("downsample", "volume"))
class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """Bring a volume to a given size by the largest value of each window, channel by channel.

    However large the input is, the output has ``output_size``: window ``i`` of ``n`` reaches from
    place ``⌊i · size / n⌋`` to ``⌈(i + 1) · size / n⌉``, so windows may share places.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    output_size: Triple
    """Depth, height and width of the output; one number stands for all."""
