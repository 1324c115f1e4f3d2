"""The names of column types in settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

from flowengine import ConfigureError
from flowengine.errors import listing, suggest

TypeName = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "time",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
]

_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "time": pl.Time(),
    "int8": pl.Int8(),
    "int16": pl.Int16(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "uint8": pl.UInt8(),
    "uint16": pl.UInt16(),
    "uint32": pl.UInt32(),
    "uint64": pl.UInt64(),
    "float32": pl.Float32(),
    "float64": pl.Float64(),
}


def type_name(dtype: pl.DataType) -> str:
    """Return what the setting "types" calls a type."""
    return next((name for name, known in _TYPES.items() if known == dtype), str(dtype).lower())


def with_types(schema: pl.Schema, types: Mapping[str, TypeName]) -> pl.Schema:
    """Return the schema with the types that were set.

    Raises:
        ConfigureError: A column is not there.
    """
    for name in types:
        if name not in schema:
            raise ConfigureError(
                f'the file has no column "{name}".{suggest(name, schema)} '
                f"Its columns are {listing(schema)}",
                setting="types",
            )
    return pl.Schema({**schema, **{name: _TYPES[kind] for name, kind in types.items()}})


def plain_types(schema: pl.Schema) -> pl.Schema:
    """Return the schema without types that stand for "nothing seen" or that few nodes can use."""
    return pl.Schema(
        {
            name: pl.String() if dtype in (pl.Null, pl.Int128, pl.UInt128) else dtype
            for name, dtype in schema.items()
        }
    )
