"""Blanks in CSV files that are no part of values: behind delimiters, or to align columns."""

from __future__ import annotations

import re

from flowengine_nodes.io._dialect import Dialect, is_typed, split

_LINES = 200
_QUOTED_OR_BLANKS = re.compile(r'("[^"\n]*")| +')


def has_blanks(sample: str, dialect: Dialect, quote: str | None) -> bool:
    """Return whether all values but the first of each line begin with a blank."""
    if dialect.delimiter in " \t":
        return False
    lines = [line for line in sample.split("\n", _LINES)[:_LINES] if line.strip()]
    if quote:  # what stands inside of quotes says nothing
        mark = re.escape(quote)
        lines = [re.sub(f"{mark}[^{mark}]*{mark}", "", line) for line in lines]
    later = [value for row in split(lines, dialect.delimiter, None) for value in row[1:] if value]
    return bool(later) and all(value.startswith(" ") for value in later)


def closed_up(text: str, delimiter: str, quote: str | None) -> str:
    """Return CSV text without the blanks behind its delimiters; inside quotes they stay."""
    mark = re.escape(delimiter)
    if not quote or quote not in text:
        return re.sub(f"{mark} +", delimiter, text)
    quoted = re.escape(quote)
    pattern = f"({quoted}[^{quoted}]*{quoted})|{mark} +"
    return re.sub(pattern, lambda found: found[1] or delimiter, text)


def is_aligned(sample: str) -> bool:
    """Return whether columns are kept apart by as many blanks as bring them below each other.

    Some column must hold numbers or the like: words of a text stand like that too.
    """
    lines = [line for line in sample.split("\n", _LINES)[:_LINES] if line.strip()]
    if len(lines) < 2 or not any("  " in line.strip() for line in lines):
        return False
    if re.search(r"[\t;|,]", re.sub(r'"[^"\n]*"', "", "".join(lines))):
        return False
    rows = split(without_alignment("\n".join(lines)).split("\n"), " ", '"')
    below = [row for row in rows[1:] if row]
    if len(rows[0]) < 2 or any(len(row) != len(rows[0]) for row in below):
        return False
    return any(all(map(is_typed, values)) for values in zip(*below, strict=True))


def without_alignment(text: str) -> str:
    """Return text with one blank between columns, and none around its lines."""
    text = _QUOTED_OR_BLANKS.sub(lambda found: found[1] or " ", text)
    return re.sub(r"^ | (?=\r?$)", "", text, flags=re.MULTILINE)
