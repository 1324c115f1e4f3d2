"""Lines of a CSV sample with more or fewer values than the file has columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np

from flowengine_nodes.io._dialect import Dialect


def ragged_line(sample: bytes, dialect: Dialect) -> tuple[int, int] | None:
    """Return the number of the first line that does not fit, and how many values it has."""
    suspect = _by_counting(sample, dialect)
    if suspect is None or not (dialect.quote and dialect.quote.encode() in sample):
        return suspect
    # Counting takes every quote for a real one; reading properly is exact but slow.
    return _by_reading(sample.decode(), dialect)


def _by_counting(sample: bytes, dialect: Dialect) -> tuple[int, int] | None:
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
            return sample.count(b"\n", 0, int(starts[line])) + 1, int(widths[line])
    return None


def _by_reading(text: str, dialect: Dialect) -> tuple[int, int] | None:
    reader = csv.reader(
        _without_comments(text, dialect.comment),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
    )
    line = 1
    try:
        for row in reader:
            if row and len(row) != len(dialect.names):
                return line, len(row)
            line = reader.line_num + 1
    except csv.Error:
        # Polars has the better sentence for what this reader cannot take.
        return None
    return None


def _without_comments(text: str, comment: str | None) -> Iterator[str]:
    for line in text.split("\n"):
        yield "\n" if comment and line.startswith(comment) else line + "\n"
