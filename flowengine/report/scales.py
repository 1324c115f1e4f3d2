"""Numbers as colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

Colour = tuple[int, int, int]
Scale = tuple[Colour, ...]
Grid = Sequence[Sequence[float | None]]
"""Numbers row by row; ``None`` is no field."""

ACCENT: Scale = ((247, 251, 255), (8, 48, 107))
"""From nothing to the page's own colour; in a picture, which has no theme, from white to blue."""
RED_BLUE: Scale = ((178, 24, 43), (247, 247, 247), (33, 102, 172))
GREYS: Scale = ((0, 0, 0), (127, 127, 127), (255, 255, 255))

PAPER: Colour = (255, 255, 255)


def shares(grid: Grid) -> list[list[float | None]]:
    """Return where each number is between the lowest (0) and the highest (1)."""
    low, high = _range(grid, None)
    span = (high - low) or 1.0
    return [
        [
            None if value is None or not math.isfinite(value) else (value - low) / span
            for value in row
        ]
        for row in grid
    ]


def sides(grid: Grid, middle: float) -> list[list[float | None]]:
    """Return how far each number is from the middle, from -1 to 1."""
    low, high = _range(grid, middle)
    reach = (high - low) / 2 or 1.0
    return [
        [
            None if value is None or not math.isfinite(value) else (value - middle) / reach
            for value in row
        ]
        for row in grid
    ]


def coloured(grid: Grid, scale: Scale, middle: float | None) -> list[list[Colour | None]]:
    """Return the colour of each number.

    Args:
        grid: The numbers.
        scale: Colours from the lowest number to the highest.
        middle: Number that has the middle colour; by default halfway.
    """
    low, high = _range(grid, middle)
    return [[_colour(value, low, high, scale) for value in row] for row in grid]


def _range(grid: Grid, middle: float | None) -> tuple[float, float]:
    values = [value for row in grid for value in row if value is not None and math.isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if middle is None:
        return low, high
    reach = max(abs(low - middle), abs(high - middle)) or 1.0
    return middle - reach, middle + reach


def _colour(value: float | None, low: float, high: float, scale: Scale) -> Colour | None:
    if value is None or not math.isfinite(value):
        return None
    share = (value - low) / ((high - low) or 1.0) * (len(scale) - 1)
    place = min(int(share), len(scale) - 2)
    part = share - place
    red, green, blue = (
        round(one + (other - one) * part)
        for one, other in zip(scale[place], scale[place + 1], strict=True)
    )
    return red, green, blue
