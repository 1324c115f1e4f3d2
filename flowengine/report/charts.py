"""Charts of nodes as pictures that need no program: the simple ones of Vega-Lite, drawn here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flowengine.report.heat import heat_map
from flowengine.report.lines import Series, line_chart
from flowengine.report.markup import Markup, element
from flowengine.report.scales import ACCENT, GREYS, RED_BLUE, Scale
from flowengine.values import Chart

MARKS = {"line": "line", "point": "point", "circle": "point", "bar": "bar", "area": "line"}
MOST_PARTS = 64
"""Pictures of a chart that has one for each group."""
MOST_SERIES = 12
HEX = re.compile("#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
SCALES: dict[str, Scale] = {"greys": GREYS, "redblue": RED_BLUE}

Rows = Sequence[Mapping[str, Any]]


def static_chart(chart: Chart) -> Markup | None:
    """Return a chart as a picture, ``None`` where it is of a kind that is not drawn here."""
    rows: Rows = chart.table.to_dicts()
    facet = chart.specification.get("facet")
    if not isinstance(facet, dict):
        drawn = _part(chart.specification, rows, "")
        return element("div", drawn, class_="charts wide") if drawn else None
    inner = chart.specification.get("spec")
    if not isinstance(inner, dict) or "field" not in facet:
        return None
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(str(row.get(facet["field"])), []).append(row)
    parts = [_part(inner, group, name) for name, group in list(groups.items())[:MOST_PARTS]]
    if not all(parts):
        return None
    more = len(groups) - len(parts)
    note = element("p", f"and {more} more", class_="faint") if more > 0 else None
    return element("div", parts, note, class_="charts small")


def _part(specification: Mapping[str, Any], rows: Rows, title: str) -> Markup | None:
    """Draw a specification with one mark, or the first of its layers."""
    layers = specification.get("layer")
    first = layers[0] if isinstance(layers, list) and layers else specification
    encoding = {**specification.get("encoding", {}), **first.get("encoding", {})}
    mark = first.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    x, y = (_channel(encoding, name) for name in ("x", "y"))
    if x is None or y is None:
        return None
    if kind == "rect":
        colour = _channel(encoding, "color")
        return _fields(rows, x, y, colour, _written(layers), title) if colour else None
    if kind in MARKS:
        return _lines(rows, x, y, _channel(encoding, "color"), MARKS[kind], title)
    return None


def _fields(
    rows: Rows,
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    colour: Mapping[str, Any],
    written: str,
    title: str,
) -> Markup:
    columns = list(dict.fromkeys(row.get(x["field"]) for row in rows))
    lines = list(dict.fromkeys(row.get(y["field"]) for row in rows))
    cells = {(row.get(y["field"]), row.get(x["field"])): row for row in rows}

    def grid(field: str) -> list[list[float | None]]:
        return [
            [_number(cells.get((line, column), {}).get(field)) for column in columns]
            for line in lines
        ]

    look = colour.get("scale") or {}
    scale, middle = _scale(look)
    values = grid(colour["field"])
    if look.get("type") == "sqrt":
        values = [
            [one if one is None or one < 0 else math.sqrt(one) for one in row] for row in values
        ]
    return heat_map(
        values,
        [str(line) for line in lines],
        [str(column) for column in columns],
        title=title or f"{_title(y)} ↓ {_title(x)} →",
        numbers=grid(written or colour["field"]),
        bare=all("axis" in one and one["axis"] is None for one in (x, y)),
        scale=scale[::-1] if look.get("reverse") and scale is not GREYS else scale,
        middle=middle,
    )


def _scale(look: Mapping[str, Any]) -> tuple[Scale, float | None]:
    """Return the colours of a scale and the number that has the middle one."""
    domain, colours = look.get("domain"), look.get("range")
    if isinstance(colours, list) and isinstance(domain, list) and len(domain) == len(colours) > 2:
        found = [HEX.fullmatch(str(one)) for one in colours]
        scale = tuple(
            (int(one[1], 16), int(one[2], 16), int(one[3], 16)) for one in found if one is not None
        )
        if len(scale) == len(colours):
            return scale, _number(domain[len(domain) // 2])
    return SCALES.get(look.get("scheme", ""), ACCENT), look.get("domainMid")


def _lines(
    rows: Rows,
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    colour: Mapping[str, Any] | None,
    mark: str,
    title: str,
) -> Markup | None:
    groups: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        across, up = _number(row.get(x["field"])), _number(row.get(y["field"]))
        if across is None or up is None:
            continue
        name = str(row.get(colour["field"])) if colour else _title(y)
        groups.setdefault(name, []).append((across, up))
    if not groups or len(groups) > MOST_SERIES:
        return None
    series = [
        Series(name, sorted(points) if mark == "line" else points, mark, number)
        for number, (name, points) in enumerate(groups.items())
    ]
    return line_chart(series, x=_title(x), y=title or _title(y))


def _written(layers: Any) -> str:
    """Return the field whose numbers stand in the fields, if there is a layer of text."""
    for layer in layers if isinstance(layers, list) else []:
        mark = layer.get("mark")
        channel = _channel(layer.get("encoding", {}), "text")
        if channel and (mark.get("type") if isinstance(mark, dict) else mark) == "text":
            return str(channel["field"])
    return ""


def _channel(encoding: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    channel = encoding.get(name)
    return channel if isinstance(channel, dict) and isinstance(channel.get("field"), str) else None


def _title(channel: Mapping[str, Any]) -> str:
    return str(channel.get("title") or channel["field"]).replace("_", " ")


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
