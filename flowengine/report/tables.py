"""Tables in a report: their first rows, counts of pairs as coloured fields, pictures as such."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flowengine.cli.facts import number_text
from flowengine.report.markup import Markup, element
from flowengine.server.values.cells import column_cells
from flowengine.server.values.columns import column_infos

if TYPE_CHECKING:
    import polars as pl

ROWS, COLUMNS = 12, 16
LARGEST_SQUARE = 40
"""Classes of a table of pairs that is shown whole."""
LETTERS = 80


def table_head(table: pl.DataFrame) -> Markup:
    """Return the first rows of a table; a table of counts of pairs is shown whole and coloured."""
    square = is_square(table)
    shown = table if square else table.head(ROWS)[table.columns[:COLUMNS]]
    infos = column_infos(shown.schema)
    columns = [column_cells(column) for column in shown]
    most = max(_counts(columns[1:]), default=0) if square else 0
    is_number = [info.kind in ("number", "integer") for info in infos]
    cells = [
        [_cell(value, info.name, is_number=right, most=most if number else 0) for value in column]
        for number, (column, info, right) in enumerate(zip(columns, infos, is_number, strict=True))
    ]
    rows = [element("tr", row) for row in zip(*cells, strict=True)]
    head = [
        element("th", info.name, element("small", info.type), class_="right" if right else None)
        for info, right in zip(infos, is_number, strict=True)
    ]
    body = element("table", element("thead", element("tr", head)), element("tbody", rows))
    return element("div", body, _rest(table, shown), class_="scroll")


def _rest(table: pl.DataFrame, shown: pl.DataFrame) -> Markup | None:
    more = []
    if table.height > shown.height:
        more.append(f"{table.height - shown.height:,} more rows")
    if table.width > shown.width:
        more.append(f"{table.width - shown.width:,} more columns")
    return element("p", "and ", " and ".join(more), class_="faint") if more else None


def _cell(value: Any, name: str, *, is_number: bool, most: float) -> Markup:
    colour = None
    if most and isinstance(value, int) and value > 0:
        # The root, so that the few can be seen beside the many.
        share = 70 * math.sqrt(value / most)
        colour = f"background:color-mix(in srgb,var(--accent) {share:.0f}%,transparent)"
    return element("td", _shown(value, name), class_="right" if is_number else None, style=colour)


def _shown(value: Any, name: str) -> str:
    if value is None:
        return element("span", "–", class_="faint")
    if isinstance(value, int | float):
        return number_text(name, value)
    if isinstance(value, dict) and "image" in value:
        return element("img", src=value["image"], alt="", class_="thumbnail")
    if isinstance(value, dict) and "items" in value:
        items = ", ".join(_plain(item) for item in value["items"])
        return _cut(f"{value['length']:,}: {items}")
    return _cut(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, dict) and "items" in value:
        return f"[{', '.join(_plain(item) for item in value['items'])}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"


def is_square(table: pl.DataFrame) -> bool:
    """Return whether a table counts pairs, as a confusion matrix does."""
    first, *others = table.columns or [""]
    return (
        2 <= len(others) <= LARGEST_SQUARE
        and table.height == len(others)
        and all(table[name].dtype.is_integer() for name in others)
        and [str(value) for value in table[first].to_list()] == others
    )


def _counts(columns: Sequence[Sequence[Any]]) -> list[int]:
    return [value for column in columns for value in column if isinstance(value, int)]
