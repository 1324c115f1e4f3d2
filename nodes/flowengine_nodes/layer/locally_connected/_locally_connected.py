"""What locally connected layers over one and two axes share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from flowengine import Layer, TensorSpec, Weight
from flowengine.layer import require_rank
from flowengine.nn.activations import activated, activation_module
from flowengine.nn.windows import window_shape
from flowengine_nodes.layer._kernel import KernelSettings
from flowengine_nodes.layer._settings import DataFormat, Size
from flowengine_nodes.layer._tensors import known_axis

if TYPE_CHECKING:
    import torch


def _valid(value: Any) -> Any:
    if value == "same":
        raise ValueError(
            '"same" is not supported: windows fit only inside the input; a zero_padding layer '
            "before this one makes room for those at the edges"
        )
    return value


class LocallyConnected(KernelSettings, Layer):
    """Base of locally connected layers; a subclass has ``kernel_size`` and ``strides``."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        kernel_size: tuple[int, ...]
        strides: tuple[int, ...]

    filters: Size
    """Number of filters at each place, the channels of the output."""
    padding: Annotated[Literal["valid"], BeforeValidator(_valid)] = "valid"
    """Always ``valid``: only where the window fits."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return activated(TensorSpec((*self._places(*inputs), self.filters)), self.activation)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        places = self._places(*inputs)
        window = math.prod(self.kernel_size) * known_axis(inputs[0])
        kernel = self.kernel_weight((math.prod(places), window, self.filters), axes=())
        return kernel | self.bias_weight(*places, self.filters)

    def flops(self, *inputs: TensorSpec) -> int:
        window = math.prod(self.kernel_size) * known_axis(inputs[0])
        return 2 * window * math.prod(self._places(*inputs)) * self.filters

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.locally_connected import LocallyConnectedCell

        return LocallyConnectedCell(
            self.weights(*inputs),
            activation_module(self.activation),
            places=self._places(*inputs),
            window=self.kernel_size,
            strides=self.strides,
        )

    def _places(self, *inputs: TensorSpec) -> tuple[int, ...]:
        """Return how often the window fits along each axis; each place has weights of its own."""
        names = self.axes.split(", ")
        tensor = require_rank(inputs, len(names), self.axes)
        *sizes, _ = (known_axis(tensor, axis, name) for axis, name in enumerate(names))
        ones = (1,) * len(sizes)
        counts = window_shape(
            "kernel",
            tuple(sizes),
            self.kernel_size,
            self.strides,
            ones,
            self.padding,
            can_pad=False,
        )
        return tuple(count or 0 for count in counts)
