"""Turns pydantic's validation errors into plain sentences at JSON pointers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from flowengine.errors import Problem, suggest

Place = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "none_required": "null",
    "finite_number": "a finite number",
}


def pointer_to(*parts: str | int) -> str:
    """Return the JSON pointer of a path (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def problems_of(
    error: ValidationError,
    pointer: str,
    data: Any,
    *,
    known: Callable[[Place], Iterable[str]],
    noun: str,
) -> list[Problem]:
    """Return one problem for each fault, alternatives of one union drawn together.

    Args:
        error: What pydantic raised.
        pointer: JSON pointer of the validated object.
        data: The object itself.
        known: Gives the names that are allowed at a place, for "did you mean".
        noun: What such a name is called.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in error.errors(include_url=False):
        place = _place(item["loc"], data, is_missing=item["type"] == "missing")
        found.setdefault(pointer + pointer_to(*place), []).append({**item, "loc": place})
    return [
        Problem(key, _sentence(items, list(known(items[0]["loc"])), noun))
        for key, items in found.items()
    ]


def _place(loc: Place, data: Any, *, is_missing: bool) -> Place:
    """Return where in the data a fault is; pydantic's names of a union's alternatives are none."""
    kept: list[str | int] = []
    for number, part in enumerate(loc):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
        elif not (is_missing and number == len(loc) - 1):
            continue
        kept.append(part)
    return tuple(kept)


def _sentence(items: list[Mapping[str, Any]], known: list[str], noun: str) -> str:
    item = items[0]
    name, value, kind = item["loc"][-1] if item["loc"] else "", item.get("input"), item["type"]
    if kind == "extra_forbidden":
        hint = suggest(str(name), known)
        return f'there is no {noun} "{name}".{hint}' + ("" if hint else _known(known))
    if kind == "missing":
        return f'the {noun} "{name}" is required'
    if kind == "value_error":
        return str(item["ctx"]["error"])
    wanted = " or ".join(dict.fromkeys(_expected(item) for item in items))
    return f"expected {wanted}, got {_shown(value)}"


def _expected(item: Mapping[str, Any]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "literal_error":
        return f"one of {context['expected']}"
    bounds = {
        "greater_than": ("gt", "more than"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "less than"),
        "less_than_equal": ("le", "at most"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return f"a number of {words} {context[key]}"
    if kind in ("too_short", "too_long", "string_too_short"):
        return item["msg"][0].lower() + item["msg"][1:]
    return "something else: " + item["msg"][0].lower() + item["msg"][1:]


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _known(known: list[str]) -> str:
    if not known:
        return ""
    names = ", ".join(f'"{name}"' for name in known[:12])
    return f" Known are {names}{' …' if len(known) > 12 else ''}"
