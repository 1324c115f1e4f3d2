"""Transposed convolutions over one, two or three axes. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell, channels_first, channels_last
from flowengine.nn.windows import transposed_cut
from flowengine.tensor import Weight

CONVOLUTIONS: dict[int, Callable[..., Tensor]] = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


class TransposedConvolutionCell(Cell):
    """A transposed convolution with Keras' paddings ``valid`` and ``same``."""

    prefers_channels_last = True
    kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(
        self,
        weights: Mapping[str, Weight],
        activation: nn.Module | None,
        *,
        window: tuple[int, ...],
        strides: tuple[int, ...],
        dilation: tuple[int, ...],
        padding: str,
        output_padding: tuple[int, ...] | None,
    ) -> None:
        super().__init__(weights, optional=("bias",), activation=activation)
        self.strides = strides
        self.dilation = dilation
        extra = output_padding or (None,) * len(window)
        cuts = [
            transposed_cut(places, stride, step, padding, one)
            for places, stride, step, one in zip(window, strides, dilation, extra, strict=True)
        ]
        # torch cuts as much after as before, or less; where Keras cuts more, a slice does it.
        self.before = tuple(before for before, _ in cuts)
        self.less = tuple(max(before - after, 0) for before, after in cuts)
        self.more = tuple(max(after - before, 0) for before, after in cuts)
        self._convolve = CONVOLUTIONS[len(window)]

    def forward(self, x: Tensor) -> Tensor:
        values = self._convolve(
            channels_first(x),
            self.kernel,
            self.bias,
            self.strides,
            self.before,
            self.less,
            1,
            self.dilation,
        )
        for axis, places in enumerate(self.more, start=2):
            if places:
                values = values.narrow(axis, 0, values.shape[axis] - places)
        return self.activated(channels_last(values))
