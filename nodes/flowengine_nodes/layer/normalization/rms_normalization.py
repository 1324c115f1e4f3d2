"""Normalization by the root mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.initializers import Ones
from flowengine_nodes.layer._tensors import known_axes, tensor_axes

if TYPE_CHECKING:
    import torch


@node(title="RMSNormalization", keywords=("rms norm", "root mean square", "transformer"))
class RMSNormalization(Layer):
    """Divide the values of each row by their root mean square, then scale them.

    ``scale · x / sqrt(mean(x²) + epsilon)``: LayerNormalization without the mean and the offset, at
    less cost (Zhang and Sennrich, 2019). As in Keras, a mask ends here.
    """

    axis: int | tuple[int, ...] = -1
    """Axis or axes that are normalised together, counted with the batch as axis 0."""
    epsilon: Annotated[float, Field(ge=0)] = 1e-6
    """Added to the mean square, so that nothing is divided by zero."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        known_axes(inputs[0], self.axis)
        return TensorSpec(inputs[0].shape)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {"scale": Weight(known_axes(inputs[0], self.axis), Ones())}

    def flops(self, *inputs: TensorSpec) -> int:
        return 4 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.row_normalization import RMSNormalizationCell

        return RMSNormalizationCell(
            self.weights(*inputs),
            axes=tuple(axis + 1 for axis in tensor_axes(inputs[0], self.axis)),
            epsilon=self.epsilon,
        )
