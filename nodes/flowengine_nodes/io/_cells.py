"""How values become the cells of a CSV file."""

from __future__ import annotations

import math

import polars as pl
import polars.selectors as cs

from flowengine import ConfigureError

LONGEST_LIST = 1_000
"""Values of a list or tensor that are still written into one cell, as JSON."""


def csv_columns(table: pl.Schema) -> list[pl.Expr]:
    """Return one expression a column, which turns lists, tensors and records into JSON text.

    Raises:
        ConfigureError: A column cannot stand in a CSV file, or there is none.
    """
    if not table:
        raise ConfigureError("the table has no column; connect one that has")
    return [_column(name, dtype) for name, dtype in table.items()]


def _column(name: str, dtype: pl.DataType) -> pl.Expr:
    if _holds_bytes(dtype):
        raise ConfigureError(
            f'column "{name}" holds {dtype}, which cannot be written to a CSV file; leave it out '
            f"with a Column Filter"
        )
    if isinstance(dtype, pl.Array) and (size := math.prod(dtype.shape)) > LONGEST_LIST:
        shape = "×".join(map(str, dtype.shape))
        raise ConfigureError(
            f'column "{name}" holds {size:,} values a row ({shape}), too many for a cell of a CSV '
            f"file (limit {LONGEST_LIST:,}); leave it out with a Column Filter"
        )
    # Not pl.col, which takes names such as "*" and "^a.*$" for several columns.
    column = cs.by_name(name).as_expr()
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    if isinstance(dtype, pl.Struct):
        return pl.when(column.is_not_null()).then(column.struct.json_encode()).alias(name)
    if not dtype.is_nested():
        return column
    # Polars encodes records only: wrap the value in one and cut the wrapping off again.
    wrapped = pl.struct(column.alias("v")).struct.json_encode()
    text = wrapped.str.slice(len('{"v":')).str.head(-1)
    return pl.when(column.is_not_null()).then(text).alias(name)


def _holds_bytes(dtype: object) -> bool:
    if isinstance(dtype, pl.List | pl.Array):
        return _holds_bytes(dtype.inner)
    if isinstance(dtype, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in dtype.fields)
    return dtype in (pl.Binary, pl.Object)
