"""Windows cut out of images at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._images import RandomImageLayer

if TYPE_CHECKING:
    import torch


@node(title="RandomCrop", keywords=("augmentation", "cut", "image"))
class RandomCrop(RandomImageLayer):
    """Cut a window out of images while training, at the same random place of all images of a batch.

    ``y[i, j] = x[i + top, j + left]``.

    When a network is applied, and where an image is not larger than the window, the largest part of
    the right proportions is taken from its middle and resized.
    """

    height: Size
    """Height of the result."""
    width: Size
    """Width of the result."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return super().outputs(*inputs).with_shape(self.height, self.width, inputs[0].shape[-1])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmentation import RandomCropCell

        return RandomCropCell(self.height, self.width, seed=self.seed)
