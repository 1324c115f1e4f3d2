"""A table as a CSV file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import polars as pl
from pydantic import Field

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    DataError,
    File,
    Node,
    PathError,
    node,
)
from flowengine_nodes.io._cells import LONGEST_LIST, csv_columns

_OTHERS = frozenset(
    {".gz", ".zip", ".xlsx", ".xls", ".ods", ".parquet", ".pq", ".json", ".jsonl", ".ndjson"}
)
"""Endings of other kinds of files."""


@node(title="CSV Writer", keywords=("export", "save", "table", "text file"))
class CsvWriter(Node):
    """Write a table to a CSV file.

    The file is written aside and then takes its name, so that it is never half written; a run that
    is killed leaves a hidden `.writing-…` beside it, which may be deleted. Tables larger than
    memory stream through. Lists and small tensors are written as JSON, lengths of time as ISO 8601
    writes them (`PT1H30M`).
    """

    path: Annotated[str, File("write", suffixes=(".csv", ".tsv", ".txt"))]
    """File to write; missing folders on the way are made."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """Character between two values."""
    header: bool = True
    """Write the names of the columns into the first line."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""
    decimal: Literal[".", ","] = "."
    """Decimal mark of numbers."""
    null: str = ""
    """Text written for a missing value."""

    def configure(self, table: pl.Schema, ctx: ConfigureContext) -> None:
        if ord(self.delimiter) > 127 or self.delimiter in '"\r\n':
            raise ConfigureError(
                f'the delimiter cannot be {self.delimiter!r}; use one such as "," ";" or "|"',
                setting="delimiter",
            )
        if self.decimal == self.delimiter:
            raise ConfigureError(
                'delimiter and decimal mark are both ","; set the delimiter to ";"',
                setting="delimiter",
            )
        if any(mark in self.null for mark in (self.delimiter, '"', "\r", "\n")):
            raise ConfigureError(
                f"the text for missing values cannot be {self.null!r}: it holds the delimiter, a "
                f"quote or a line end",
                setting="null",
            )
        csv_columns(table)
        self._check_target(ctx.path(self.path, write=True))

    def execute(self, table: pl.LazyFrame, ctx: Context) -> None:
        target = ctx.path(self.path, write=True)
        self._check_target(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PathError(
                f'the folder of "{self.path}" cannot be made: {error.strerror}'
            ) from error
        aside = target.with_name(f".writing-{secrets.token_hex(8)}")
        try:
            with aside.open("xb") as file:
                self._write(table, file, ctx)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, target)
        except OSError as error:
            # polars puts the reason into the text alone
            raise PathError(
                f'"{self.path}" cannot be written: {error.strerror or error}'
            ) from error
        finally:
            aside.unlink(missing_ok=True)

    def _check_target(self, target: Path) -> None:
        if target.is_dir():
            raise ConfigureError(
                f'"{self.path}" is a folder; name a file in it, such as "{self.path}/table.csv"',
                setting="path",
            )
        if target.suffix.lower() in _OTHERS:
            raise ConfigureError(
                f'"{self.path}" ends as no CSV file does, and would not be opened as what it is; '
                f'write to "{Path(self.path).with_suffix(".csv")}"',
                setting="path",
            )
        if self.overwrite == "refuse" and target.exists():
            raise ConfigureError(
                f'"{self.path}" exists already; choose another name or set "overwrite" to '
                f'"replace"',
                setting="path",
            )

    def _write(self, table: pl.LazyFrame, file: BinaryIO, ctx: Context) -> None:
        schema = table.collect_schema()
        columns, lists = csv_columns(schema), [n for n, d in schema.items() if d == pl.List]
        options: dict[str, Any] = {
            "separator": self.delimiter,
            "decimal_comma": self.decimal == ",",
            "null_value": self.null,
        }
        head = pl.DataFrame(schema=dict.fromkeys(schema, pl.String))
        head.write_csv(file, include_header=self.header, **options)
        rows = 0
        # Batch by batch instead of sink_csv: it can be cancelled and takes no more memory.
        for batch in table.collect_batches(maintain_order=True):
            ctx.check()
            for name in lists:
                _check_lengths(batch[name])
            batch.select(columns).write_csv(file, include_header=False, **options)
            rows += batch.height
            ctx.progress(0.0, f"{rows:,} rows written")


def _check_lengths(column: pl.Series) -> None:
    # A name such as "^a.*$" would be a pattern to polars.
    longest = column.alias("list").list.len().max()
    if isinstance(longest, int) and longest > LONGEST_LIST:
        raise DataError(
            f'column "{column.name}" holds a list of {longest:,} values, too long for a cell of a '
            f"CSV file (limit {LONGEST_LIST:,}); leave the column out with a Column Filter"
        )
