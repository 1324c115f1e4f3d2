"""Contrast changed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part

if TYPE_CHECKING:
    import torch


@node(title="RandomContrast", keywords=("augmentation", "colour", "image"))
class RandomContrast(ColourLayer):
    """Change the contrast of images while training, each by a factor of its own.

    ``(x - mean) · factor + mean`` with the mean of each channel; what leaves the range of values is
    cut off. When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part]
    """How much weaker and stronger the contrast may get; one number holds for both: ``0.2`` is 80 %
    to 120 %."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomContrastCell

        weaker, stronger = (
            self.factor if isinstance(self.factor, tuple) else (self.factor, self.factor)
        )
        return RandomContrastCell(
            (1 - weaker, 1 + stronger), value_range=self.value_range, seed=self.seed
        )
