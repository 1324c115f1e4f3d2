"""Contrast limited adaptive histogram equalization, pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def equalized(
    x: Array, value_range: tuple[float, float], clip_limit: float, tiles: tuple[int, int]
) -> Array:
    """Return images of batch × height × width × channels."""
    low, high = value_range
    scaled = (x.astype("float32") - np.float32(low)) / np.float32(high - low) * np.float32(255)
    made = np.empty(x.shape)
    for row in range(x.shape[0]):
        for channel in range(x.shape[3]):
            made[row, :, :, channel] = _plane(scaled[row, :, :, channel], clip_limit, tiles)
    return made / 255 * (high - low) + low


def _plane(plane: Array, clip_limit: float, tiles: tuple[int, int]) -> Array:
    levels = np.clip(plane, 0, 255).astype(int)
    tall, wide = (-(-size // count) for size, count in zip(plane.shape, tiles, strict=True))
    spare = [
        (0, one * count - size)
        for one, count, size in zip((tall, wide), tiles, plane.shape, strict=True)
    ]
    padded = np.pad(levels, spare, mode="symmetric")
    curves = [
        [
            _curve(padded[down * tall :][:tall, right * wide :][:, :wide], clip_limit)
            for right in range(tiles[1])
        ]
        for down in range(tiles[0])
    ]
    made = np.empty(plane.shape)
    for (y, x), level in np.ndenumerate(levels):
        up, lower = divmod(y / tall - 0.5, 1)
        left, farther = divmod(x / wide - 0.5, 1)
        made[y, x] = sum(
            share * curves[_inside(down, tiles[0])][_inside(right, tiles[1])][level]
            for down, right, share in (
                (up, left, (1 - lower) * (1 - farther)),
                (up, left + 1, (1 - lower) * farther),
                (up + 1, left, lower * (1 - farther)),
                (up + 1, left + 1, lower * farther),
            )
        )
    return made


def _curve(tile: Array, clip_limit: float) -> Array:
    counts = np.bincount(tile.ravel(), minlength=256).astype(float)
    if clip_limit > 0:
        cut = np.minimum(counts, clip_limit * tile.size / 256)
        counts = cut + (counts - cut).sum() / 256
    below = counts.cumsum()
    rest = tile.size - below[0]
    return np.clip((below - below[0]) * 255 / (rest or 1), 0, 255)


def _inside(place: float, count: int) -> int:
    return min(max(int(place), 0), count - 1)
