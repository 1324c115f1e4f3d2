"""Dimensions in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import moved

if TYPE_CHECKING:
    import torch


@node(title="Permute", keywords=("transpose", "swap", "channels"))
class Permute(Layer):
    """Put the dimensions of a row into another order.

    ``[2, 1]`` swaps two dimensions; ``[2, 3, 1]`` brings the channels of an image to the end.
    """

    dims: tuple[Size, ...]
    """Dimensions of the input in the order of the output; the first is 1, the batch does not
    count."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (tensor,) = inputs
        wanted = list(range(1, len(tensor.shape) + 1))
        if sorted(self.dims) != wanted:
            raise ConfigureError(
                f"dims is {list(self.dims)}; for the input {tensor} it must hold {wanted} in some "
                f"order (the batch does not count)",
                setting="dims",
            )
        return moved(tensor, *(tensor.shape[axis - 1] for axis in self.dims))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import PermuteCell

        return PermuteCell(self.dims)
