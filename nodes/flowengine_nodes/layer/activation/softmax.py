"""Numbers turned into probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, TensorSpec, node
from flowengine_nodes.layer._tensors import tensor_axis
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
        self._axes(inputs[0])
        return super().outputs(*inputs)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import SoftmaxCell

        return SoftmaxCell(tuple(axis + 1 for axis in self._axes(inputs[0])))

    def _axes(self, tensor: TensorSpec) -> tuple[int, ...]:
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        if not axes:
            raise ConfigureError("axis is an empty list; name at least one axis", setting="axis")
        return tuple(tensor_axis(tensor, axis) for axis in axes)
