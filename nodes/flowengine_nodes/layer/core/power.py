"""Values to a power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Power", keywords=("exponent", "square", "cube", "root", "math"))
class Power(Layer):
    """Raise every value to a power.

    ``y = x ^ exponent``.

    A negative value to a power that is no whole number is NaN, and so is the gradient there.
    """

    exponent: float
    """The power."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.computing import PowerCell

        return PowerCell(self.exponent)
