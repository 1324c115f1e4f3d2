"""Images slanted at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import MovingImageLayer, Part, Share, bounds

if TYPE_CHECKING:
    import torch


@node(title="RandomShear", keywords=("augmentation", "slant", "image"))
class RandomShear(MovingImageLayer):
    """Slant images while training, each by factors of its own.

    ``y[i, j] = x[i + b · j, j + a · i]``.

    When a network is applied, images stay as they are.
    """

    x_factor: Part | tuple[Share, Share] = 0.0
    """How far a row moves to the side for each row above it; one number goes both ways."""
    y_factor: Part | tuple[Share, Share] = 0.0
    """How far a column moves down for each column to its left; one number goes both ways."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import RandomShearCell

        return RandomShearCell(
            bounds(self.x_factor), bounds(self.y_factor), self.reading(), seed=self.seed
        )
