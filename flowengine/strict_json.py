"""Reading JSON so strictly that what was read can be written again without a loss."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from flowengine.errors import Problem
from flowengine.wording import kind_of_value, pointer_to, sayable

DEEPEST = 200
"""Levels of lists and objects in each other."""

LARGEST = 2**63 - 1
"""Whole numbers up to this size are the same in every program."""

_DIGITS = len(str(LARGEST))


class JsonError(Exception):
    """Raised when a text cannot be read; carries every reason.

    Args:
        problems: What is wrong, each at its JSON pointer.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)


class _Strange(float):
    """Stands for a number that JSON does not have or that cannot be kept exactly."""

    def __new__(cls, text: str) -> _Strange:
        number = super().__new__(cls, "nan")
        number.text = text if len(text) <= 24 else f"{text[:20]}… ({len(text)} digits)"
        number.fault = (
            f"is too large to be kept; whole numbers go up to {LARGEST:,}"
            if text.lstrip("-").isdecimal()
            else "is no number that can be kept; expected a finite one"
        )
        return number

    text: str
    fault: str


def read_json(text: str) -> tuple[Any, list[Problem]]:
    """Return the value of a JSON text, and keys that stand twice in one object.

    Raises:
        JsonError: The text is not JSON, or holds what could not be written again.
    """
    twice: list[tuple[dict[str, Any], str]] = []
    strange: list[_Strange] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    twice.append((data, key))
                seen.add(key)
        return data

    def note(word: str) -> float:
        strange.append(_Strange(word))
        return strange[-1]

    def whole(word: str) -> int | float:
        is_short = len(word.lstrip("-")) <= _DIGITS
        return int(word) if is_short and abs(int(word)) <= LARGEST else note(word)

    def fraction(word: str) -> float:
        number = float(word)
        return number if math.isfinite(number) else note(word)

    try:
        data = json.loads(
            text,
            object_pairs_hook=build,
            parse_constant=note,
            parse_int=whole,
            parse_float=fraction,
        )
    except json.JSONDecodeError as error:
        raise JsonError([Problem("", _not_json(error))]) from None
    except RecursionError:
        raise JsonError([Problem("", _TOO_DEEP)]) from None
    if _is_too_deep(data):
        raise JsonError([Problem("", _TOO_DEEP)])
    if not (twice or strange or "\\ud" in text.lower()):
        return data, []
    places, faults = _look_through(data)
    if faults:
        raise JsonError(faults)
    duplicates = [(places.get(id(owner), "") + pointer_to(key), key) for owner, key in twice]
    return data, [
        Problem(pointer, f'the key "{key}" stands twice; keep one of the two')
        for pointer, key in dict.fromkeys(duplicates)
    ]


def kind_of(value: Any) -> str:
    """Return what a JSON value is, in words."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")


def unkept(value: Any, name: str) -> str:
    """Return why a Python value cannot be written as JSON and read again, or ''.

    Args:
        value: The value.
        name: What it is called in the sentence.
    """
    stack: list[tuple[Any, str, int]] = [(value, name, 0)]
    while stack:
        item, place, depth = stack.pop()
        if depth > DEEPEST:
            return f"{name} has lists and objects in each other deeper than {DEEPEST} levels"
        if isinstance(item, str):
            if not _is_text(item):
                return f"{place} holds half of a character (\\ud800 …), which no file can"
        elif isinstance(item, int):
            if abs(item) > LARGEST:
                return f"{place} is too large to be kept; whole numbers go up to {LARGEST:,}"
        elif isinstance(item, float):
            if not math.isfinite(item):
                return f"{place} is {item}, which JSON cannot hold; expected a finite number"
        elif isinstance(item, Mapping):
            for key, part in item.items():
                if not isinstance(key, str):
                    return f"{place} has the key {key!r}; keys are text"
                stack.append((key, f"a key of {place}", depth + 1))
                stack.append((part, f'"{key}" of {place}', depth + 1))
        elif isinstance(item, (list, tuple)):
            stack += [(part, f"an item of {place}", depth + 1) for part in item]
        elif item is not None:
            return f"{place} is {kind_of_value(item)}, which JSON does not have"
    return ""


def _is_too_deep(data: Any) -> bool:
    level = [data] if isinstance(data, (dict, list)) else []
    for _ in range(DEEPEST):
        if not level:
            return False
        parts = [item.values() if isinstance(item, dict) else item for item in level]
        level = [item for part in parts for item in part if isinstance(item, (dict, list))]
    return bool(level)


def _look_through(data: Any) -> tuple[dict[int, str], list[Problem]]:
    """Return the JSON pointer of every object by identity, and what cannot be kept."""
    places: dict[int, str] = {}
    faults: list[Problem] = []
    stack: list[tuple[Any, str]] = [(data, "")]
    while stack:
        item, pointer = stack.pop()
        if isinstance(item, str):
            if not _is_text(item):
                faults.append(Problem(pointer, "the text holds half of a character (\\ud800 …)"))
        elif isinstance(item, _Strange):
            faults.append(Problem(pointer, f"{item.text} {item.fault}"))
        elif isinstance(item, (dict, list)):
            if isinstance(item, list):
                parts = [(value, f"{pointer}/{index}") for index, value in enumerate(item)]
            else:
                places[id(item)] = pointer
                parts = [(value, pointer + pointer_to(sayable(key))) for key, value in item.items()]
                if not all(map(_is_text, item)):
                    faults.append(Problem(pointer, "a key holds half of a character (\\ud800 …)"))
            stack += reversed(parts)
    return places, faults


def _is_text(text: str) -> bool:
    """Return whether a text can be written: a JSON escape may name half of a character."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_json(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "the file is empty; a workflow is a JSON object"
    what = _habit(error.doc, error.pos) or error.msg[0].lower() + error.msg[1:]
    line = error.doc.split("\n")[error.lineno - 1].strip()
    shown = f": {line[:60]}" if line else ""
    return f"the file is not JSON: {what} (line {error.lineno}, column {error.colno}{shown})"


def _habit(text: str, place: int) -> str:
    """Return what is wrong in the words of those who know other languages than JSON, or ''."""
    here, rest = text[place : place + 2], text[place:].lstrip(", \t\r\n")
    if (text[:place].rstrip().endswith(",") or here[:1] == ",") and rest.startswith(("}", "]")):
        return f'a comma stands before the closing "{rest[0]}"; take it away'
    if here in ("//", "/*") or here[:1] == "#":
        return "JSON has no comments; take it away"
    if here[:1] == "'":
        return "text stands in double quotes, not in single ones"
    return ""


_TOO_DEEP = f"lists and objects stand in each other deeper than {DEEPEST} levels"
