"""Images smoothed, sharpened and spread over their range of values. Imports torch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.augmentation import (
    Bounds,
    RandomChoiceCell,
    RandomFactorCell,
    RandomImageCell,
)
from flowengine.nn.cells.base import Cell, channels_first, channels_last

CENTRE, AROUND = 5 / 13, 1 / 13
"""Weights of the mean that sharpness goes away from."""


class AutoContrastCell(Cell):
    """Spread the values of each channel of an image over the whole range."""

    kernel_kind = "cell"

    def __init__(self, value_range: Bounds) -> None:
        super().__init__()
        self.low, self.high = sorted(value_range)

    def forward(self, x: Tensor) -> Tensor:
        least, most = x.amin((1, 2), keepdim=True), x.amax((1, 2), keepdim=True)
        span = most - least
        share = (x - least) / span.where(span > 0, 1.0)
        spread = (share * (self.high - self.low) + self.low).clamp(self.low, self.high)
        return spread.where(span > 0, x)


class EqualizationCell(RandomImageCell):
    """Spread values so that each is as frequent as any other.

    As in Keras the values of a whole batch are counted together, and nothing happens when a network
    is applied.
    """

    rows_apart = False

    def __init__(self, value_range: Bounds, bins: int) -> None:
        super().__init__(seed=None)
        self.low, self.high = value_range
        self.bins = bins

    def disturb(self, x: Tensor) -> Tensor:
        span = (self.high - self.low) / 255
        channels = [self._equalized((one - self.low) / span) for one in x.unbind(-1)]
        return torch.stack(channels, -1) * span + self.low

    def _equalized(self, values: Tensor) -> Tensor:
        places = (values * (self.bins - 1) / 255).long().clamp(0, self.bins - 1)
        counts = places.flatten().bincount(minlength=self.bins)
        below = counts.cumsum(0)
        first = below[counts > 0][0]
        rest = (below[-1] - first).clamp(min=1)
        levels = ((below - first) * 255 / rest).round().clamp(0, 255).to(values.dtype)
        return torch.where((counts > 0).sum() > 1, levels[places], values)


class RandomSharpnessCell(RandomFactorCell):
    """Move each image away from its smoothed self, or towards it."""

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        kernel = x.new_full((3, 3), AROUND)
        kernel[1, 1] = CENTRE
        return self.within(x + (1 - 2 * factor) * (smoothed(x, kernel) - x))


class RandomGaussianBlurCell(RandomChoiceCell):
    """Blur some of the images."""

    def __init__(
        self,
        bounds: Bounds,
        *,
        kernel_size: tuple[int, int],
        sigma: Bounds,
        value_range: Bounds,
        seed: int | None,
    ) -> None:
        super().__init__(bounds, value_range=value_range, seed=seed)
        self.kernel_size = kernel_size
        self.sigma = sigma
        # All images of a batch are blurred alike.
        self.rows_apart = False

    def disturb(self, x: Tensor) -> Tensor:
        return self.within(super().disturb(x))

    def other(self, x: Tensor) -> Tensor:
        low, high = self.sigma
        return self.blurred(x, low + (high - low) * self.uniform(x, (1, 1, 1, 2)).flatten() + 1e-6)

    def blurred(self, x: Tensor, sigma: Tensor) -> Tensor:
        """Return images blurred by two deviations, to the right and down."""
        right, down = (
            bell(size, one) for size, one in zip(self.kernel_size, sigma.unbind(), strict=True)
        )
        return smoothed(x, torch.outer(down, right))


def smoothed(x: Tensor, kernel: Tensor) -> Tensor:
    """Return images after a convolution of each channel with the same kernel."""
    channels = x.shape[-1]
    kernels = kernel.expand(channels, 1, *kernel.shape)
    return channels_last(F.conv2d(channels_first(x), kernels, padding="same", groups=channels))


def bell(size: int, sigma: Tensor) -> Tensor:
    """Return so many values of a normal distribution's curve, whose sum is 1."""
    places = torch.arange(size, dtype=sigma.dtype, device=sigma.device) - (size - 1) / 2
    values = torch.exp(-0.5 * (places / sigma) ** 2)
    return values / values.sum()
