"""What convolutions over one, two and three axes share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowengine import ConfigureError, TensorSpec, Weight
from flowengine.nn.activations import activated, activation_module
from flowengine_nodes.layer._kernel import KernelSettings
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.convolution._sliding import Sliding

if TYPE_CHECKING:
    import torch


class Convolution(KernelSettings, Sliding):
    """Base of convolutions; a subclass has ``kernel_size``, ``strides``, ``dilation_rate``."""

    filters: Size
    """Number of filters, the channels of the output."""
    groups: Size = 1
    """Groups of channels that are convolved apart; divides channels and filters."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = self.fitting(*inputs)
        self._check_groups(known_axis(tensor))
        return activated(self.slid(tensor, self.filters), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        shape = (*self.kernel_size, known_axis(inputs[0]) // self.groups, self.filters)
        # Keras: places, channels in, filters; torch: filters, channels in, places.
        axes = (self.rank + 1, self.rank, *range(self.rank))
        return self.kernel_weight(shape, axes) | self.bias_weight(self.filters)

    def flops(self, *inputs: TensorSpec) -> int:
        taken = math.prod(self.kernel_size) * known_axis(inputs[0]) // self.groups
        return 2 * taken * self.slid(inputs[0], self.filters).size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.convolution import ConvolutionCell

        return ConvolutionCell(
            self.weights(*inputs),
            activation_module(self.activation),
            **self.window(),
            groups=self.groups,
        )

    def _check_groups(self, channels: int) -> None:
        for count, what in ((channels, "channels of the input"), (self.filters, "filters")):
            if count % self.groups:
                raise ConfigureError(
                    f"groups is {self.groups}, which does not divide the {count} {what}",
                    setting="groups",
                )
