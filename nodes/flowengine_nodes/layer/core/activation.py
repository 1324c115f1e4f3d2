"""An activation function as a layer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine.nn import activations
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Activation")
class Activation(Layer):
    """Apply an activation function to every value.

    ``y = f(x)``.
    """

    activation: activations.Activation
    """The function."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return activations.activated(floating(inputs[0]), self.activation)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import ActivationCell

        return ActivationCell(activations.activation_module(self.activation))
