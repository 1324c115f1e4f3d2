"""How a CSV file is written: its delimiter, its header, its columns; found in a piece of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flowengine import DataError

# Tabs and semicolons hardly ever stand in values; commas and spaces do.
_DELIMITERS = ("\t", ";", "|", ",", " ")
_LINES = 200
_TYPED = re.compile(
    r"\s*([+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?|nan|inf|true|false"
    r"|[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d*)?"
    r"|(\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4})([T ][\d:.]+(Z|[+-][\d:]+)?)?)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Args:
        delimiter: Between two values.
        quote: Around values that hold a delimiter; ``None``: quotes mean nothing.
        comment: At the start of lines that are skipped.
        names: Names of the columns.
        lead: Number of lines before the first row of values.
        notes: What a person should know of what was found.
    """

    delimiter: str
    quote: str | None
    comment: str | None
    names: tuple[str, ...]
    lead: int
    notes: tuple[str, ...] = ()


def detect(
    text: str,
    label: str,
    *,
    delimiter: str | None,
    quote: str | None,
    comment: str | None,
    header: bool | None,
    decimal: str,
) -> Dialect:
    """Find out what is not given (``None``) from the first lines of ``text``.

    Raises:
        DataError: There is no line, or two columns have one name.
    """
    # Where no quote stands at all, quotes further down mean what they always mean.
    if quote and quote in text and not _has_quoted_value(text, quote, delimiter):
        quote = None
    everything = text.split("\n")
    start = _idle(everything, 0, comment)
    # Excel may say the delimiter in a line of its own, which is no data.
    stated = re.fullmatch(r"sep=(.)\r?", everything[start]) if start < len(everything) else None
    if stated:
        start, delimiter = _idle(everything, start + 1, comment), delimiter or stated[1]
    lines = _used(everything[start : start + _LINES], comment)
    if not lines:
        raise DataError(f'"{label}" is empty')
    if delimiter is None:
        known = [mark for mark in _DELIMITERS if mark != decimal]
        delimiter = _delimiter(lines, known, quote)
    rows = split(lines, delimiter, quote)
    if header is None:
        header = _has_header(rows[0], rows[1:])
    if not header:
        names = tuple(f"column_{number + 1}" for number in range(len(rows[0])))
        return Dialect(delimiter, quote, comment, names, start)
    first, note = _complete(rows[0], rows[1:], label)
    lead = _idle(everything, start + _height(lines, delimiter, quote), comment)
    return Dialect(delimiter, quote, comment, _names(first, label), lead, (note,) if note else ())


def looks_tabular(text: str) -> bool:
    """Return whether lines are rows of a table and no prose.

    All have the same number of values then, by any likely delimiter. Where a blank stands behind
    each delimiter, as in a sentence, some column must hold numbers or the like too, and where
    blanks are the delimiters, all columns but names of rows.
    """
    lines = _used(text.split("\n", _LINES)[:_LINES], None)
    if len(lines) < 2:
        return False
    for mark in _DELIMITERS:
        rows = split(lines, mark, '"')
        lacks_name = _lacks_name(rows, lines, mark)
        width = len(rows[0]) + lacks_name
        if len(rows[0]) < 2 or any(len(row) != width for row in rows[1:]):
            continue
        if mark == " ":
            values = [value for row in rows[1:] for value in row[lacks_name:]]
            if all(is_typed(value) or value == "NA" for value in values):
                return True
            continue
        behind = [value for row in rows for value in row[1:] if value.strip()]
        is_close = mark == "\t" or not all(value.startswith(" ") for value in behind)
        below = list(zip(*rows[1:], strict=True))
        if is_close or any(all(map(is_typed, values)) for values in below):
            return True
    return False


def split(
    lines: Sequence[str], delimiter: str, quote: str | None, *, skip_blanks: bool = False
) -> list[list[str]]:
    """Return the fields of some lines; blanks behind a delimiter are no part of one if told so."""
    if quote:
        try:
            return list(
                csv.reader(
                    lines, delimiter=delimiter, quotechar=quote, skipinitialspace=skip_blanks
                )
            )
        except csv.Error:
            # A quote that never closes: better read it as it stands.
            pass
    return [line.rstrip("\r\n").split(delimiter) for line in lines]


def _has_quoted_value(text: str, quote: str, delimiter: str | None) -> bool:
    """Tell quotes around values from those inside, such as inches."""
    before = "".join(map(re.escape, [delimiter] if delimiter else _DELIMITERS))
    return re.search(f"(^|[{before}]){re.escape(quote)}", text, re.MULTILINE) is not None


def _height(lines: Sequence[str], delimiter: str, quote: str | None) -> int:
    """Return over how many lines the first row goes."""
    if not quote:
        return 1
    rows = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    next(rows)
    return rows.line_num


def _idle(lines: Sequence[str], start: int, comment: str | None) -> int:
    """Return the number of the first line from ``start`` on that is neither blank nor comment."""
    while start < len(lines) and (
        not lines[start].strip("\r") or (comment and lines[start].startswith(comment))
    ):
        start += 1
    return start


def _used(lines: Sequence[str], comment: str | None) -> list[str]:
    return [
        line + "\n"
        for line in lines
        if line.strip("\r") and not (comment and line.startswith(comment))
    ]


def _delimiter(lines: Sequence[str], known: Sequence[str], quote: str | None) -> str:
    best, most = ",", (0.5, 0)
    for mark in known:
        rows = split(lines, mark, quote, skip_blanks=mark not in " \t")
        widths = [len(row) for row in rows]
        # The wrong delimiter cuts quoted values apart, which leaves quotes in them.
        quotes = sum(quote in value for row in rows for value in row) if quote else 0
        alike = len(rows) if _lacks_name(rows, lines, mark) else Counter(widths)[widths[0]]
        score = (alike / len(rows), -quotes)
        if widths[0] > 1 and score > most:
            best, most = mark, score
    return best


def _lacks_name(rows: Sequence[Sequence[str]], lines: Sequence[str], mark: str) -> bool:
    """Return whether all lines but the first begin with the name of a row, as R writes them."""
    if len(rows) < 3 or any(len(row) != len(rows[0]) + 1 for row in rows[1:]):
        return False
    return len(rows[0]) > 1 and (mark != " " or all(line.startswith('"') for line in lines[1:]))


def _has_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Tell names from values: no column of numbers starts with a number."""
    if not others:
        return not any(map(is_typed, first))
    told = []
    for place, value in enumerate(first):
        below = [row[place] for row in others if len(row) > place and row[place].strip()]
        if value.strip() and below and all(map(is_typed, below)):
            told.append(is_typed(value))
    return not (told and all(told))


def is_typed(value: str) -> bool:
    """Return whether a value is a number, a truth value or a date, however written."""
    return _TYPED.fullmatch(value) is not None


def _complete(
    first: list[str], others: Sequence[Sequence[str]], label: str
) -> tuple[list[str], str]:
    """Return names for all columns, where all lines below have one more value than the first.

    R writes no name for the names of rows; other programs end each line with a delimiter.
    """
    # One name alone is rather the title of the file, one line below says too little.
    if min(len(first), len(others)) < 2 or any(len(row) != len(first) + 1 for row in others):
        return first, ""
    ends_empty = not any(row[-1].strip() for row in others)
    place = "last" if ends_empty else "first"
    name = f"column_{len(first) + 1 if ends_empty else 1}"
    note = (
        f'the first line of "{label}" has one name less than the lines below have values; the '
        f'{place} column is taken for the one without a name and called "{name}"'
    )
    return ([*first, ""] if ends_empty else ["", *first]), note


def _names(first: Sequence[str], label: str) -> tuple[str, ...]:
    given = [name.strip() for name in first]
    for name, count in Counter(given).items():
        if name and count > 1:
            raise DataError(
                f'"{label}" has {count} columns called "{name}"; rename them in the file or, if '
                f'its first line holds values, set "header" to "no"'
            )
    names = []
    for place, name in enumerate(given, start=1):
        free = f"column_{place}"
        while not name and free in given:
            free += "_"
        names.append(name or free)
    return tuple(names)
