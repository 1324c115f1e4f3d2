"""Brightness changed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import (
    ColourLayer,
    Share,
    bounds,
)

if TYPE_CHECKING:
    import torch


@node(title="RandomBrightness", keywords=("augmentation", "light", "image"))
class RandomBrightness(ColourLayer):
    """Make images brighter or darker while training, each by an amount of its own.

    ``y = x + f · (high - low)``.

    What leaves the range of values is cut off. When a network is applied, images stay as they are.
    """

    factor: Share | tuple[Share, Share]
    """How much is added, as part of the range of values; one number goes both ways."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomBrightnessCell

        return RandomBrightnessCell(
            bounds(self.factor), value_range=self.value_range, seed=self.seed
        )
