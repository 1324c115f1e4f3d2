"""Values and specs in a few words. Knows port types and shapes of tables, but no concrete node."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flowengine.cli.output import count, shorten

_COLUMNS = 5
_STEPS = ("epoch", "step", "iteration")
_NUMBERS = 3

_ARRAY = re.compile(r"Array\(.*, shape=\((?P<sizes>[\d, ]+)\)\)$")
_ENUM = re.compile(r"Enum\(categories=(?P<values>\[.*\])\)$", re.DOTALL)

_VARIABLE = 200
"""Letters that are shown of a variable."""


def value_text(port: str, summary: Mapping[str, Any]) -> str:
    """Return what a port's value is.

    Args:
        port: Id of its port type.
        summary: Its summary.
    """
    if port == "table":
        return _table_text(summary)
    if port == "network":
        return _network_text(summary)
    if port == "variable":
        return shorten(str(summary.get("value"))[: _VARIABLE + 1], _VARIABLE)
    if port == "chart":
        return f"chart of {count(summary.get('rows', 0), 'row')}"
    return str(summary.get("kind", "")).replace("_", " ")


def values_text(values: Sequence[tuple[str, str, Mapping[str, Any]]]) -> str:
    """Return what the values at several ports are, shorter than each alone.

    Args:
        values: Port, id of its port type, and summary of its value.
    """
    if len(values) == 1:
        return value_text(*values[0][1:])
    texts = []
    for name, port, summary in values:
        text = value_text(port, summary) if port not in ("model", "chart") else ""
        if port == "table" and text.endswith(columns_text(summary["columns"])):
            text = f"{name} {_rows_text(summary)}"
        texts.append(text)
    # The pair most confused reads as an addition to what the other tables say.
    texts.sort(key=lambda text: text.startswith("most confused"))
    return " · ".join(filter(None, texts))


def spec_text(port: str, description: Any) -> str:
    """Return what is known of a port's value before it is there.

    Args:
        port: Id of its port type.
        description: Its spec as the port type describes it; ``None`` is unknown.
    """
    if description is None:
        return "known after running"
    if port == "table":
        return columns_text(description)
    if port == "network":
        return " · ".join(description["outputs"].values())
    if port == "model":
        return str(description["kind"]).replace("_", " ")
    return str(description)


def columns_text(columns: Sequence[Mapping[str, str]]) -> str:
    """Return the columns of a table: ``image 28×28×1, label 0…9``."""
    shown = [f"{item['name']} {type_text(item['type'])}".rstrip() for item in columns[:_COLUMNS]]
    more = len(columns) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") or "no columns"


def type_text(dtype: str) -> str:
    """Return a column's type where it says more than the name: sizes and categories."""
    if found := _ARRAY.match(dtype):
        return "×".join(re.findall(r"\d+", found["sizes"]))
    if found := _ENUM.match(dtype):
        try:
            values = ast.literal_eval(found["values"])
        except (ValueError, SyntaxError):
            return "category"
        if not values:
            return "no category"
        return f"{values[0]}…{values[-1]}" if len(values) > 2 else ", ".join(values)
    return ""


def number_text(name: str, value: float) -> str:
    """Return a number as people read it; what is called accuracy is a share."""
    if isinstance(value, bool):
        return str(value).lower()
    if "accuracy" in name.casefold() and 0 <= value <= 1:
        return f"{value * 100:.2f} %"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if abs(value) < 1e5 else f"{value:,.0f}"


def _table_text(summary: Mapping[str, Any]) -> str:
    if records := summary.get("rows"):
        facts = _square_text(records) or _last_step(records) or _key_facts(records)
        if facts:
            return facts
    return f"{_rows_text(summary)} · {columns_text(summary['columns'])}"


def _rows_text(summary: Mapping[str, Any]) -> str:
    # of a table that streamed through nobody counted the rows
    return "streamed" if summary.get("streamed") else count(summary["row_count"], "row")


def _network_text(summary: Mapping[str, Any]) -> str:
    trained = " · trained" if summary.get("trained") and summary.get("parameters") else ""
    layers = count(summary.get("layers", 0), "layer")
    return f"{layers} · {count(summary.get('parameters', 0), 'parameter')}{trained}"


def _square_text(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the largest count off the diagonal of a square table of counts, as of confusions."""
    names = list(records[0])
    labels = [str(record[names[0]]) for record in records]
    if len(records) < 2 or labels != names[1:]:
        return ""
    cells: dict[frozenset[str], int] = {}
    for label, record in zip(labels, records, strict=True):
        for other in labels:
            value = record[other]
            if not isinstance(value, int) or isinstance(value, bool):
                return ""
            if other != label:
                pair = frozenset((label, other))
                cells[pair] = cells.get(pair, 0) + value
    pair, most = max(cells.items(), key=lambda item: item[1])
    if not most:
        return "nothing confused"
    one, two = sorted(pair, key=labels.index)
    return f"most confused: {one} ↔ {two} ({most:,})"


def _last_step(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the last row of a table with a row for each step of something, as of a history."""
    last = records[-1]
    if next(iter(last), "") not in _STEPS:
        return ""
    numbers = [(name, value) for name, value in last.items() if isinstance(value, int | float)]
    return " · ".join(
        f"{_words(name)} {number_text(name, value)}" for name, value in numbers[: _NUMBERS + 1]
    )


def _key_facts(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the numbers of a table's one row, or of the last one where it is a total.

    A last row is a total when it has numbers in columns that are empty in all rows above.
    """
    last = records[-1]
    names = [name for name, value in last.items() if isinstance(value, int | float)]
    if len(records) > 1:
        names = [name for name in names if all(record.get(name) is None for record in records[:-1])]
    shown = [f"{_words(name)} {number_text(name, last[name])}" for name in names[:_NUMBERS]]
    return " · ".join(shown)


def _words(name: str) -> str:
    return name.replace("_", " ")
