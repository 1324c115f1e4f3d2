"""Images whose pixels are read from other places, at random while training. Imports torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from flowengine.nn.cells.augmentation import Bounds, RandomImageCell


@dataclass(frozen=True)
class Reading:
    """How pixels are read.

    Attributes:
        fill_mode: What stands where no pixel comes from.
        fill_value: Value beyond the edges with the fill mode ``constant``.
        interpolation: How a place between pixels is read.
    """

    fill_mode: str
    fill_value: float
    interpolation: str


class MovingCell(RandomImageCell):
    """Base of cells that read each pixel from another place of its image."""

    def __init__(self, reading: Reading, *, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.reading = reading

    def read(self, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """Return images of pixels that are read at ``rows`` and ``columns`` of ``x``.

        Args:
            x: Images.
            rows: For each image and pixel the row, a floating-point number, to read.
            columns: The column, likewise.
        """
        rows, columns = rows.expand(x.shape[:3]), columns.expand(x.shape[:3])
        if self.reading.interpolation == "nearest":
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
        if self.reading.fill_mode != "constant":
            return pixels
        is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        return pixels.where(is_inside.unsqueeze(-1), self.reading.fill_value)

    def _inside(self, places: Tensor, size: int) -> Tensor:
        index = places.long()
        if self.reading.fill_mode == "wrap":
            return index % size
        if self.reading.fill_mode == "reflect":
            # The image and its mirror image alternate.
            index = index % (2 * size)
            return torch.minimum(index, 2 * size - 1 - index)
        if self.reading.fill_mode == "mirror" and size > 1:
            # Likewise, but what stands at an edge is not repeated.
            index = index % (2 * size - 2)
            return torch.minimum(index, 2 * size - 2 - index)
        return index.clamp(0, size - 1)


class RandomRotationCell(MovingCell):
    """Rotate each image around its middle."""

    def __init__(
        self,
        bounds: Bounds,
        reading: Reading,
        *,
        seed: int | None,
    ) -> None:
        super().__init__(reading, seed=seed)
        self.bounds = bounds

    def disturb(self, x: Tensor) -> Tensor:
        return self.rotated(x, self.between(x, self.bounds).flatten() * 2 * math.pi)

    def rotated(self, x: Tensor, angle: Tensor) -> Tensor:
        """Return images rotated counter-clockwise, each by its angle."""
        rows, columns = grid(x)
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
        reading: Reading,
        *,
        seed: int | None,
    ) -> None:
        super().__init__(reading, seed=seed)
        self.height = height
        self.width = width

    def disturb(self, x: Tensor) -> Tensor:
        height = 1 + self.between(x, self.height).flatten()
        width = height if self.width is None else 1 + self.between(x, self.width).flatten()
        return self.zoomed(x, height, width)

    def zoomed(self, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
        """Return images that show ``height`` and ``width`` times as much as before."""
        rows, columns = grid(x)
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
        reading: Reading,
        *,
        seed: int | None,
    ) -> None:
        super().__init__(reading, seed=seed)
        self.height = height
        self.width = width

    def disturb(self, x: Tensor) -> Tensor:
        down = self.between(x, self.height).flatten() * x.shape[1]
        right = self.between(x, self.width).flatten() * x.shape[2]
        return self.shifted(x, down, right)

    def shifted(self, x: Tensor, down: Tensor, right: Tensor) -> Tensor:
        """Return images shifted by so many pixels each."""
        rows, columns = grid(x)
        return self.read(x, rows - down.view(-1, 1, 1), columns - right.view(-1, 1, 1))


class RandomShearCell(MovingCell):
    """Slant each image."""

    def __init__(self, x: Bounds, y: Bounds, reading: Reading, *, seed: int | None) -> None:
        super().__init__(reading, seed=seed)
        self.x_bounds = x
        self.y_bounds = y

    def disturb(self, x: Tensor) -> Tensor:
        # As in Keras, both change their sign together.
        sign = torch.where(self.uniform(x, (None, 1, 1, 1)) > 0.5, -1.0, 1.0)
        right = (sign * self.between(x, self.x_bounds)).flatten()
        return self.sheared(x, right, (sign * self.between(x, self.y_bounds)).flatten())

    def sheared(self, x: Tensor, right: Tensor, down: Tensor) -> Tensor:
        """Return images whose rows move by parts of their number, and their columns likewise."""
        rows, columns = grid(x)
        down, right = down.view(-1, 1, 1), right.view(-1, 1, 1)
        return self.read(x, rows + down * columns, columns + right * rows)


def grid(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return row and column of each pixel."""
    rows = torch.arange(x.shape[1], dtype=x.dtype, device=x.device)
    columns = torch.arange(x.shape[2], dtype=x.dtype, device=x.device)
    return rows.view(1, -1, 1), columns.view(1, 1, -1)
