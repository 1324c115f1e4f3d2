"""Images and the like made larger by whole numbers. Imports torch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.base import Cell, channels_first, channels_last


class RepeatCell(Cell):
    """Each place of the axes behind the batch repeated, in one copy."""

    takes_integers = True

    def __init__(self, factors: tuple[int, ...]) -> None:
        super().__init__()
        self.factors = factors

    def forward(self, x: Tensor) -> Tensor:
        sizes = [x.shape[axis] for axis in range(1, len(self.factors) + 1)]
        for axis in range(len(self.factors)):
            x = x.unsqueeze(2 + 2 * axis)
        paired = [size for pair in zip(sizes, self.factors, strict=True) for size in pair]
        larger = [size * factor for size, factor in zip(sizes, self.factors, strict=True)]
        # Not len(x), which exporters take for a constant.
        rows, channels = x.shape[0], x.shape[-1]
        return x.expand(rows, *paired, channels).reshape(rows, *larger, channels)


class _WeighingCell(Cell):
    takes_integers = True

    def __init__(self, factors: tuple[int, ...]) -> None:
        super().__init__()
        self.factors = factors

    def forward(self, x: Tensor) -> Tensor:
        size = [x.shape[axis] * factor for axis, factor in enumerate(self.factors, start=1)]
        if x.is_floating_point():
            return self.resized(x, size)
        limits = torch.iinfo(x.dtype)
        return self.resized(x.float(), size).round().clamp(limits.min, limits.max).to(x.dtype)

    def resized(self, x: Tensor, size: list[int]) -> Tensor:
        """Return floating-point ``x`` with its axes behind the batch in another size."""
        raise NotImplementedError(f"{type(self).__name__} needs a method resized(self, x, size)")


class InterpolationCell(_WeighingCell):
    """Bilinear or bicubic interpolation."""

    def __init__(self, factors: tuple[int, ...], mode: str) -> None:
        super().__init__(factors)
        self.mode = mode

    def resized(self, x: Tensor, size: list[int]) -> Tensor:
        return channels_last(
            F.interpolate(channels_first(x), size=size, mode=self.mode, align_corners=False)
        )


class LanczosCell(_WeighingCell):
    """Interpolation by a windowed sinc, whose weights add up to 1 at the edges too."""

    kernel_kind = "cell"

    def __init__(self, factors: tuple[int, ...], *, radius: int) -> None:
        super().__init__(factors)
        self.radius = radius

    def resized(self, x: Tensor, size: list[int]) -> Tensor:
        for axis, made in enumerate(size, start=1):
            weights = self._weights(x, x.shape[axis], made)
            x = torch.tensordot(x, weights, dims=([axis], [1])).movedim(-1, axis)
        return x

    def _weights(self, x: Tensor, size: int, made: int) -> Tensor:
        """Return what each place of an axis adds to each of those that are made."""
        # In double precision, because the sine of many half turns loses digits.
        places = torch.arange(made, dtype=torch.float64, device=x.device)
        centres = (places + 0.5) * (size / made) - 0.5
        apart = centres.unsqueeze(1) - torch.arange(size, device=x.device)
        weights = torch.sinc(apart) * torch.sinc(apart / self.radius)
        weights = torch.where(apart.abs() <= self.radius, weights, 0)
        return (weights / weights.sum(1, keepdim=True)).to(x.dtype)
