"""Values made equally frequent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._images import RangedImageLayer

if TYPE_CHECKING:
    import torch


@node(title="Equalization", keywords=("augmentation", "histogram", "image"))
class Equalization(RangedImageLayer):
    """Spread the values of each channel while training, so that all are about equally frequent.

    ``y = 255 · (count(<= x) - least) / (pixels - least)``.

    As in Keras, the images of a batch are taken together. When a network is applied, images stay as
    they are.
    """

    bins: Size = 256
    """How many values are told apart."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 4 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.tones import EqualizationCell

        return EqualizationCell(self.value_range, self.bins)
