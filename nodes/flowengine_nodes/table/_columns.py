"""Looking columns up in a schema, with sentences for those that are not there."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from flowengine import ConfigureError
from flowengine.errors import listing, suggest


def column_type(table: pl.Schema, column: str, *, setting: str) -> pl.DataType:
    """Return the type of a column.

    Raises:
        ConfigureError: The table has no such column.
    """
    if column not in table:
        raise ConfigureError(
            f'the table has no column "{column}".{suggest(column, table)} '
            f"Its columns are {listing(table)}",
            setting=setting,
        )
    return table[column]


def require_columns(table: pl.Schema, columns: Sequence[str], *, setting: str) -> None:
    """Check that the table has all ``columns``.

    Raises:
        ConfigureError: Names the first that is not there.
    """
    for column in columns:
        column_type(table, column, setting=setting)
