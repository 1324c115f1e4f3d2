"""Transposed convolutions over one, two or three axes. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
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
        self.window = window
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
        values = self._spread(channels_first(x))
        for axis, places in enumerate(self.more, start=2):
            if places:
                values = values.narrow(axis, 0, values.shape[axis] - places)
        return self.activated(channels_last(values))

    def _spread(self, x: Tensor) -> Tensor:
        if self.makes_one_image(x):
            # oneDNN takes two to three times as long as a product and a sum of shifted images.
            return torch.ops.aten.slow_conv_transpose2d(  # type: ignore[no-any-return]
                x,
                self.kernel,
                self.window,
                self.bias,
                self.strides,
                self.before,
                self.less,
                self.dilation,
            )
        return self._convolve(
            x, self.kernel, self.bias, self.strides, self.before, self.less, 1, self.dilation
        )

    def makes_one_image(self, x: Tensor) -> bool:
        """Return whether one channel of images comes out that are larger than those that go in."""
        return (
            len(self.window) == 2
            and self.kernel.shape[1] == 1
            and min(self.strides) > 1
            and x.device.type == "cpu"
            # What is computed in few bits is left to torch, which converts as it needs.
            and x.dtype == torch.float32
            and not torch.is_autocast_enabled("cpu")
        )
