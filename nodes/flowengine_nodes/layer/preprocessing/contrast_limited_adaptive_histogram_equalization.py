"""Contrasts made stronger, each by its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.preprocessing._images import RangedImageLayer

if TYPE_CHECKING:
    import torch


@node(title="CLAHE", keywords=("histogram", "contrast", "local", "image"))
class ContrastLimitedAdaptiveHistogramEqualization(RangedImageLayer):
    """Spread the values of each part of an image, so that all are about equally frequent there.

    Each tile has a curve ``255 · (count(<= v) - least) / (pixels - least)`` for its values ``v``
    out of 255; a pixel takes what the curves of the four tiles around it say, weighed by how near
    they are. Nothing is random: it happens while training and when the network is applied.

    Source: Contrast limited adaptive histogram equalization (Zuiderveld, 1994).
    """

    clip_limit: float = 4.0
    """How many times as frequent as the average a value may be before it is cut off, so that noise
    does not grow in flat places; 0 or less for no limit."""
    tile_grid_size: Pair = (8, 8)
    """Number of tiles, down and to the right."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 16 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.local_equalization import LocalEqualizationCell

        return LocalEqualizationCell(
            self.value_range, clip_limit=self.clip_limit, tiles=self.tile_grid_size
        )
