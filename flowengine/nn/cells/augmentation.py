"""Images changed at random while training. Imports torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from flowengine.nn.cells.dropout import NoiseCell

Bounds = tuple[float, float]


class RandomImageCell(NoiseCell):
    """Base of cells that draw numbers for each image."""

    kernel_kind = "cell"

    def between(self, x: Tensor, bounds: Bounds) -> Tensor:
        """Return a number within bounds for each image, in a shape that multiplies with images."""
        low, high = bounds
        return low + (high - low) * self.uniform(x, (None, 1, 1, 1))


class RandomFlipCell(RandomImageCell):
    """Flip every other image."""

    def __init__(self, axes: tuple[int, ...], *, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.axes = axes

    def disturb(self, x: Tensor) -> Tensor:
        chosen = self.uniform(x, (None, 1, 1, 1)) <= 0.5
        return torch.where(chosen, x.flip(self.axes), x)


class RandomBrightnessCell(RandomImageCell):
    """Add a number to each image."""

    def __init__(self, bounds: Bounds, *, value_range: Bounds, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.bounds = bounds
        self.low, self.high = sorted(value_range)

    def disturb(self, x: Tensor) -> Tensor:
        return self.brightened(x, self.between(x, self.bounds))

    def brightened(self, x: Tensor, share: Tensor) -> Tensor:
        """Return images plus a share of their range of values."""
        return (x + share * (self.high - self.low)).clamp(self.low, self.high)


class RandomContrastCell(RandomImageCell):
    """Move the values of each image away from its mean, or towards it."""

    def __init__(self, bounds: Bounds, *, value_range: Bounds, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.bounds = bounds
        self.low, self.high = value_range

    def disturb(self, x: Tensor) -> Tensor:
        return self.contrasted(x, self.between(x, self.bounds))

    def contrasted(self, x: Tensor, factor: Tensor) -> Tensor:
        """Return images with their distance from the mean of each channel multiplied."""
        mean = x.mean((1, 2), keepdim=True)
        return ((x - mean) * factor + mean).clamp(self.low, self.high)


class MovingCell(RandomImageCell):
    """Base of cells that read each pixel from another place of its image."""

    def __init__(
        self, *, fill_mode: str, fill_value: float, interpolation: str, seed: int | None
    ) -> None:
        super().__init__(seed=seed)
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.interpolation = interpolation

    def read(self, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Return images of pixels that are read at ``rows`` and ``columns`` of ``x``.

        Args:
            x: Images.
            rows: For each image and pixel the row, a floating-point number, to read.
            columns: The column, likewise.
        """
        rows, columns = rows.expand(x.shape[:3]), columns.expand(x.shape[:3])
        if self.interpolation == "nearest":
            return self._pixels(x, rows.round(), columns.round())
        top, left = rows.floor(), columns.floor()
        down, right = (rows - top).unsqueeze(-1), (columns - left).unsqueeze(-1)
        upper = self._pixels(x, top, left) * (1 - right) + self._pixels(x, top, left + 1) * right
        below, beside = self._pixels(x, top + 1, left), self._pixels(x, top + 1, left + 1)
        lower = below * (1 - right) + beside * right
        return upper * (1 - down) + lower * down

    def _pixels(self, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        height, width, channels = x.shape[1:]
        places = self._inside(rows, height) * width + self._inside(columns, width)
        index = places.flatten(1).unsqueeze(-1).expand(-1, -1, channels)
        pixels = x.flatten(1, 2).gather(1, index).reshape(x.shape)
        if self.fill_mode != "constant":
            return pixels
        is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        return pixels.where(is_inside.unsqueeze(-1), self.fill_value)

    def _inside(self, places: Tensor, size: int) -> Tensor:
        index = places.long()
        if self.fill_mode == "wrap":
            return index % size
        if self.fill_mode == "reflect":
            # The image and its mirror image alternate.
            index = index % (2 * size)
            return torch.minimum(index, 2 * size - 1 - index)
        return index.clamp(0, size - 1)


class RandomRotationCell(MovingCell):
    """Rotate each image around its middle."""

    def __init__(
        self,
        bounds: Bounds,
        *,
        fill_mode: str,
        fill_value: float,
        interpolation: str,
        seed: int | None,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation, seed=seed
        )
        self.bounds = bounds

    def disturb(self, x: Tensor) -> Tensor:
        return self.rotated(x, self.between(x, self.bounds).flatten() * 2 * math.pi)

    def rotated(self, x: Tensor, angle: Tensor) -> Tensor:
        """Return images rotated counter-clockwise, each by its angle."""
        rows, columns = _grid(x)
        middle_row, middle_column = (x.shape[1] - 1) / 2, (x.shape[2] - 1) / 2
        cosine, sine = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
        down, right = rows - middle_row, columns - middle_column
        return self.read(
            x,
            middle_row + right * sine + down * cosine,
            middle_column + right * cosine - down * sine,
        )


class RandomZoomCell(MovingCell):
    """Zoom each image in or out of its middle."""

    def __init__(
        self,
        height: Bounds,
        width: Bounds | None,
        *,
        fill_mode: str,
        fill_value: float,
        interpolation: str,
        seed: int | None,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation, seed=seed
        )
        self.height = height
        self.width = width

    def disturb(self, x: Tensor) -> Tensor:
        height = 1 + self.between(x, self.height).flatten()
        width = height if self.width is None else 1 + self.between(x, self.width).flatten()
        return self.zoomed(x, height, width)

    def zoomed(self, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
        """Return images that show ``height`` and ``width`` times as much as before."""
        rows, columns = _grid(x)
        height, width = height.view(-1, 1, 1), width.view(-1, 1, 1)
        top = (x.shape[1] - 1) / 2 * (1 - height)
        left = (x.shape[2] - 1) / 2 * (1 - width)
        return self.read(x, rows * height + top, columns * width + left)


class RandomTranslationCell(MovingCell):
    """Shift each image."""

    def __init__(
        self,
        height: Bounds,
        width: Bounds,
        *,
        fill_mode: str,
        fill_value: float,
        interpolation: str,
        seed: int | None,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation, seed=seed
        )
        self.height = height
        self.width = width

    def disturb(self, x: Tensor) -> Tensor:
        down = self.between(x, self.height).flatten() * x.shape[1]
        right = self.between(x, self.width).flatten() * x.shape[2]
        return self.shifted(x, down, right)

    def shifted(self, x: Tensor, down: Tensor, right: Tensor) -> Tensor:
        """Return images shifted by so many pixels each."""
        rows, columns = _grid(x)
        return self.read(x, rows - down.view(-1, 1, 1), columns - right.view(-1, 1, 1))


def _grid(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return row and column of each pixel."""
    rows = torch.arange(x.shape[1], dtype=x.dtype, device=x.device)
    columns = torch.arange(x.shape[2], dtype=x.dtype, device=x.device)
    return rows.view(1, -1, 1), columns.view(1, 1, -1)
