"""Images changed by layers chosen at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._augmenting import AugmentingLayer
from flowengine_nodes.layer.preprocessing._images import Part, require_colours

if TYPE_CHECKING:
    import torch


@node(title="RandAugment", keywords=("augmentation", "policy", "image"))
class RandAugment(AugmentingLayer):
    """Change images while training by some layers, one behind the other, chosen for each batch.

    Chosen is from shear, translation, rotation, brightness, colour degeneration, contrast,
    sharpness, posterization, solarization, auto contrast and equalization, each as likely as any
    other: ``op_n(… op_1(x))``. When a network is applied, images stay as they are.

    Source: RandAugment: practical automated data augmentation (Cubuk et al., 2019).
    """

    num_ops: Size = 2
    """How many layers are chosen."""
    factor: Part | tuple[Part, Part] = 0.5
    """How strongly each of them changes an image: from 0 to this number, or between two numbers."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return require_colours(super().outputs(*inputs), 1, 3)

    def flops(self, *inputs: TensorSpec) -> int:
        return 8 * self.num_ops * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmenting import RandAugmentCell

        layers = [*self.moving(self.factor), *self.colouring(self.factor)]
        return RandAugmentCell(self.built(layers, inputs[0]), count=self.num_ops, seed=self.seed)
