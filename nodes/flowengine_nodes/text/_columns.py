"""Columns that the nodes of this pack read and write."""

from __future__ import annotations

import numpy as np
import polars as pl

from flowengine import ConfigureError
from flowengine.errors import listing, suggest


def column_type(table: pl.Schema, column: str) -> pl.DataType:
    """Return the type of the column that the setting ``column`` names.

    Raises:
        ConfigureError: The table has no such column.
    """
    if column not in table:
        raise ConfigureError(
            f'the table has no column "{column}".{suggest(column, table)} '
            f"Its columns are {listing(table)}",
            setting="column",
        )
    return table[column]


def replaced(table: pl.Schema, column: str, name: str | None, dtype: pl.DataType) -> pl.Schema:
    """Return the schema with the column replaced, or with a new one beside it.

    Raises:
        ConfigureError: The new column's name is taken.
    """
    if name is not None and name != column and name in table:
        raise ConfigureError(
            f'the table has a column "{name}" already; choose another name', setting="name"
        )
    return pl.Schema({**table, name or column: dtype})


def check_holds(column: str, dtype: pl.DataType, value: float, *, setting: str) -> None:
    """Check that a column of that type can hold a number.

    Raises:
        ConfigureError: It holds whole numbers, and this is none or too large.
    """
    if not dtype.is_integer():
        return
    held = np.iinfo(pl.Series(dtype=dtype).to_numpy().dtype)
    if not (value.is_integer() and held.min <= value <= held.max):
        raise ConfigureError(
            f'the {setting} {value:g} does not fit into column "{column}", which holds whole '
            f"numbers from {held.min} to {held.max}",
            setting=setting,
        )
