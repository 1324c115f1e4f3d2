"""Contrast changed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import RandomImageLayer, ValueRange

if TYPE_CHECKING:
    import torch

Part = Annotated[float, Field(ge=0, le=1)]


@node(title="RandomContrast", keywords=("augmentation", "colour", "image"))
class RandomContrast(RandomImageLayer):
    """Change the contrast of images while training, each by a factor of its own.

    ``(x - mean) · factor + mean`` with the mean of each channel; what leaves the range of values is
    cut off. When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part]
    """How much weaker and stronger the contrast may get; one number holds for both: ``0.2`` is 80 %
    to 120 %."""
    value_range: ValueRange = (0.0, 255.0)
    """Smallest and largest value of a pixel."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 4 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmentation import RandomContrastCell

        weaker, stronger = (
            self.factor if isinstance(self.factor, tuple) else (self.factor, self.factor)
        )
        return RandomContrastCell(
            (1 - weaker, 1 + stronger), value_range=self.value_range, seed=self.seed
        )
