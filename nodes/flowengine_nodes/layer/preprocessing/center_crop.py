"""The middle of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._images import ImageLayer

if TYPE_CHECKING:
    import torch


@node(title="CenterCrop", keywords=("cut", "image"))
class CenterCrop(ImageLayer):
    """Cut out the middle of images.

    ``y[i, j] = x[i + (rows - height) / 2, j + (columns - width) / 2]``.

    An image that is too small is cropped to the new proportions and enlarged instead.
    """

    height: Size
    """Height of the result."""
    width: Size
    """Width of the result."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = super().outputs(*inputs)
        return TensorSpec((self.height, self.width, tensor.shape[-1]))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.resizing import CenterCropCell

        return CenterCropCell(self.height, self.width)
