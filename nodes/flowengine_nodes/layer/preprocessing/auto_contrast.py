"""Values spread over their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import RangedImageLayer

if TYPE_CHECKING:
    import torch


@node(title="AutoContrast", keywords=("augmentation", "normalize", "image"))
class AutoContrast(RangedImageLayer):
    """Spread the values of each channel over the whole range: the least becomes its lower end.

    ``y = low + (high - low) · (x - min(x)) / (max(x) - min(x))``.

    It does so while training and when a network is applied.
    """

    def flops(self, *inputs: TensorSpec) -> int:
        return 4 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.tones import AutoContrastCell

        return AutoContrastCell(self.value_range)
