"""Images zoomed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import MovingImageLayer, bounds

if TYPE_CHECKING:
    import torch

Zoom = Annotated[float, Field(gt=-1, le=1)]


@node(title="RandomZoom", keywords=("augmentation", "scale", "image"))
class RandomZoom(MovingImageLayer):
    """Zoom images in or out of their middle while training, each by a factor of its own.

    ``y[p] = x[m + f · (p - m)]``.

    When a network is applied, images stay as they are.
    """

    height_factor: Zoom | tuple[Zoom, Zoom]
    """How much more of the height is shown; one number goes both ways: ``0.2`` is 80 % to 120 %,
    and ``[-0.3, -0.2]`` zooms in by 20 to 30 %."""
    width_factor: Zoom | tuple[Zoom, Zoom] | None = None
    """How much more of the width is shown; by default as much as of the height, so that nothing is
    stretched."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import RandomZoomCell

        return RandomZoomCell(
            bounds(self.height_factor),
            None if self.width_factor is None else bounds(self.width_factor),
            self.reading(),
            seed=self.seed,
        )
