"""Colours taken out in part, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Share, bounds, require_colours

if TYPE_CHECKING:
    import torch


@node(title="RandomColorDegeneration", keywords=("augmentation", "grey", "colour", "image"))
class RandomColorDegeneration(ColourLayer):
    """Move images towards shades of grey while training, each by a factor of its own.

    ``y = x + f · (grey(x) - x)``.

    When a network is applied, images stay as they are.
    """

    factor: Share | tuple[Share, Share]
    """How far: 0 leaves an image as it is, 1 takes all colours out, less than 0 makes them
    stronger; one number goes both ways."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return require_colours(super().outputs(*inputs), 1, 3)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomColorDegenerationCell

        return RandomColorDegenerationCell(
            bounds(self.factor), value_range=self.value_range, seed=self.seed
        )
