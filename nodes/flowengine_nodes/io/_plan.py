"""What is known of a file before it is read: its columns, and how to read it as just these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

from flowengine import DataError

LARGEST_IN_MEMORY = 64 << 20
"""Bytes of a file up to which it is read at once; larger ones stream."""

_MOST_ROWS = (1 << 32) - 2
"""More than a table of polars holds, so more are all."""


@dataclass(frozen=True)
class Plan:
    """How to read a file.

    Args:
        schema: Names and types of its columns.
        scan: Turns a path or bytes into a table.
        explain: Turns what polars says into a sentence.
        path: The file, where polars can read it as it lies; else ``None``.
        content: Returns the bytes for ``scan``, unpacked and in UTF-8.
    """

    schema: pl.Schema
    scan: Callable[[Path | bytes], pl.LazyFrame]
    explain: Callable[[Exception, Path | bytes], DataError]
    path: Path | None
    content: Callable[[], bytes]

    def read(self, limit: int | None) -> pl.LazyFrame:
        """Return the table: in memory where it is small, else as a stream.

        Raises:
            DataError: The file cannot be read as ``schema``; of a stream this is raised later, by
                whoever reads it.
        """
        if self.path is not None and self.path.stat().st_size > LARGEST_IN_MEMORY:
            return _head(self._stream(self.path), limit)
        source = self.path or self.content()
        try:
            return _head(self.scan(source), limit).collect().lazy()
        except pl.exceptions.PolarsError as error:
            raise self.explain(error, source) from None

    def _stream(self, path: Path) -> pl.LazyFrame:
        # A plain scan would raise polars' own words, far away from here.
        def batches(
            columns: list[str] | None,
            predicate: pl.Expr | None,
            rows: int | None,
            size: int | None,
        ) -> Iterator[pl.DataFrame]:
            frame = self.scan(path)
            if predicate is not None:
                frame = frame.filter(predicate)
            if columns is not None:
                frame = frame.select(cs.by_name(columns))
            try:
                yield from _head(frame, rows).collect_batches(maintain_order=True)
            except pl.exceptions.PolarsError as error:
                raise self.explain(error, path) from None

        return register_io_source(batches, schema=self.schema)


def _head(frame: pl.LazyFrame, rows: int | None) -> pl.LazyFrame:
    return frame if rows is None or rows > _MOST_ROWS else frame.head(rows)
