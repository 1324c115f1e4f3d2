"""A file as a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from flowengine import ConfigureContext, ConfigureError, Context, DataError, File, Node, node
from flowengine_nodes.io import _json_list, _records
from flowengine_nodes.io._blanks import closed_up, has_blanks, is_aligned, without_alignment
from flowengine_nodes.io._csv import CsvFormat
from flowengine_nodes.io._dialect import Dialect, detect, looks_tabular
from flowengine_nodes.io._foreign import foreign, stand_in
from flowengine_nodes.io._plan import Plan
from flowengine_nodes.io._source import Source, open_source
from flowengine_nodes.io._text import (
    encoding_of,
    to_text,
    unix_lines,
    whole_lines,
    without_lines,
)
from flowengine_nodes.io._types import TypeName, with_types
from flowengine_nodes.io._written import DayOrder, Mark, Writing

SAMPLE = 4 << 20
"""Bytes from which delimiter, header and types are worked out; of smaller files, all."""

Format = Literal["csv", "tsv", "text", "jsonl", "parquet"]
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


@node(
    title="File Reader",
    keywords=("csv", "tsv", "json", "parquet", "text", "import", "load", "open", "excel"),
)
class FileReader(Node):
    """Read a table from a file: CSV, tab-separated, text, JSON or Parquet.

    Format, delimiter, header and the types of the columns are found out from the file (from its
    first 4 MB where it is larger) and can be set. A type that is found but does not fit a value
    further down is an error that names the row and the value. Files packed with gzip or zip are
    unpacked. Files larger than 64 MB are read while the next nodes work, and need not fit into
    memory, unless they are packed, in another encoding than UTF-8 or hold blanks beside their
    values.

    In CSV files lines without any value are skipped, and so are blanks behind the delimiter where
    all values have one (`5.1, 3.5, setosa`), and blanks that align columns. Dates are found where
    they are written as `2024-12-31` or `2024-12-31 23:59:00`; for `31.12.2024` and `12/31/2024` set
    `dates`. Numbers such as `1,234.5` need `thousands`. Neither is guessed: columns that these
    settings, `decimal` or `null_values` would make numbers or dates stay text, and a warning says
    which setting it is. A column of whole numbers stays text if one of them begins with a zero, as
    postcodes do (`01234`), since a number would lose it; `types` makes it `integer` all the same.
    Where the first line has one name less than the others have values, as R writes it, the first
    column is the one without a name.

    JSON is one object a line, or a list of objects. A text file gives one row a line, in the
    column `line`; it is taken for a table where its lines have equally many values and do not look
    like sentences. Excel workbooks are not read; save them as CSV.
    """

    path: Annotated[
        str, File("read", suffixes=(".csv", ".tsv", ".txt", ".jsonl", ".parquet", ".gz", ".zip"))
    ]
    """File to read."""
    format: Literal["auto"] | Format = "auto"
    """What kind of file it is; auto: found out from the ending of its name and its first bytes."""
    member: str | None = None
    """Name of the file inside a zip that holds several."""
    encoding: str = "utf-8"
    """How characters are encoded; others are `latin-1`, `cp1252` (Windows) and `utf-16`. A byte
    order mark in the file is heeded."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Character between two values; when empty, found out: comma, semicolon, tab, | or space."""
    header: Literal["auto", "yes", "no"] = "auto"
    """Whether the first line holds the names of the columns; without, they are `column_1` and so
    on."""
    types: dict[str, TypeName] = {}  # noqa: RUF012  # pydantic copies it
    """Types of columns that are not to be found out, by column name, such as `{"zip": "text"}`."""
    quote: Annotated[str, Field(min_length=1, max_length=1)] | None = '"'
    """Character around values that hold the delimiter or a line end; empty: none."""
    comment: Annotated[str, Field(min_length=1)] | None = None
    """Lines that start with this are skipped."""
    skip_rows: Annotated[int, Field(ge=0)] = 0
    """Number of lines to skip at the top of the file."""
    null_values: tuple[str, ...] = ()
    """Texts that stand for a missing value, such as `NA` or `?`; an empty value always does."""
    decimal: Literal[".", ","] = "."
    """Decimal mark of numbers."""
    thousands: Mark | None = None
    """Mark between the thousands of numbers, such as the comma in `1,234.5`; empty: none."""
    dates: DayOrder = "year_first"
    """How dates are written: `2024-12-31` (year_first, always understood), `31.12.2024` or
    `31/12/2024` (day_first), `12/31/2024` (month_first). It is never guessed."""
    limit: Annotated[int, Field(ge=0)] | None = None
    """Read at most this many rows; empty: all."""

    def configure(self, ctx: ConfigureContext) -> pl.Schema:
        return self._plan(ctx).schema

    def execute(self, ctx: Context) -> pl.LazyFrame:
        ctx.progress(0.0, "reading")
        return self._plan(ctx).read(self.limit)

    def _plan(self, ctx: ConfigureContext) -> Plan:
        source = open_source(ctx.path(self.path), self.path, self.member)
        data, complete = source.head(SAMPLE)
        if not data:
            raise DataError(f'"{self.path}" is empty')
        if sentence := foreign(data, self.path):
            raise DataError(sentence)
        while not complete and data.count(b"\n") < 2:  # a line longer than the sample
            data, complete = source.head(2 * len(data))
        known = _FORMATS.get(source.suffix)
        if "parquet" in (self.format, known if self.format == "auto" else "") or (
            self.format == "auto" and data.startswith(b"PAR1")
        ):
            return self._parquet(source)
        encoding = encoding_of(data, self.encoding)
        raw = to_text(data, encoding, self.path, complete=complete)
        text = unix_lines(raw)
        sample = without_lines(text, self.skip_rows)
        if not complete:
            sample = whole_lines(sample, self.quote)
        if not sample.strip():
            after = " after the rows that are skipped" if text.strip() else ""
            raise DataError(f'"{self.path}" is empty{after}')

        def content(skip: int) -> bytes:
            if complete:
                return without_lines(sample, skip).encode()
            everything = to_text(source.whole(), encoding, self.path, complete=True)
            return without_lines(unix_lines(everything), self.skip_rows + skip).encode()

        as_it_lies = source.packing == "none" and encoding == "utf-8" and text is raw
        path = source.path if as_it_lies and not complete else None
        kind = self._kind(source, sample)
        if kind == "jsonl" and _json_list.is_list(sample):
            return self._json_list(sample, content, complete=complete)
        if kind == "jsonl":
            return self._json(sample, None if self.skip_rows else path, content)
        if kind == "text":
            return self._text(path, content)
        return self._csv(sample, path, content, tabs=kind == "tsv", ctx=ctx)

    def _kind(self, source: Source, sample: str) -> Format:
        if self.format != "auto":
            return self.format
        if source.suffix in _FORMATS:
            return _FORMATS[source.suffix]
        may_be_prose = source.suffix in ("", ".txt", ".text", ".md", ".log")
        is_table = not may_be_prose or looks_tabular(sample) or is_aligned(sample)
        return "csv" if is_table else "text"

    def _csv(
        self,
        sample: str,
        path: Path | None,
        content: Callable[[int], bytes],
        *,
        tabs: bool,
        ctx: ConfigureContext,
    ) -> Plan:
        if self.thousands == self.decimal:
            raise ConfigureError(
                f'"thousands" and "decimal" are both "{self.decimal}"; one mark cannot be both',
                setting="thousands",
            )
        if sentence := stand_in(sample, self.path):
            raise DataError(sentence)
        if not tabs and self.delimiter in (None, " ") and is_aligned(sample):
            sample, path = without_alignment(sample), None
            content = _each(content, without_alignment)
        dialect = self._dialect(sample, self.delimiter or ("\t" if tabs else None))
        if has_blanks(sample, dialect, self.quote):
            close = partial(closed_up, delimiter=dialect.delimiter, quote=self.quote)
            sample, path, content = close(sample), None, _each(content, close)
            dialect = self._dialect(sample, dialect.delimiter)
        skip = self.skip_rows + dialect.lead
        writing = Writing(self.decimal, self.thousands, self.dates)
        reader = CsvFormat(self.path, dialect, writing, self.null_values, skip)
        found, rows = reader.infer(without_lines(sample, dialect.lead).encode(), settled=self.types)
        if not rows:
            ctx.warn(f'"{self.path}" has a header but no rows')
        for note in (*dialect.notes, *reader.notes):
            ctx.warn(note)
        schema = with_types(found, self.types)
        scan = partial(reader.scan, schema=schema)
        explain = partial(reader.explain, schema=schema)
        return Plan(schema, scan, explain, path, partial(content, dialect.lead))

    def _dialect(self, sample: str, delimiter: str | None) -> Dialect:
        return detect(
            sample,
            self.path,
            delimiter=delimiter,
            quote=self.quote,
            comment=self.comment,
            header=None if self.header == "auto" else self.header == "yes",
            decimal=self.decimal,
        )

    def _json(self, sample: str, path: Path | None, content: Callable[[int], bytes]) -> Plan:
        found = _records.json_schema(sample, self.path)
        schema = with_types(found, self.types)
        scan = partial(_records.scan_json, found=found, schema=schema)
        explain = self._explain(_records.explain_json)
        return Plan(schema, scan, explain, path, partial(content, 0))

    def _json_list(self, sample: str, content: Callable[[int], bytes], *, complete: bool) -> Plan:
        def lines(skip: int) -> bytes:
            return _json_list.to_lines(content(skip).decode(), self.path, complete=True).encode()

        known = _json_list.to_lines(sample, self.path, complete=complete) or lines(0).decode()
        if not known:
            raise DataError(f'"{self.path}" is an empty list')
        return self._json(known, None, lines)

    def _text(self, path: Path | None, content: Callable[[int], bytes]) -> Plan:
        # Bytes come without the lines to skip.
        def scan(source: Path | bytes) -> pl.LazyFrame:
            skip = self.skip_rows if isinstance(source, Path) else 0
            return _records.scan_lines(source, skip, self.comment)

        schema = with_types(pl.Schema({"line": pl.String()}), self.types)
        return Plan(schema, scan, self._explain(_records.explain_text), path, partial(content, 0))

    def _parquet(self, source: Source) -> Plan:
        path = source.path if source.packing == "none" else None
        found = _records.parquet_schema(path or source.whole(), self.path)
        schema = with_types(found, self.types)
        scan = partial(_records.scan_parquet, schema=schema)
        return Plan(schema, scan, self._explain(_records.explain_parquet), path, source.whole)

    def _explain(
        self, sentence: Callable[[Exception, str], DataError]
    ) -> Callable[[Exception, Path | bytes], DataError]:
        return lambda error, _: sentence(error, self.path)


def _each(content: Callable[[int], bytes], change: Callable[[str], str]) -> Callable[[int], bytes]:
    return lambda skip: change(content(skip).decode()).encode()
