"""What convolutions share that treat each channel apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowengine import TensorSpec, Weight
from flowengine.nn.activations import Activation, activated, activation_module
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import GlorotUniform, InitializerSetting
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._kernel import BiasSettings
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.convolution._sliding import Sliding

if TYPE_CHECKING:
    import torch


class DepthwiseSettings(BiasSettings, Sliding):
    """An activation, a bias and a kernel that filters each channel apart."""

    depth_multiplier: Size = 1
    """Number of filters for each channel of the input."""
    activation: Activation = "linear"
    """Function applied to the result."""
    depthwise_initializer: InitializerSetting = GlorotUniform()
    """What fills the depthwise kernel before training."""
    depthwise_regularizer: RegularizerSetting | None = None
    """What the depthwise kernel adds to the loss."""
    activity_regularizer: RegularizerSetting | None = None
    """What the layer's output adds to the loss."""
    depthwise_constraint: ConstraintSetting | None = None
    """What the depthwise kernel must satisfy after each step."""

    def between(self, channels: int) -> int:
        """Return how many channels the depthwise kernel makes of ``channels``."""
        return channels * self.depth_multiplier

    def depthwise_weight(self, channels: int) -> Weight:
        """Return the depthwise kernel as a weight."""
        return Weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            # Keras: places, channels, filters of each; torch: channels, filters, places.
            axes=(self.rank, self.rank + 1, *range(self.rank)),
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )

    def depthwise_flops(self, tensor: TensorSpec) -> int:
        """Return the operations of the depthwise kernel."""
        made = self.slid(tensor, self.between(known_axis(tensor)))
        return 2 * math.prod(self.kernel_size) * made.size


class Depthwise(DepthwiseSettings):
    """Base of depthwise convolutions; a subclass has the sizes of the window."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = self.fitting(*inputs)
        return activated(self.slid(tensor, self.between(known_axis(tensor))), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        channels = known_axis(inputs[0])
        kernel = {"kernel": self.depthwise_weight(channels)}
        return kernel | self.bias_weight(self.between(channels))

    def flops(self, *inputs: TensorSpec) -> int:
        return self.depthwise_flops(inputs[0])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.depthwise_convolution import DepthwiseCell

        return DepthwiseCell(
            self.weights(*inputs),
            activation_module(self.activation),
            **self.window(),
        )
