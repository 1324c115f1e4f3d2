"""The one way a workflow is written, so that load and save change no byte and diffs stay small."""

from __future__ import annotations

import json
from typing import Any

from flowengine.document import Document, NodeEntry

WIDTH = 120
"""An object longer than this is broken into lines, one item each."""

TOP = ("flowengine", "name", "description", "seed")
BODY = ("variables", "nodes", "connections", "layout", "annotations")
ENTRY = ("type", "version", "settings", "timeout", "comment", *BODY)


def render(document: Document) -> str:
    """Return the text of a workflow file: fixed key order, one connection a line."""
    return _block(_plain(document, (*TOP, *BODY)), 0) + "\n"


def _plain(part: Document | NodeEntry, order: tuple[str, ...]) -> dict[str, Any]:
    """Return what was set, in the fixed order; the format number always stands."""
    data: dict[str, Any] = {}
    for key in order:
        if key not in part.model_fields_set and key != "flowengine":
            continue
        value = getattr(part, key)
        if key == "nodes":
            value = {name: _plain(entry, ENTRY) for name, entry in value.items()}
        elif key == "connections":
            value = [{"from": item.from_, "to": item.to} for item in value]
        elif key == "layout":
            value = {name: [_short(number) for number in place] for name, place in value.items()}
        elif key == "timeout" and value is not None:
            value = _short(value)
        data[key] = value
    return data


def _block(data: dict[str, Any], depth: int) -> str:
    """Return an object with nodes and connections broken into lines, the rest where it fits."""
    pad = "  " * (depth + 1)
    items = []
    for key, value in data.items():
        head = f"{pad}{_line(key)}: "
        if key == "nodes" and value:
            nodes = [
                f"{pad}  {_line(name)}: {_entry(entry, depth + 2)}" for name, entry in value.items()
            ]
            text = "{\n" + ",\n".join(nodes) + f"\n{pad}}}"
        elif key == "connections" and value:
            text = "[\n" + ",\n".join(f"{pad}  {_line(item)}" for item in value) + f"\n{pad}]"
        else:
            text = _value(value, depth + 1, len(head))
        items.append(head + text)
    return "{\n" + ",\n".join(items) + "\n" + "  " * depth + "}"


def _entry(entry: dict[str, Any], depth: int) -> str:
    if entry.keys() & {"nodes", "connections"}:
        return _block(entry, depth)
    return _value(entry, depth, 2 * depth + 20)


def _value(value: Any, depth: int, used: int) -> str:
    line = _line(value)
    if used + len(line) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        items = [
            f"{pad}{_line(key)}: {_value(item, depth + 1, len(pad) + len(key) + 4)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(items) + "\n" + "  " * depth + "}"
    items = [f"{pad}{_value(item, depth + 1, len(pad))}" for item in value]
    return "[\n" + ",\n".join(items) + "\n" + "  " * depth + "]"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _short(number: float) -> float | int:
    """Return a whole number without its ``.0``, as people write it."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
