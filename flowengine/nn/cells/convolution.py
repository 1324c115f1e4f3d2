"""Convolutions over one, two or three axes. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell, channels_first, channels_last
from flowengine.nn.windows import reach, same_padding, window_count
from flowengine.tensor import Weight

CONVOLUTIONS: dict[int, Callable[..., Tensor]] = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


class SlidingCell(Cell):
    """A window that slides with Keras' paddings: ``valid``, ``same`` and (one axis) ``causal``."""

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
    ) -> None:
        super().__init__(weights, optional=("bias",), activation=activation)
        self.window = window
        self.strides = strides
        self.dilation = dilation
        self.padding = padding
        self.convolve = CONVOLUTIONS[len(window)]

    def slide(self, x: Tensor, kernel: Tensor, bias: Tensor | None, groups: int) -> Tensor:
        """Return the convolution of channels-first ``x`` with a kernel in torch's layout."""
        if x.shape[1] == 1 and self.makes_one_column(x):
            # One channel's place in memory is ambiguous. Said to be last, torch 2.13 on a CPU gives
            # wrong numbers where one column comes out. Here it is made first.
            x = x.squeeze(1).unsqueeze(1)
        values, padding = self.framed(x)
        return self.convolve(values, kernel, bias, self.strides, padding, self.dilation, groups)

    def makes_one_column(self, x: Tensor) -> bool:
        """Return whether one column comes out of channels-first ``x``."""
        padding = "same" if self.padding == "causal" else self.padding
        axis = (x.shape[-1], self.window[-1], self.strides[-1], self.dilation[-1])
        return window_count(*axis, padding) == 1

    def framed(self, x: Tensor) -> tuple[Tensor, tuple[int, ...] | int]:
        """Return ``x`` with padding around it, and what the kernel is to add itself."""
        if self.padding == "valid":
            return x, 0
        if self.padding == "causal":
            return F.pad(x, (reach(self.window[0], self.dilation[0]) - 1, 0)), 0
        sides = same_sides(x, self.window, self.strides, self.dilation)
        if all(before == after for before, after in sides):
            return x, tuple(before for before, _ in sides)
        return F.pad(x, flat_sides(sides)), 0


class ConvolutionCell(SlidingCell):
    """A convolution of all channels, or of groups of them.

    Attributes:
        images_first: Whether images come channels first in memory; a rewrite says so.
    """

    prefers_channels_last = True
    images_first: bool = False
    kernel: nn.Parameter

    def __init__(
        self,
        weights: Mapping[str, Weight],
        activation: nn.Module | None,
        *,
        window: tuple[int, ...],
        strides: tuple[int, ...],
        dilation: tuple[int, ...],
        padding: str,
        groups: int,
    ) -> None:
        super().__init__(
            weights,
            activation,
            window=window,
            strides=strides,
            dilation=dilation,
            padding=padding,
        )
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        values = channels_first(x)
        if self.images_first and x.device.type == "cpu":
            values = values.contiguous()
        values = self.slide(values, self.kernel, self.bias, self.groups)
        return self.activated(channels_last(values))


def same_sides(
    x: Tensor, window: tuple[int, ...], strides: tuple[int, ...], dilation: tuple[int, ...]
) -> list[tuple[int, int]]:
    """Return what ``same`` adds before and after each spatial axis of channels-first ``x``."""
    return [
        same_padding(*axis) for axis in zip(x.shape[2:], window, strides, dilation, strict=True)
    ]


def flat_sides(sides: Sequence[tuple[int, int]]) -> list[int]:
    """Return paddings in the order of ``F.pad``: the last axis first."""
    return [places for side in reversed(sides) for places in side]
