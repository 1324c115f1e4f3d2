"""Fewer colours at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer

if TYPE_CHECKING:
    import torch

Bits = Annotated[int, Field(ge=1, le=8)]


@node(title="RandomPosterization", keywords=("augmentation", "bits", "colour", "image"))
class RandomPosterization(ColourLayer):
    """Leave images fewer bits for a colour while training, each another number of them.

    ``y = step · floor(x / step), step = 2^(8 - bits)``.

    When a network is applied, images stay as they are.
    """

    factor: Bits | tuple[Bits, Bits]
    """How many bits: from 1 up to below this number, or from the first of two numbers up to below
    the second."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomPosterizationCell

        return RandomPosterizationCell(self._bits(), value_range=self.value_range, seed=self.seed)

    def _bits(self) -> tuple[float, float]:
        if isinstance(self.factor, tuple):
            return min(self.factor), max(self.factor)
        return 1, self.factor
