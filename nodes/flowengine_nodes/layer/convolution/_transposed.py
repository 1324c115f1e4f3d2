"""What transposed convolutions over one, two and three axes share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from flowengine import ConfigureError, TensorSpec, Weight
from flowengine.nn.activations import activated, activation_module
from flowengine.nn.windows import times, transposed_shape
from flowengine_nodes.layer._kernel import KernelSettings
from flowengine_nodes.layer._settings import Padding, Places, Size, Spread
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.convolution._sliding import Sliding

if TYPE_CHECKING:
    import torch

SinglePlaces = Annotated[tuple[Places], Spread(1)]
PairPlaces = Annotated[tuple[Places, Places], Spread(2)]
TriplePlaces = Annotated[tuple[Places, Places, Places], Spread(3)]


class Transposed(KernelSettings, Sliding):
    """Base of transposed convolutions; a subclass has the sizes of the window."""

    if TYPE_CHECKING:
        output_padding: tuple[int, ...] | None

    filters: Size
    """Number of filters, the channels of the output."""
    padding: Padding = "valid"
    """``valid``: all places that a window reaches; ``same``: as many as input times strides."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = self.fitting(*inputs)
        extra = self.output_padding
        if extra and any(place >= step for place, step in zip(extra, self.strides, strict=True)):
            raise ConfigureError(
                f"output padding {times(extra)} must be below the strides {times(self.strides)}, "
                f"axis by axis",
                setting="output_padding",
            )
        return activated(self._spread(tensor), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        shape = (*self.kernel_size, self.filters, known_axis(inputs[0]))
        # Keras: places, filters, channels in; torch: channels in, filters, places.
        axes = (self.rank + 1, self.rank, *range(self.rank))
        return self.kernel_weight(shape, axes) | self.bias_weight(self.filters)

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size * math.prod(self.kernel_size) * self.filters

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.transposed_convolution import TransposedConvolutionCell

        return TransposedConvolutionCell(
            self.weights(*inputs),
            activation_module(self.activation),
            **self.window(),
            output_padding=self.output_padding,
        )

    def _spread(self, tensor: TensorSpec) -> TensorSpec:
        sizes = transposed_shape(
            tensor.shape[:-1],
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
            self.output_padding,
        )
        return TensorSpec((*sizes, self.filters))
