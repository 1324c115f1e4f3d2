"""A JSON file that is one list of objects, as JSON lines."""

from __future__ import annotations

import json

from flowengine import DataError

_SPACE = " \t\r\n"


def is_list(text: str) -> bool:
    """Return whether JSON is one list, and not one object a line."""
    return text.lstrip(_SPACE).startswith("[")


def refuse_constant(word: str) -> None:
    """Refuse ``NaN`` and the like, which Python would read."""
    raise ValueError(f"{word} is no number of JSON, where null stands for a missing one")


def to_lines(text: str, label: str, *, complete: bool) -> str:
    """Return one object a line of a list of objects.

    Args:
        text: The list.
        label: Name of the file in sentences.
        complete: Whether this is all of the file; else what is cut off at its end is left out.

    Raises:
        DataError: It is no list of objects.
    """
    decode = json.JSONDecoder(parse_constant=refuse_constant).raw_decode
    lines = []
    place = _after_space(text, text.index("[") + 1)
    while text[place : place + 1] != "]":
        try:
            value, end = decode(text, place)
        except RecursionError:
            raise DataError(f'"{label}" has lists and objects too deep in each other') from None
        except ValueError as error:
            if not complete:
                break
            reason = str(error).partition(": line")[0]
            raise _fault(text, place, label, f"is no JSON ({reason})") from None
        if not isinstance(value, dict):
            raise _fault(
                text, place, label, f'is {json.dumps(value)[:40]} and no object such as {{"a": 1}}'
            )
        # Line ends stand between values only: inside a text JSON forbids them.
        lines.append(text[place:end].replace("\r", " ").replace("\n", " ") + "\n")
        place = _after_space(text, end)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)
        elif text[place : place + 1] != "]" and complete:
            raise _fault(text, end, label, "is followed by neither a comma nor the list's end")
    if complete and text[place + 1 :].strip(_SPACE):
        raise DataError(f'"{label}" goes on behind the list; this format wants one list')
    return "".join(lines)


def _after_space(text: str, place: int) -> int:
    while text[place : place + 1] in tuple(_SPACE):
        place += 1
    return place


def _fault(text: str, place: int, label: str, what: str) -> DataError:
    line = text.count("\n", 0, place) + 1
    return DataError(
        f'"{label}", line {line:,}: what stands here {what}; this format wants a list of objects, '
        f"or one object a line"
    )
