"""Plain text for people and JSON for programs: numbers, columns, the two output streams."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_PICTURES = {
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"},
    **dict.fromkeys([*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "␦"),
}


def use_utf8() -> None:
    """Make sure that × and … never end a command, whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError):
                stream.reconfigure(errors="replace")


def shown(text: str) -> str:
    """Return a text from a file as a terminal may get it: without what moves its cursor or order.

    A workflow is a stranger's text. Control characters become their pictures (``␛``).
    """
    return text.translate(_PICTURES)


def print_error(message: str) -> None:
    """Print a sentence on the error stream."""
    print(f"flowengine: {shown(message)}", file=sys.stderr)


def print_json(value: Any) -> None:
    """Print one JSON value on the output stream."""
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False), flush=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on the output stream."""
    for line in lines:
        print(shown(line))


def count(number: int, noun: str = "", nouns: str = "") -> str:
    """Return ``1,234 rows``; the noun's plural takes an s unless given."""
    if not noun:
        return f"{number:,}"
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def seconds(value: float) -> str:
    """Return a duration as people read it."""
    if value < 0.095:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 100:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(number: int) -> str:
    """Return a number of bytes as people read it."""
    value, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{number:,} bytes" if units[0] == "bytes" else f"{value:.1f} {units[0]}"


def width(text: str) -> int:
    """Return how many cells a text takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) != 0 for letter in text)


def pad(text: str, cells: int) -> str:
    """Return a text filled with spaces to a width."""
    return text + " " * max(0, cells - width(text))


def shorten(text: str, cells: int) -> str:
    """Return a text cut to a width, with … where something is missing."""
    if width(text) <= cells:
        return text
    while text and width(text) > cells - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def columns(
    rows: Sequence[Sequence[str]], *, indent: int = 2, gap: int = 2, wrap: bool = False
) -> list[str]:
    """Return rows as aligned lines, made to fit where they go to a terminal.

    Args:
        rows: Texts; all rows have as many.
        indent: Spaces before each line.
        gap: Spaces between two columns.
        wrap: Whether the last column goes on in the next line where it is too long, or is cut.
    """
    if not rows:
        return []
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    left = indent + sum(widths) + gap * len(widths)
    room = max(20, terminal_width() - left) if sys.stdout.isatty() else 10_000
    lines = []
    for *cells, last in rows:
        padded = [pad(cell, size) + " " * gap for cell, size in zip(cells, widths, strict=True)]
        texts = textwrap.wrap(last, room) if wrap else [shorten(last, room)]
        lines.append(f"{' ' * indent}{''.join(padded)}{texts[0] if texts else ''}".rstrip())
        lines += [" " * left + text for text in texts[1:]]
    return lines


def terminal_width() -> int:
    """Return the width of the terminal, or a usual one."""
    return shutil.get_terminal_size((100, 24)).columns
