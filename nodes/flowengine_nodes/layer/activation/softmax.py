"""Numbers turned into probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer._tensors import tensor_axes
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="Softmax", keywords=("probability", "classes"))
class Softmax(ActivationLayer):
    """Turn numbers into probabilities that add up to 1: ``exp(x) / sum(exp(x))``.

    Places that a mask excludes get the probability 0.
    """

    axis: int | tuple[int, ...] = -1
    """Axis or axes over which the probabilities add up to 1, counted with the batch as axis 0."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor_axes(inputs[0], self.axis)
        return super().outputs(*inputs)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import SoftmaxCell

        return SoftmaxCell(tuple(axis + 1 for axis in tensor_axes(inputs[0], self.axis)))
