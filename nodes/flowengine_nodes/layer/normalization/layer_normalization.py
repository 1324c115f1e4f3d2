"""Normalization of each row by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import Layer, TensorSpec, Weight, node
from flowengine_nodes.layer._tensors import floating, known_axes, tensor_axes
from flowengine_nodes.layer.normalization._scaling import ScalingSettings

if TYPE_CHECKING:
    import torch


@node(title="LayerNormalization", keywords=("layer norm", "standardize", "transformer"))
class LayerNormalization(ScalingSettings, Layer):
    """Bring the values of each row to mean 0 and deviation 1, then scale and shift them.

    ``gamma · (x - mean) / sqrt(variance + epsilon) + beta``, over the axes named. Unlike
    BatchNormalization it does not look at other rows, and does the same while training and
    afterwards (Ba et al., 2016).
    """

    axis: int | tuple[int, ...] = -1
    """Axis or axes that are normalised together, counted with the batch as axis 0."""
    epsilon: Annotated[float, Field(ge=0)] = 0.001
    """Added to the variance, so that nothing is divided by zero."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        known_axes(inputs[0], self.axis)
        return floating(inputs[0])

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return self.scaling_weights(*known_axes(inputs[0], self.axis))

    def flops(self, *inputs: TensorSpec) -> int:
        return 7 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.row_normalization import LayerNormalizationCell

        return LayerNormalizationCell(
            self.weights(*inputs),
            axes=tuple(axis + 1 for axis in tensor_axes(inputs[0], self.axis)),
            epsilon=self.epsilon,
        )
