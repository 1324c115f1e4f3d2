"""Windows with weights of their own at each place. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight


class LocallyConnectedCell(Cell):
    """A matrix product for each place of a window, all of them in one batch.

    ``places`` says how often the window fits along each axis.
    """

    kernel_kind = "cell"
    kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(
        self,
        weights: Mapping[str, Weight],
        activation: nn.Module | None,
        *,
        places: tuple[int, ...],
        window: tuple[int, ...],
        strides: tuple[int, ...],
    ) -> None:
        super().__init__(weights, optional=("bias",), activation=activation)
        self.places = places
        self.window = window
        self.strides = strides

    def forward(self, x: Tensor) -> Tensor:
        rank = len(self.window)
        for axis, (size, stride) in enumerate(zip(self.window, self.strides, strict=True), 1):
            x = x.unfold(axis, size, stride)
        # Batch, places, channels, window becomes places, batch, window and channels.
        order = [*range(1, rank + 1), 0, *range(rank + 2, 2 * rank + 2), rank + 1]
        windows = x.permute(order).reshape(len(self.kernel), x.shape[0], -1)
        if self.bias is None:
            values = torch.bmm(windows, self.kernel)
        else:
            bias = self.bias.reshape(len(self.kernel), 1, -1)
            values = torch.baddbmm(bias, windows, self.kernel)
        return self.activated(values.transpose(0, 1).reshape(x.shape[0], *self.places, -1))
