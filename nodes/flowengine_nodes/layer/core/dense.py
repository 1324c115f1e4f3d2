"""The fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.activations import activated, activation_module
from flowengine_nodes.layer._kernel import KernelSettings
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import floating, known_axis

if TYPE_CHECKING:
    import torch


@node(title="Dense", keywords=("fully connected", "linear", "perceptron"))
class Dense(KernelSettings, Layer):
    """Connect every input value with every unit.

    Computes ``activation(input · kernel + bias)`` over the last dimension; other dimensions, such
    as time, are kept.
    """

    units: Size
    """Number of units, the size of the output's last dimension."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        known_axis(inputs[0])
        tensor = floating(inputs[0]).with_shape(*inputs[0].shape[:-1], self.units)
        return activated(tensor, self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        shape = (known_axis(inputs[0]), self.units)
        return self.kernel_weight(shape, axes=(1, 0)) | self.bias_weight(self.units)

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size * self.units

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dense import DenseCell

        return DenseCell(self.weights(*inputs), activation_module(self.activation))
