"""CSV files with a blank behind every delimiter, as people and some archives write them."""

from __future__ import annotations

import re

from flowengine_nodes.io._dialect import Dialect, split

_LINES = 200


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
