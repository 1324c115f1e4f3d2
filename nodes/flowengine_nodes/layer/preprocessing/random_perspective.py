"""Images seen from another place at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import Part, RandomImageLayer, parts

if TYPE_CHECKING:
    import torch


@node(title="RandomPerspective", keywords=("augmentation", "3d", "distort", "image"))
class RandomPerspective(RandomImageLayer):
    """Show some images as if from the side while training, each from another place.

    The corners move, and the image with them: the pixel at ``(x, y)`` is read at
    ``((a·x + b·y + c) / n, (d·x + e·y + f) / n)`` with ``n = g·x + h·y + 1``. As in Keras the upper
    left corner stays. When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part] = 1.0
    """How probable it is, drawn for each image from 0 to this number, or between two numbers."""
    scale: Part = 1.0
    """How far corners move at most: half of this part of the way from the upper left one."""
    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    """How a place between pixels is read."""
    fill_value: float = 0.0
    """Value beyond the edges."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 8 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import Reading
        from flowengine.nn.cells.warping import RandomPerspectiveCell

        return RandomPerspectiveCell(
            parts(self.factor),
            self.scale,
            Reading("constant", self.fill_value, self.interpolation),
            seed=self.seed,
        )
