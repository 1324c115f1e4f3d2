"""A dense layer over any axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.activations import Activation, activated, activation_module
from flowengine_nodes.layer._kernel import BiasWeight, KernelWeight
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.core._einsum import Sum, read_sum

if TYPE_CHECKING:
    import torch


@node(title="EinsumDense", keywords=("einstein summation", "dense", "projection"))
class EinsumDense(KernelWeight, BiasWeight, Layer):
    """Connect axes of the input with axes of the output as an equation says.

    ``activation(einsum(equation, input, kernel) + bias)``: letters are axes, the first being the
    batch, and those that the result lacks are summed over. ``ab,bc->ac`` is a Dense layer,
    ``abc,cd->abd`` one over the last axis of a sequence.
    """

    equation: str
    """Axes of input and kernel, and those of the result; ``...`` stands for any others."""
    output_shape: Size | tuple[Size | None, ...]
    """Size of each letter of the result, without the batch; null for that of the input."""
    activation: Activation = "linear"
    """Function applied to the result."""
    bias_axes: str | None = None
    """Letters of the result along which a bias is added; null for none."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        # Its axes need not be those of the input, so that a mask ends here, as in Keras.
        return activated(TensorSpec(self._sum(inputs[0]).shape), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        read = self._sum(inputs[0])
        weights = self.kernel_weight(read.kernel, ())
        return weights | self.bias_weight(*read.bias) if read.bias else weights

    def flops(self, *inputs: TensorSpec) -> int:
        _, _, rest = self.equation.replace(" ", "").partition(",")
        kernel, _, made = rest.partition("->")
        read = self._sum(inputs[0])
        summed = [n for n, letter in zip(read.kernel, kernel, strict=True) if letter not in made]
        return 2 * math.prod(summed) * TensorSpec(read.shape).size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dense import EinsumCell

        return EinsumCell(self.weights(*inputs), activation_module(self.activation), self.equation)

    def _sum(self, tensor: TensorSpec) -> Sum:
        made = self.output_shape
        made = (made,) if isinstance(made, int) else made
        return read_sum(self.equation, tensor, made, self.bias_axes)
