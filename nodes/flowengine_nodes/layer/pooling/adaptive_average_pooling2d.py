"""The means of an image in an output of a given size."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.pooling._adaptive import AdaptiveAveragePooling


@node(title="AdaptiveAveragePooling2D", keywords=("downsample", "image"))
class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """Bring an image to a given size by the mean of each window, channel by channel.

    However large the input is, the output has ``output_size``: window ``i`` of ``n`` reaches from
    place ``⌊i · size / n⌋`` to ``⌈(i + 1) · size / n⌉``, so windows may share places.
    """

    axes: ClassVar[str] = "height, width, channels"

    output_size: Pair
    """Height and width of the output; one number stands for both."""
