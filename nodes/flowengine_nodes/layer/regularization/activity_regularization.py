"""A penalty on what a layer gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import Layer, TensorSpec, node
from flowengine.nn.regularizers import L1L2
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch

Factor = Annotated[float, Field(ge=0)]


@node(title="ActivityRegularization", keywords=("penalty", "sparse"))
class ActivityRegularization(Layer):
    """Add to the loss what passes through: ``l1 · sum(|x|) + l2 · sum(x²)``, for each row.

    The values themselves stay as they are. Makes a network prefer small or few activations.
    """

    l1: Factor = 0.0
    """Factor of the absolute values."""
    l2: Factor = 0.0
    """Factor of the squares."""

    @property
    def activity_regularizer(self) -> L1L2:
        """What the training loop adds to the loss."""
        return L1L2(l1=self.l1, l2=self.l2)

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return 0

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import ActivationCell

        return ActivationCell(None)
