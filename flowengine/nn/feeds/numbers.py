"""Numbers of a table that numpy does not have, as such that it has."""

from __future__ import annotations

import polars as pl

from flowengine.errors import DataError
from flowengine.nn.feeds.columns import innermost


def plain(series: pl.Series) -> pl.Series:
    """Return a column in a type that numpy has: decimals as floats, 128-bit integers in 64 bits.

    Args:
        series: A column of numbers, or of lists or arrays of them.

    Raises:
        DataError: A whole number needs more than 64 bits.
    """
    item = innermost(series.dtype)
    wanted = plain_type(item)
    if item == wanted:
        return series
    try:
        return series.cast(_of_items(series.dtype, wanted))
    except pl.exceptions.InvalidOperationError:
        raise DataError(
            f'column "{series.name}" holds whole numbers that need more than 64 bits; make text of '
            f"them if they name things, or floating-point numbers if they are amounts"
        ) from None


def plain_type(item: pl.DataType) -> pl.DataType:
    """Return the type in which ``plain`` gives single values of a type."""
    if item.is_decimal():
        return pl.Float64()
    return pl.Int64() if item in (pl.Int128, pl.UInt128) else item


def _of_items(dtype: pl.DataType, item: pl.DataType) -> pl.DataType:
    if isinstance(dtype, pl.Array):
        return pl.Array(item, dtype.shape)
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.DataType):
        return pl.List(_of_items(dtype.inner, item))
    return item
