"""Single values of a table as JSON that a browser can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flowengine.pictures import data_uri, png
from flowengine.server.values.columns import kind_of

if TYPE_CHECKING:
    import polars as pl

THUMBNAIL = 96
"""Pixels of the longer side of a picture in a cell."""
ITEMS = 20
"""Values of a list that a cell shows."""
LETTERS = 1_000
"""Characters of a text that a cell shows."""
SAFE_INTEGER = 2**53
"""JavaScript has no whole numbers beyond; they go as text."""


def column_cells(column: pl.Series) -> list[Any]:
    """Return the values of a part of a column, pictures as thumbnails, long things shortened."""
    kind = kind_of(column.dtype)
    if kind == "image":
        return image_cells(column)
    if kind == "list":
        return list_cells(column)
    try:
        return [cell(value) for value in _plain(column)]
    except (ValueError, OverflowError):  # a day that Python has no date for, after the year 9999
        return words(column).to_list()


def cell(value: Any) -> Any:
    """Return one value as JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else number_word(value)
    if isinstance(value, str):
        return value if len(value) <= LETTERS else value[:LETTERS] + "…"
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, dict):
        return {name: cell(item) for name, item in value.items()}
    if isinstance(value, Sequence):
        return {"items": [cell(item) for item in value[:ITEMS]], "length": len(value)}
    return str(value)


def words(column: pl.Series) -> pl.Series:
    """Return the values of a column without lists and pictures as text."""
    import polars as pl

    is_length = isinstance(column.dtype, pl.Duration)
    return column.dt.to_string("polars") if is_length else column.cast(pl.String)


def list_cells(column: pl.Series) -> list[Any]:
    """Return lists as their first items and their length; what is not shown is not read."""
    import polars as pl

    lists = column.arr.to_list() if isinstance(column.dtype, pl.Array) else column
    return [
        None if items is None else {"items": [cell(item) for item in items], "length": length}
        for items, length in zip(lists.list.head(ITEMS), lists.list.len(), strict=True)
    ]


def _plain(column: pl.Series) -> list[Any]:
    import polars as pl

    # of lengths of time Python holds fewer than a column does, and says them worse
    return (words(column) if isinstance(column.dtype, pl.Duration) else column).to_list()


def number_word(value: float) -> str:
    """Return what JSON has no number for."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def image_cells(column: pl.Series) -> list[Any]:
    """Return pictures as thumbnails with their true size."""
    there = iter(column.drop_nulls().to_numpy())
    cells: list[Any] = []
    for is_missing in column.is_null():
        if is_missing:
            cells.append(None)
            continue
        array = next(there)
        cells.append(
            {
                "image": data_uri(png(array, largest=THUMBNAIL)),
                "width": array.shape[1],
                "height": array.shape[0],
                "channels": array.shape[2] if array.ndim == 3 else 1,
            }
        )
    return cells
