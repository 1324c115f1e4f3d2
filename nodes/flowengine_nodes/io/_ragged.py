"""Lines of a CSV sample with more or fewer values than the file has columns, or an open quote."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flowengine_nodes.io._dialect import Dialect


@dataclass(frozen=True)
class Misfit:
    """A line that does not fit.

    Args:
        line: Its number, from 1.
        width: How many values it has.
        is_open: Whether a quote opens in it that is not closed in time.
    """

    line: int
    width: int
    is_open: bool = False


def find_misfit(sample: bytes, dialect: Dialect) -> Misfit | None:
    """Return the first line that does not fit, or nothing."""
    suspect = _by_counting(sample, dialect)
    quotes = sample.count(dialect.quote.encode()) if dialect.quote else 0
    if not quotes or (suspect is None and quotes % 2 == 0):
        return suspect
    # Counting takes every quote for a real one; reading properly is exact but slow.
    return _by_reading(sample.decode(), dialect)


def _by_counting(sample: bytes, dialect: Dialect) -> Misfit | None:
    data = np.frombuffer(sample, np.uint8)
    ends, marks = data == 10, data == ord(dialect.delimiter)
    if dialect.quote:
        quoted = np.logical_xor.accumulate(data == ord(dialect.quote))
        ends, marks = ends & ~quoted, marks & ~quoted
    stops = np.flatnonzero(ends)
    if not sample.endswith(b"\n"):
        stops = np.append(stops, len(data))
    starts = np.concatenate([[0], stops[:-1] + 1])
    places = np.flatnonzero(marks)
    widths = np.searchsorted(places, stops) - np.searchsorted(places, starts) + 1
    for line in np.flatnonzero(widths != len(dialect.names)):
        text = sample[starts[line] : stops[line]]
        if text.strip(b"\r") and not (
            dialect.comment and text.startswith(dialect.comment.encode())
        ):
            return Misfit(sample.count(b"\n", 0, int(starts[line])) + 1, int(widths[line]))
    return None


def _by_reading(text: str, dialect: Dialect) -> Misfit | None:
    lines = list(_without_comments(text, dialect.comment))
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)
    start, width = 0, len(dialect.names)
    try:
        for row in reader:
            fits = not row or len(row) == width
            goes_on = reader.line_num > start + 1
            if not fits or goes_on or reader.line_num >= len(lines) - 1:
                fault = _fault(lines[start : reader.line_num], dialect)
                if "unexpected end" in fault or (fault and goes_on):
                    return Misfit(start + 1, len(row), is_open=True)
            if not fits:
                return Misfit(start + 1, len(row))
            start = reader.line_num
    except csv.Error:
        # Polars has the better sentence for what this reader cannot take.
        return None
    return None


def _fault(lines: list[str], dialect: Dialect) -> str:
    """Return what is wrong with the quotes of one row, or an empty text."""
    try:
        list(csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True))
    except csv.Error as error:
        return str(error)
    return ""


def _without_comments(text: str, comment: str | None) -> Iterator[str]:
    for line in text.split("\n"):
        yield "\n" if comment and line.startswith(comment) else line + "\n"
