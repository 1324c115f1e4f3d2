"""Vectors of length 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating, tensor_axes

if TYPE_CHECKING:
    import torch


@node(title="UnitNormalization", keywords=("l2", "unit vector", "cosine"))
class UnitNormalization(Layer):
    """Bring vectors to length 1: ``x / sqrt(sum(x²))`` along the axes named.

    Has nothing to learn. Scalar products of such vectors are cosines of the angles between them.
    """

    axis: int | tuple[int, ...] = -1
    """Axis or axes along which a vector lies, counted with the batch as axis 0."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor_axes(inputs[0], self.axis)
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return 3 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.row_normalization import UnitNormalizationCell

        return UnitNormalizationCell(tuple(axis + 1 for axis in tensor_axes(inputs[0], self.axis)))
