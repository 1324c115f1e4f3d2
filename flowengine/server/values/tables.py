"""Tables page by page, in the order and with the rows that a person asks for."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from flowengine.errors import listing, suggest
from flowengine.server.values.cells import column_cells, words
from flowengine.server.values.columns import kind_of
from flowengine.server.values.lookup import Found, NoSuchPlace, NotThere
from flowengine.server.values.statistics import column_statistics
from flowengine.server.wire.value import ColumnStatistics, Rows

if TYPE_CHECKING:
    import polars as pl

LARGEST_PAGE = 1_000
"""Rows in one answer, at most."""
HELD = 32
"""Orders of rows, and statistics of columns, that are held."""

LARGEST = 2**127 - 1
"""The largest whole number that a column can hold."""

SORTED = ("number", "integer", "text", "category", "boolean")


class Tables:
    """Answers questions on tables and remembers what took time to find out. Threads may share it.

    A value that was computed anew has another identity, so that nothing outlives what it tells of.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def rows(
        self,
        found: Found,
        *,
        offset: int = 0,
        limit: int = 200,
        sort: str = "",
        descending: bool = False,
        chosen: Mapping[str, Any] | None = None,
        search: str = "",
    ) -> Rows:
        """Return a page of a table.

        Args:
            found: The table.
            offset: First row, counted in the order asked for.
            limit: Number of rows.
            sort: Column to sort by; equal rows keep their order, missing values come last.
            descending: Largest first.
            chosen: Only rows with these values, by column; ``None`` is a missing value.
            search: Only rows with this text in one of their cells, in capitals or not.

        Raises:
            NoSuchPlace: There is no such column, or it has no order.
        """
        table = as_table(found)
        limit, offset = max(0, min(limit, LARGEST_PAGE)), max(0, offset)
        search = search.strip().lower()
        if not sort and not chosen and not search:
            page = table.slice(offset, limit)
            indices = range(offset, offset + page.height)
            return _page(page, offset, table.height, tuple(indices))
        words = json.dumps(chosen or {}, sort_keys=True)
        order: pl.Series = self._remembered(
            ("rows", found.identity, sort, descending, words, search),
            lambda: row_order(
                table, sort, descending=descending, chosen=chosen or {}, search=search
            ),
        )
        wanted = order.slice(offset, limit)
        return _page(table[wanted], offset, order.len(), tuple(wanted.to_list()))

    def column(self, found: Found, name: str) -> ColumnStatistics:
        """Return a column in numbers.

        Raises:
            NoSuchPlace: There is no such column.
        """
        column = column_of(as_table(found), name)
        answer: ColumnStatistics = self._remembered(
            ("column", found.identity, name), lambda: column_statistics(column)
        )
        return answer

    def _remembered(self, what: tuple[Any, ...], make: Any) -> Any:
        with self._lock:
            if what in self._held:
                self._held.move_to_end(what)
                return self._held[what]
        made = make()
        with self._lock:
            self._held[what] = made
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return made


def as_table(found: Found) -> pl.DataFrame:
    """Return a value that is a table.

    Raises:
        NotThere: It is another kind of value.
    """
    if found.place.type.id != "table":
        raise NotThere(f'"{found.place.source}" is a {found.place.type.id} and has no rows')
    table: pl.DataFrame = found.value
    return table


def column_of(table: pl.DataFrame, name: str) -> pl.Series:
    """Return a column.

    Raises:
        NoSuchPlace: There is none of that name.
    """
    if name not in table.columns:
        raise NoSuchPlace(
            f'the table has no column "{name}".{suggest(name, table.columns)} '
            f"Its columns are {listing(table.columns)}"
        )
    return table[name]


def row_order(
    table: pl.DataFrame,
    sort: str,
    *,
    descending: bool,
    chosen: Mapping[str, Any],
    search: str = "",
) -> pl.Series:
    """Return the numbers of the rows asked for, in the order asked for."""
    import polars as pl

    part = pl.DataFrame({"_row": pl.int_range(table.height, dtype=pl.UInt32, eager=True)})
    if sort:
        part = part.with_columns(column_of(table, sort).alias("_sort"))
    wanted = [_equals(column_of(table, name), value) for name, value in chosen.items()]
    if search:
        wanted.append(_contains(table, search))
    if wanted:
        part = part.filter(reduce(and_, wanted))
    if sort:
        kind = kind_of(table.schema[sort])
        if kind not in SORTED and not table.schema[sort].is_temporal():
            raise NoSuchPlace(f'column "{sort}" holds {table.schema[sort]}, which have no order')
        by = pl.col("_sort")
        # "Not a number" is a missing value to whoever sorts.
        by = by.fill_nan(None) if table.schema[sort].is_float() else by
        part = part.sort(by, descending=descending, nulls_last=True, maintain_order=True)
    return part["_row"]


def _contains(table: pl.DataFrame, text: str) -> pl.Series:
    """Return for each row whether one of its cells, as people read them, has a text in it."""
    import polars as pl

    found = pl.repeat(value=False, n=table.height, dtype=pl.Boolean, eager=True)
    for column in table:
        if kind_of(column.dtype) in SORTED or column.dtype.is_temporal():
            # Under another name: one such as "^a.*$" is a pattern to polars.
            cells = words(column.alias("cell")).str.to_lowercase()
            found |= cells.str.contains(text, literal=True).fill_null(value=False)
    return found


def _equals(column: pl.Series, value: Any) -> pl.Series:
    """Compare as people do: the number 7 is the category "7"."""
    import polars as pl

    dtype = column.dtype
    if value is None:
        return column.is_null()
    if dtype.is_numeric() and not isinstance(value, bool):
        number = _number(value, whole=dtype.is_integer())
        if number is None:
            return pl.repeat(value=False, n=column.len(), dtype=pl.Boolean, eager=True)
        # As an expression: a value that the column's own type does not hold is in none of its rows.
        return column.to_frame("_").select(pl.col("_") == number).to_series()
    if kind_of(dtype) not in SORTED and not dtype.is_temporal():
        raise NoSuchPlace(f'column "{column.name}" holds {dtype}, which have no single value')
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return words(column) == word


def _number(value: Any, *, whole: bool) -> int | float | None:
    """Return a number that a column may hold, ``None`` where it can hold no such."""
    try:
        if not whole:
            return float(value)
        number = int(value)
    except (ValueError, OverflowError):
        return None
    is_part = isinstance(value, float) and not value.is_integer()
    return None if is_part or abs(number) > LARGEST else number


def _page(page: pl.DataFrame, offset: int, total: int, indices: tuple[int, ...]) -> Rows:
    columns = [column_cells(column) for column in page]
    rows = tuple(zip(*columns, strict=True)) if columns else ((),) * page.height
    return Rows(offset=offset, total=total, rows=rows, indices=indices)
