"""Columns as people see them: what kind of values a column has, and its type in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine.pictures import is_picture
from flowengine.server.wire.base import ColumnKind
from flowengine.server.wire.report import ColumnInfo

if TYPE_CHECKING:
    import polars as pl
    from polars.datatypes import DataTypeClass

CATEGORIES = 3
"""A category column of so many categories or fewer names them in its type."""


def column_infos(schema: pl.Schema) -> tuple[ColumnInfo, ...]:
    """Return the columns of a table."""
    return tuple(
        ColumnInfo(name=name, type=type_words(dtype), kind=kind_of(dtype))
        for name, dtype in schema.items()
    )


def column_told(name: str, text: str) -> ColumnInfo:
    """Return a column of which only polars' word for its type is kept, such as ``Int64``."""
    import polars as pl

    base = text.partition("(")[0]
    if base in ("List", "Array"):
        return ColumnInfo(name=name, type="list", kind="list")
    if base in ("Enum", "Categorical"):
        return ColumnInfo(name=name, type="category", kind="category")
    cls = getattr(pl, base, None)
    if not (isinstance(cls, type) and issubclass(cls, pl.DataType)) or base == "Struct":
        return ColumnInfo(name=name, type=base.lower(), kind="other")
    return ColumnInfo(name=name, type=type_words(cls()), kind=kind_of(cls()))


def kind_of(dtype: pl.DataType) -> ColumnKind:
    """Return how the values of a column are shown."""
    import polars as pl

    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, pl.Enum | pl.Categorical):
        return "category"
    if isinstance(dtype, pl.String):
        return "text"
    if isinstance(dtype, pl.Boolean):
        return "boolean"
    if isinstance(dtype, pl.Array):
        return "image" if _is_image(dtype) else "list"
    return "list" if isinstance(dtype, pl.List) else "other"


def type_words(dtype: pl.DataType) -> str:
    """Return a column's type in a few words: ``image 28×28×1``, ``category 0 … 9``."""
    import polars as pl

    if isinstance(dtype, pl.Array):
        sizes = "×".join(map(str, dtype.shape))
        return f"{'image' if _is_image(dtype) else type_words(innermost(dtype))} {sizes}"
    if isinstance(dtype, pl.List):
        return f"list of {type_words(_type(dtype.inner))}"
    if isinstance(dtype, pl.Enum):
        names = dtype.categories.to_list()
        shown = f"{names[0]} … {names[-1]}" if len(names) > CATEGORIES else ", ".join(names)
        return f"category {shown}".rstrip()
    if isinstance(dtype, pl.Struct):
        return "record"
    return _WORDS.get(type(dtype).__name__, type(dtype).__name__.lower())


def innermost(dtype: pl.DataType) -> pl.DataType:
    """Return the type of the single values in an array type."""
    import polars as pl

    while isinstance(dtype, pl.Array):
        dtype = _type(dtype.inner)
    return dtype


def _is_image(dtype: pl.Array) -> bool:
    import polars as pl

    # Bytes may be pictures without channels; other numbers are so only as height, width, channels.
    inner, shape = innermost(dtype), dtype.shape
    is_bytes = isinstance(inner, pl.UInt8)
    return is_picture(shape) and (is_bytes or (inner.is_numeric() and len(shape) == 3))


def _type(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    """Return a type, which polars may hold as a class."""
    return dtype() if isinstance(dtype, type) else dtype


_WORDS = {"String": "text", "Boolean": "true/false", "Categorical": "category", "Null": "nothing"}
