"""Colours made stronger or weaker at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Share, bounds, require_colours

if TYPE_CHECKING:
    import torch


@node(title="RandomSaturation", keywords=("augmentation", "colour", "image"))
class RandomSaturation(ColourLayer):
    """Make the colours of images stronger or weaker while training, each by a factor of its own.

    A factor ``f`` multiplies the saturation by ``f / (1 - f)``.
    When a network is applied, images stay as they are.
    """

    factor: Share | tuple[Share, Share]
    """How strong: 0.5 leaves colours as they are, 0 takes them out, 1 makes them as strong as can
    be; one number goes both ways around 0, two numbers are the bounds."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return require_colours(super().outputs(*inputs), 3)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomSaturationCell

        return RandomSaturationCell(
            bounds(self.factor), value_range=self.value_range, seed=self.seed
        )
