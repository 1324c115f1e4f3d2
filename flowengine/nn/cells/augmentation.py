"""Images changed at random while training. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.dropout import NoiseCell
from flowengine.nn.cells.resizing import ResizingCell

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


class RandomFactorCell(RandomImageCell):
    """Base of cells that change each image by a factor of its own.

    Attributes:
        low, high: Smallest and largest value of a pixel.
    """

    def __init__(self, bounds: Bounds, *, value_range: Bounds, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.bounds = bounds
        self.low, self.high = sorted(value_range)

    def disturb(self, x: Tensor) -> Tensor:
        return self.changed(x, self.between(x, self.bounds))

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        """Return images changed by a factor each."""
        raise NotImplementedError(f"{type(self).__name__} needs a method changed")

    def within(self, x: Tensor) -> Tensor:
        """Return images without what leaves the range of values."""
        return x.clamp(self.low, self.high)


class RandomChoiceCell(RandomFactorCell):
    """Base of cells that change some of the images; the factor is how probable that is."""

    def changed(self, x: Tensor, factor: Tensor) -> Tensor:
        chosen = self.uniform(x, (None, 1, 1, 1)) < factor
        return torch.where(chosen, self.other(x), x)

    def other(self, x: Tensor) -> Tensor:
        """Return what images become that are chosen."""
        raise NotImplementedError(f"{type(self).__name__} needs a method other")


class RandomCropCell(RandomImageCell):
    """Cut a window out of images, at the same random place of all images of a batch.

    Of images that are not larger, and when a network is applied, the largest window of the right
    proportions is resized.
    """

    rows_apart = False

    def __init__(self, height: int, width: int, *, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.size = (height, width)
        self.resized = ResizingCell(height, width, crops=True)

    def forward(self, x: Tensor) -> Tensor:
        spare = [have - want for have, want in zip(x.shape[1:3], self.size, strict=True)]
        if not self.training or min(spare) <= 0:
            result: Tensor = self.resized(x)
            return result
        drawn = self.uniform(x, (1, 1, 1, 2)).flatten().tolist()
        return self.cut(
            x, *(int(part * (more + 1)) for part, more in zip(drawn, spare, strict=True))
        )

    def cut(self, x: Tensor, top: int, left: int) -> Tensor:
        """Return the window at a place."""
        height, width = self.size
        return x[:, top : top + height, left : left + width]


class RandomErasingCell(RandomChoiceCell):
    """Replace a rectangle of some of the images."""

    def __init__(
        self,
        bounds: Bounds,
        *,
        scale: Bounds,
        fill_value: float | tuple[float, ...] | None,
        value_range: Bounds,
        seed: int | None,
    ) -> None:
        super().__init__(bounds, value_range=value_range, seed=seed)
        self.scale = scale
        self.fill_value = fill_value

    def other(self, x: Tensor) -> Tensor:
        low, high = self.scale
        sizes = (low + (high - low) * self.uniform(x, (None, 1, 1, 2))).sqrt()
        return self.erased(x, sizes, self.uniform(x, (None, 1, 1, 2)))

    def erased(self, x: Tensor, sizes: Tensor, places: Tensor) -> Tensor:
        """Return images without a rectangle.

        Args:
            x: Images.
            sizes: Width and height of the rectangle, as parts of the image's.
            places: How far it is to the right and down, as parts of the way there is.
        """
        inside = torch.ones((), dtype=torch.bool, device=x.device)
        for number, axis in enumerate((2, 1)):
            grid = torch.arange(x.shape[axis], dtype=x.dtype, device=x.device)
            size = sizes[..., number, None] * x.shape[axis]
            start = places[..., number, None] * (x.shape[axis] - size)
            grid = grid.view(1, 1, -1, 1) if axis == 2 else grid.view(1, -1, 1, 1)
            inside = inside & (grid >= start) & (grid < start + size)
        return torch.where(inside, self.within(self._filling(x)), x)

    def _filling(self, x: Tensor) -> Tensor:
        if self.fill_value is None:
            return self.normal(x) * self.high
        return torch.tensor(self.fill_value, dtype=x.dtype, device=x.device)
