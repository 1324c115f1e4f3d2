"""Tables page by page, in the order and with the rows that a person asks for."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowengine.errors import listing, suggest
from flowengine.server.values.cells import column_cells
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

    row = "".join([*table.columns, "_row"])
    names = {name: f"_{index}" for index, name in enumerate([*chosen, *([sort] if sort else [])])}
    needed = [column_of(table, name).alias(alias) for name, alias in names.items()]
    part = pl.DataFrame(needed).with_row_index(row)
    if not needed:
        part = pl.DataFrame({row: pl.int_range(table.height, dtype=pl.UInt32, eager=True)})
    if search:
        part = part.filter(_contains(table, search))
    for name, value in chosen.items():
        part = part.filter(_equals(pl.col(names[name]), table.schema[name], value))
    if sort:
        kind = kind_of(table.schema[sort])
        if kind not in SORTED and not table.schema[sort].is_temporal():
            raise NoSuchPlace(f'column "{sort}" holds {table.schema[sort]}, which have no order')
        by = pl.col(names[sort])
        # "Not a number" is a missing value to whoever sorts.
        by = by.fill_nan(None) if table.schema[sort].is_float() else by
        part = part.sort(by, descending=descending, nulls_last=True, maintain_order=True)
    return part[row]


def _contains(table: pl.DataFrame, text: str) -> pl.Series:
    """Return for each row whether one of its cells, as people read them, has a text in it."""
    import polars as pl

    found = pl.repeat(value=False, n=table.height, dtype=pl.Boolean, eager=True)
    for column in table:
        if kind_of(column.dtype) in SORTED or column.dtype.is_temporal():
            # Under another name: one such as "^a.*$" is a pattern to polars.
            words = column.alias("cell").cast(pl.String).str.to_lowercase()
            found |= words.str.contains(text, literal=True).fill_null(value=False)
    return found


def _equals(column: pl.Expr, dtype: pl.DataType, value: Any) -> pl.Expr:
    """Compare as people do: the number 7 is the category "7"."""
    import polars as pl

    if value is None:
        return column.is_null()
    if dtype.is_numeric() and not isinstance(value, bool):
        try:
            return column == (int(value) if dtype.is_integer() else float(value))
        except ValueError:
            return pl.lit(value=False)
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return column.cast(pl.String) == word


def _page(page: pl.DataFrame, offset: int, total: int, indices: tuple[int, ...]) -> Rows:
    columns = [column_cells(column) for column in page]
    rows = tuple(zip(*columns, strict=True)) if columns else ((),) * page.height
    return Rows(offset=offset, total=total, rows=rows, indices=indices)
