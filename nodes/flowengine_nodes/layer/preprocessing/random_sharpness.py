"""Images made sharper or smoother at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


@node(title="RandomSharpness", keywords=("augmentation", "blur", "image"))
class RandomSharpness(ColourLayer):
    """Make images sharper or smoother while training, each by a factor of its own.

    ``y = x + (1 - 2f) · (smooth(x) - x)``.

    When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part]
    """How sharp: 0 is smooth, 0.5 leaves an image as it is, 1 is sharp; from 0 to this number, or
    between two numbers."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.tones import RandomSharpnessCell

        return RandomSharpnessCell(parts(self.factor), value_range=self.value_range, seed=self.seed)
