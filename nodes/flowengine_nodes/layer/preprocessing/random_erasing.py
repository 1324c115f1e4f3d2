"""Rectangles erased at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


@node(title="RandomErasing", keywords=("augmentation", "cutout", "occlusion", "image"))
class RandomErasing(ColourLayer):
    """Replace a rectangle of some images while training, in each image another one.

    ``y = fill_value inside the rectangle, else x``.

    When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part] = 1.0
    """How probable it is, drawn for each image from 0 to this number, or between two numbers."""
    scale: Part | tuple[Part, Part] = (0.02, 0.33)
    """Part of the image that the rectangle takes, were it a square: from 0 to this number, or
    between two numbers."""
    fill_value: float | tuple[float, float, float] | None = None
    """What stands in its place: one number, one for each of three channels, or null for noise."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmentation import RandomErasingCell

        return RandomErasingCell(
            parts(self.factor),
            scale=parts(self.scale),
            fill_value=self.fill_value,
            value_range=self.value_range,
            seed=self.seed,
        )
