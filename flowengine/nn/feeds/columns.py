"""What the columns of a table can feed: their kind, and the shape of one row. Pure, no data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from flowengine.errors import ConfigureError, listing, suggest
from flowengine.tensor import Shape

ColumnSort = Literal["integer", "float", "boolean", "category", "array", "list", "other"]
Conversion = Literal["number", "index", "one_hot", "list", "image"]
"""How columns become a tensor, see ``flowengine.Feed``."""


@dataclass(frozen=True)
class FedColumn:
    """A column as a possible feed.

    Args:
        name: Its name.
        dtype: Its polars data type.
        sort: What it holds.
        shape: Shape of one row: empty for a single value, ``None`` where rows differ.
    """

    name: str
    dtype: pl.DataType
    sort: ColumnSort
    shape: Shape

    @property
    def is_number(self) -> bool:
        """Whether it holds one number in each row."""
        return self.sort in ("integer", "float", "boolean")

    @property
    def is_class(self) -> bool:
        """Whether its values can name classes."""
        return self.sort in ("category", "integer", "boolean")

    def __str__(self) -> str:
        kind = "lists" if self.shape == (None,) else describe_shape(self.shape) or self.dtype
        return f'column "{self.name}" ({kind})'


def fed_column(schema: pl.Schema, name: str) -> FedColumn:
    """Return a column of a table as a feed."""
    dtype = schema[name]
    shape: Shape = ()
    sort: ColumnSort = "other"
    item = innermost(dtype)
    is_computable = item.is_numeric() or item in (pl.Boolean, pl.Null)
    if isinstance(dtype, pl.Array) and is_computable:
        sort, shape = "array", tuple(dtype.shape)
    elif isinstance(dtype, pl.List) and is_computable:
        sort, shape = "list", (None,)
    elif dtype.is_integer():
        sort = "integer"
    elif dtype.is_float() or dtype.is_decimal():
        sort = "float"
    elif dtype == pl.Boolean:
        sort = "boolean"
    elif isinstance(dtype, (pl.Enum, pl.Categorical, pl.String)):
        sort = "category"
    return FedColumn(name, dtype, sort, shape)


def innermost(dtype: pl.DataType) -> pl.DataType:
    """Return the type of the single values of a column, those of its arrays or lists if it has."""
    while isinstance(dtype, (pl.Array, pl.List)):
        inner = dtype.inner
        dtype = inner() if isinstance(inner, type) else inner
    return dtype


def find_columns(
    schema: pl.Schema, names: Iterable[str], *, setting: str, table: str
) -> tuple[FedColumn, ...]:
    """Return the columns a setting names.

    Raises:
        ConfigureError: One is not in the table.
    """
    for name in names:
        if name not in schema:
            raise ConfigureError(
                f'there is no column "{name}" in {table}.{suggest(name, schema)} '
                f"It has {listing(schema)}",
                setting=setting,
            )
    return tuple(fed_column(schema, name) for name in names)


def describe_shape(shape: Shape) -> str:
    """Return a shape as people write it, ``28×28×1``."""
    return "×".join("?" if size is None else str(size) for size in shape)


def fits(given: Shape, wanted: Shape) -> bool:
    """Return whether rows of one shape can be read as another.

    Axes of one value come and go, and a flat row may be folded; but an image is never read in
    another width.
    """
    given, wanted = _essential(given), _essential(wanted)
    if len(given) == len(wanted):
        return all(a is None or b is None or a == b for a, b in zip(given, wanted, strict=True))
    if len(given) > 1 and len(wanted) > 1:
        return False
    if None in given or None in wanted:
        return True
    return math.prod(filter(None, given)) == math.prod(filter(None, wanted))


def _essential(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
