"""Colours taken out at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import Part, RandomImageLayer, require_colours

if TYPE_CHECKING:
    import torch


@node(title="RandomGrayscale", keywords=("augmentation", "grey", "colour", "image"))
class RandomGrayscale(RandomImageLayer):
    """Take the colours out of some images while training; they keep their channels.

    ``y = 0.2989 · red + 0.587 · green + 0.114 · blue``.

    When a network is applied, images stay as they are.
    """

    factor: Part = 0.5
    """How probable it is."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return require_colours(super().outputs(*inputs), 1, 3)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomGrayscaleCell

        return RandomGrayscaleCell((self.factor, self.factor), value_range=(0, 255), seed=self.seed)
