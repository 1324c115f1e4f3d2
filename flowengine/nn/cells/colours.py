"""Colours of images, changed at random while training. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.augmentation import (
    Bounds,
    RandomChoiceCell,
    RandomFactorCell,
    RandomImageCell,
)

LUMINANCE = (0.2989, 0.587, 0.114)
"""How bright red, green and blue are."""


class RandomBrightnessCell(RandomFactorCell):
    """Add a share of the range of values to each image."""

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        return self.within(x + factor * (self.high - self.low))


class RandomContrastCell(RandomFactorCell):
    """Multiply the distance of values from the mean of their channel."""

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        mean = x.mean((1, 2), keepdim=True)
        return self.within((x - mean) * factor + mean)


class RandomColorDegenerationCell(RandomFactorCell):
    """Move each image towards its shades of grey."""

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        return self.within(x + factor * (greyscale(x) - x))


class RandomGrayscaleCell(RandomChoiceCell):
    """Take the colours out of some images."""

    def other(self, x: Tensor) -> Tensor:
        return greyscale(x)


class RandomInvertCell(RandomChoiceCell):
    """Turn some images into their negatives."""

    def other(self, x: Tensor) -> Tensor:
        return self.high - x


class RandomHueCell(RandomFactorCell):
    """Turn the colours of each image around the circle of colours."""

    def disturb(self, x: Tensor) -> Tensor:
        sign = torch.where(self.uniform(x, (None, 1, 1, 1)) > 0.5, -0.5, 0.5)
        return self.changed(x, sign * self.between(x, self.bounds))

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        span = self.high - self.low
        hue, saturation, value = hsv((x - self.low) / span)
        turned = rgb((hue + factor.squeeze(-1)) % 1, saturation, value)
        return turned.clamp(0, 1) * span + self.low


class RandomSaturationCell(RandomFactorCell):
    """Make the colours of each image stronger or weaker."""

    def disturb(self, x: Tensor) -> Tensor:
        share = self.between(x, self.bounds)
        return self.changed(x, share / (1 - share + 1e-7))

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        hue, saturation, value = hsv(x)
        return rgb(hue, self.within(saturation * factor.squeeze(-1)), value)


class RandomPosterizationCell(RandomFactorCell):
    """Leave each image so many bits for a colour."""

    def disturb(self, x: Tensor) -> Tensor:
        return self.changed(x, self.between(x, self.bounds).floor())

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        span = (self.high - self.low) / 255
        step = 2 ** (8 - factor)
        return ((x - self.low) / span).floor().div(step, rounding_mode="floor") * step * span + (
            self.low
        )


class SolarizationCell(RandomFactorCell):
    """Brighten each image, and invert what is brighter than a threshold."""

    def __init__(
        self, addition: Bounds, threshold: Bounds, *, value_range: Bounds, seed: int | None
    ) -> None:
        super().__init__(addition, value_range=value_range, seed=seed)
        self.threshold = threshold

    def disturb(self, x: Tensor) -> Tensor:
        # As in Keras, the lower bound is one of 255 parts, the upper one a share.
        pairs = ((low, high * 255) for low, high in (self.bounds, self.threshold))
        addition, threshold = (self.between(x, pair) for pair in pairs)
        return self.solarized(x, addition, threshold)

    def solarized(self, x: Tensor, addition: Tensor, threshold: Tensor) -> Tensor:
        """Return images after an addition and a threshold each, both out of 255."""
        span = (self.high - self.low) / 255
        bright = ((x - self.low) / span + addition).clamp(0, 255)
        return torch.where(bright < threshold, bright, 255 - bright) * span + self.low


class RandomColorJitterCell(RandomImageCell):
    """Change several properties of the colours, one after the other."""

    def __init__(self, parts: list[torch.nn.Module]) -> None:
        super().__init__(seed=None)
        self.parts = torch.nn.ModuleList(parts)

    def disturb(self, x: Tensor) -> Tensor:
        for part in self.parts:
            x = part(x)
        return x


def greyscale(x: Tensor) -> Tensor:
    """Return the shades of grey of images, as one channel."""
    if x.shape[-1] == 1:
        return x
    return (x * torch.tensor(LUMINANCE, dtype=x.dtype, device=x.device)).sum(-1, keepdim=True)


def hsv(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return hue (0 to 1), saturation and value of images of red, green and blue."""
    red, green, blue = x.unbind(-1)
    value, least = x.amax(-1), x.amin(-1)
    span = value - least
    divisor = span.where(span > 0, 1.0) * 6
    hue = torch.where(
        value == green, (blue - red) / divisor + 1 / 3, (red - green) / divisor + 2 / 3
    )
    hue = torch.where(value == red, (green - blue) / divisor, hue).where(span > 0, 0.0)
    return hue % 1, torch.where(value > 0, span / value.where(value > 0, 1.0), 0.0), value


def rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Return images of red, green and blue."""
    channels = []
    for shift in (5, 3, 1):
        place = (shift + 6 * hue) % 6
        share = torch.minimum(place, 4 - place).clamp(0, 1)
        channels.append(value - value * saturation * share)
    return torch.stack(channels, -1)
