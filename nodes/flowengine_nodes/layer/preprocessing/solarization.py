"""Bright places inverted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


@node(title="Solarization", keywords=("augmentation", "negative", "image"))
class Solarization(ColourLayer):
    """Brighten images while training, and invert what is then brighter than a threshold.

    ``y = x + a below the threshold, else 255 - (x + a)``.

    Without settings all of an image is inverted. When a network is applied, images
    stay as they are.
    """

    addition_factor: Part | tuple[Part, Part] = 0.0
    """How much is added, as part of the range of values: from 0 to this number, or between two
    numbers (of which the lower one counts as a 255th, as in Keras)."""
    threshold_factor: Part | tuple[Part, Part] = 0.0
    """The threshold, as part of the range of values, likewise."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import SolarizationCell

        return SolarizationCell(
            parts(self.addition_factor),
            parts(self.threshold_factor),
            value_range=self.value_range,
            seed=self.seed,
        )
