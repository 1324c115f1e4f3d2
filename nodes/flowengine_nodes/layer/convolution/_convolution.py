"""What convolutions over one, two and three axes share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from flowengine import ConfigureError, Layer, TensorSpec, Weight
from flowengine.layer import require_rank
from flowengine.nn.activations import activated, activation_module
from flowengine.nn.windows import times, window_shape
from flowengine_nodes.layer._kernel import KernelSettings
from flowengine_nodes.layer._settings import DataFormat, Size
from flowengine_nodes.layer._tensors import known_axis

if TYPE_CHECKING:
    import torch


class Convolution(KernelSettings, Layer):
    """Base of convolutions; a subclass has ``kernel_size``, ``strides``, ``dilation_rate``."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        kernel_size: tuple[int, ...]
        strides: tuple[int, ...]
        dilation_rate: tuple[int, ...]
        padding: str

    filters: Size
    """Number of filters, the channels of the output."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
    groups: Size = 1
    """Groups of channels that are convolved apart; divides channels and filters."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.kernel_size) + 1, self.axes)
        self._check(known_axis(tensor))
        sizes = window_shape(
            "kernel",
            tensor.shape[:-1],
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
        )
        return activated(TensorSpec((*sizes, self.filters)), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        rank = len(self.kernel_size)
        shape = (*self.kernel_size, known_axis(inputs[0]) // self.groups, self.filters)
        # Keras: places, channels in, filters; torch: filters, channels in, places.
        axes = (rank + 1, rank, *range(rank))
        return self.kernel_weight(shape, axes) | self.bias_weight(self.filters)

    def flops(self, *inputs: TensorSpec) -> int:
        taken = math.prod(self.kernel_size) * known_axis(inputs[0]) // self.groups
        return 2 * taken * self.outputs(*inputs).size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.convolution import ConvolutionCell

        return ConvolutionCell(
            self.weights(*inputs),
            activation_module(self.activation),
            window=self.kernel_size,
            strides=self.strides,
            dilation=self.dilation_rate,
            padding=self.padding,
            groups=self.groups,
        )

    def _check(self, channels: int) -> None:
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ConfigureError(
                f"strides {times(self.strides)} and dilation rate {times(self.dilation_rate)} "
                f"cannot both be above 1; set one of them to 1",
                setting="dilation_rate",
            )
        for count, what in ((channels, "channels of the input"), (self.filters, "filters")):
            if count % self.groups:
                raise ConfigureError(
                    f"groups is {self.groups}, which does not divide the {count} {what}",
                    setting="groups",
                )
