"""Images turned into negatives at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


@node(title="RandomInvert", keywords=("augmentation", "negative", "image"))
class RandomInvert(ColourLayer):
    """Turn some images into their negatives while training.

    ``y = high - x``.

    When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part] = 1.0
    """How probable it is, drawn for each image from 0 to this number, or between two numbers."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomInvertCell

        return RandomInvertCell(parts(self.factor), value_range=self.value_range, seed=self.seed)
