"""Images mixed with changed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._augmenting import AugmentingLayer
from flowengine_nodes.layer.preprocessing._images import Part, require_colours

if TYPE_CHECKING:
    import torch


@node(title="AugMix", keywords=("augmentation", "robust", "image"))
class AugMix(AugmentingLayer):
    """Mix images while training with what several chains of layers make of them.

    ``m · x + (1 - m) · (w_1 · chain_1(x) + w_2 · chain_2(x) + …)``: layers, weights and ``m`` are
    drawn for each batch, the weights from a Dirichlet and ``m`` from a beta distribution. When a
    network is applied, images stay as they are.

    Source: AugMix: a simple data processing method to improve robustness (Hendrycks et al., 2020).
    """

    num_chains: Size = 3
    """Number of chains."""
    chain_depth: Size = 3
    """Layers of a chain; in the place of one there may be none."""
    factor: Part | tuple[Part, Part] = 0.3
    """How strongly each of them changes an image: from 0 to this number, or between two numbers."""
    alpha: Annotated[float, Field(gt=0)] = 1.0
    """Parameter of both distributions: the smaller, the more one part outweighs the others."""
    all_ops: bool = True
    """Whether brightness, colour degeneration, contrast and sharpness are among the layers; without
    them images may have any number of channels."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        made = super().outputs(*inputs)
        return require_colours(made, 1, 3) if self.all_ops else made

    def flops(self, *inputs: TensorSpec) -> int:
        return (8 * self.chain_depth + 2) * self.num_chains * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmenting import AugMixCell

        layers = self.moving(self.factor)
        if self.all_ops:
            layers += self.colouring(self.factor)
        return AugMixCell(
            self.built(layers, inputs[0]),
            chains=self.num_chains,
            depth=self.chain_depth,
            alpha=self.alpha,
            value_range=self.value_range,
            seed=self.seed,
        )
