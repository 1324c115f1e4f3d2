"""Contrasts by their surroundings. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.augmentation import Bounds
from flowengine.nn.cells.base import Cell

LEVELS = 256
"""Values that are told apart."""


class LocalEqualizationCell(Cell):
    """Spread the values of each tile of an image, and blend from tile to tile.

    Args:
        value_range: Smallest and largest value of a pixel.
        clip_limit: How many times as frequent as the average a value may be; 0 for no limit.
        tiles: Number of tiles, down and to the right.
    """

    kernel_kind = "cell"

    def __init__(self, value_range: Bounds, *, clip_limit: float, tiles: tuple[int, int]) -> None:
        super().__init__()
        self.low, self.high = value_range
        self.clip_limit = clip_limit
        self.tiles = tiles

    def forward(self, x: Tensor) -> Tensor:
        if (self.low, self.high) == (0, 255):
            return self._equalized(x)
        span = self.high - self.low
        return self._equalized((x - self.low) / span * 255) / 255 * span + self.low

    def _equalized(self, x: Tensor) -> Tensor:
        levels = x.long().clamp(0, LEVELS - 1)
        (tall, up, down, lower), (wide, left, right, farther) = (
            _surroundings(x.shape[axis], count, x)
            for axis, count in zip((1, 2), self.tiles, strict=True)
        )
        curves = self._curves(_mirrored(levels, (tall, wide), self.tiles), tall * wide)
        rows = torch.arange(x.shape[0], device=x.device).view(-1, 1, 1, 1)
        channels = torch.arange(x.shape[3], device=x.device)

        def read(vertical: Tensor, horizontal: Tensor) -> Tensor:
            return curves[
                rows, vertical.view(1, -1, 1, 1), horizontal.view(1, 1, -1, 1), channels, levels
            ]

        share = farther.view(1, 1, -1, 1)
        above = read(up, left) * (1 - share) + read(up, right) * share
        below = read(down, left) * (1 - share) + read(down, right) * share
        share = lower.view(1, -1, 1, 1)
        return above * (1 - share) + below * share

    def _curves(self, tiles: Tensor, pixels: int) -> Tensor:
        """Return what each value becomes: batch × tiles down × to the right × channels × values."""
        counts = torch.zeros((*tiles.shape[:-1], LEVELS), device=tiles.device)
        counts.scatter_add_(-1, tiles, torch.ones_like(tiles, dtype=counts.dtype))
        if self.clip_limit > 0:
            cut = counts.clamp(max=self.clip_limit * pixels / LEVELS)
            counts = cut + (counts - cut).sum(-1, keepdim=True) / LEVELS
        below = counts.cumsum(-1)
        least = below[..., :1]
        rest = pixels - least
        return ((below - least) * 255 / rest.where(rest != 0, 1.0)).clamp(0, 255)


def _surroundings(size: int, count: int, x: Tensor) -> tuple[int, Tensor, Tensor, Tensor]:
    """Return a tile's size, and for each place the tiles before and after it and how near it is."""
    length = -(-size // count)
    places = (torch.arange(size, dtype=x.dtype, device=x.device) - length / 2) / length
    before = places.floor()
    first = before.long()
    return length, first.clamp(0, count - 1), (first + 1).clamp(0, count - 1), places - before


def _mirrored(levels: Tensor, sizes: tuple[int, int], tiles: tuple[int, int]) -> Tensor:
    """Return the values tile by tile; the image is mirrored where the tiles reach beyond it."""
    for axis, length, count in zip((1, 2), sizes, tiles, strict=True):
        size = levels.shape[axis]
        places = torch.arange(length * count, device=levels.device) % (2 * size)
        levels = levels.index_select(axis, torch.minimum(places, 2 * size - 1 - places))
    (tall, wide), (down, right) = sizes, tiles
    parts = levels.reshape(-1, down, tall, right, wide, levels.shape[3])
    return parts.permute(0, 1, 3, 5, 2, 4).flatten(-2)
