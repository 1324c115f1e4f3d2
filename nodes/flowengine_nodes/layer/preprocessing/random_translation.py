"""Images shifted at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import MovingImageLayer, Share, bounds

if TYPE_CHECKING:
    import torch


@node(title="RandomTranslation", keywords=("augmentation", "shift", "image"))
class RandomTranslation(MovingImageLayer):
    """Shift images while training, each by a distance of its own.

    ``y[i, j] = x[i - down, j - right]``.

    When a network is applied, images stay as they are.
    """

    height_factor: Share | tuple[Share, Share]
    """How far down as part of the height; one number goes both ways."""
    width_factor: Share | tuple[Share, Share]
    """How far to the right as part of the width; one number goes both ways."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import RandomTranslationCell

        return RandomTranslationCell(
            bounds(self.height_factor),
            bounds(self.width_factor),
            self.reading(),
            seed=self.seed,
        )
