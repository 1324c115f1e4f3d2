"""What separable convolutions over one and two axes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, Weight
from flowengine.nn.activations import activated, activation_module
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import GlorotUniform, InitializerSetting
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.convolution._depthwise import DepthwiseSettings

if TYPE_CHECKING:
    import torch


class Separable(DepthwiseSettings):
    """Base of separable convolutions; a subclass has the sizes of the window."""

    filters: Size
    """Number of filters, the channels of the output."""
    pointwise_initializer: InitializerSetting = GlorotUniform()
    """What fills the pointwise kernel before training."""
    pointwise_regularizer: RegularizerSetting | None = None
    """What the pointwise kernel adds to the loss."""
    pointwise_constraint: ConstraintSetting | None = None
    """What the pointwise kernel must satisfy after each step."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = self.fitting(*inputs)
        return activated(self.slid(tensor, self.filters), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        channels = known_axis(inputs[0])
        pointwise = Weight(
            (*[1] * self.rank, self.between(channels), self.filters),
            self.pointwise_initializer,
            axes=(self.rank + 1, self.rank, *range(self.rank)),
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        return {
            "depthwise_kernel": self.depthwise_weight(channels),
            "pointwise_kernel": pointwise,
        } | self.bias_weight(self.filters)

    def flops(self, *inputs: TensorSpec) -> int:
        mixed = 2 * self.between(known_axis(inputs[0])) * self.slid(inputs[0], self.filters).size
        return self.depthwise_flops(inputs[0]) + mixed

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.depthwise_convolution import SeparableCell

        return SeparableCell(
            self.weights(*inputs),
            activation_module(self.activation),
            **self.window(),
        )
