"""CSV text to tables: which types the columns have, and reading them as just these types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import polars as pl
from polars.selectors import by_name

from flowengine import DataError
from flowengine.errors import listing
from flowengine_nodes.io._dialect import Dialect
from flowengine_nodes.io._padded import may_be_padded, padded_columns
from flowengine_nodes.io._ragged import find_misfit
from flowengine_nodes.io._text import not_encoded
from flowengine_nodes.io._types import plain_types

_DAY, _CLOCK = r"^\d{4}-\d\d-\d\d", r"[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_MOMENTS: dict[str, pl.DataType] = {
    f"{_DAY}$": pl.Date(),
    f"{_DAY}{_CLOCK}$": pl.Datetime("us"),
    f"{_DAY}{_CLOCK}(Z|[+-]\\d\\d:?\\d\\d)$": pl.Datetime("us", "UTC"),
}
# What polars calls the types that are found, and what the setting "types" calls them.
_NAMES = {"i64": "integer", "f64": "number", "bool": "boolean"}
_TOLD = 100
"""Bytes of a value by which it is found in the file."""
_MISFIT = re.compile(r"could not parse `(.*?)` as dtype `(.*?)` at column '(.*?)' \(", re.DOTALL)


@dataclass(frozen=True)
class CsvFormat:
    """Everything polars needs to read a CSV file, except the types.

    Args:
        label: Name of the file in sentences.
        dialect: How it is written.
        decimal: Decimal mark.
        nulls: Texts that stand for a missing value.
        skip: Lines of a file before the first row of values; bytes come without them.
        notes: What a person should know of what was found.
    """

    label: str
    dialect: Dialect
    decimal: str
    nulls: Sequence[str]
    skip: int
    notes: list[str] = field(default_factory=list)

    def scan(self, source: Path | bytes, schema: pl.Schema) -> pl.LazyFrame:
        """Return the rows that have any value, as ``schema``."""
        # As a filter of the plan, it would take a time that grows with the square of the columns.
        return self._raw(source, schema).map_batches(
            _with_a_value,
            predicate_pushdown=False,
            projection_pushdown=False,
            slice_pushdown=False,
            streamable=True,
        )

    def infer(self, sample: bytes) -> tuple[pl.Schema, int]:
        """Return names and types of the columns, and the number of rows, of a sample.

        Raises:
            DataError: A line has more or fewer values than the first.
        """
        self._check_width(sample)
        names = self.dialect.names
        try:
            frame = pl.read_csv(
                sample,
                has_header=False,
                new_columns=list(names),
                infer_schema_length=None,
                **self._options(),
            )
        except pl.exceptions.NoDataError:
            return pl.Schema(dict.fromkeys(names, pl.String())), 0
        except pl.exceptions.PolarsError as error:
            raise self.explain(error, sample) from None
        schema = plain_types(frame.schema)
        schema.update(dict.fromkeys(self._padded(sample, schema), pl.String()))
        moments = {name: dtype for name in names if (dtype := _moments(frame[name])) is not None}
        schema.update(self._fitting(sample, schema, moments))
        commas = [name for name, dtype in schema.items() if dtype == pl.String]
        commas = [name for name in commas if self.decimal == "." and _has_commas(frame[name])]
        if commas:
            self.notes.append(
                f'numbers with a decimal comma in {listing(commas)} of "{self.label}" are read as '
                f'text; set "decimal" to "," to read them as numbers'
            )
        return schema, frame.height

    def explain(self, error: Exception, source: Path | bytes) -> DataError:
        """Return what polars says of a file in the words of a person."""
        text = str(error)
        if "invalid utf-8" in text:
            return not_encoded(self.label, "utf-8", None, None)
        if "more fields than defined" in text:
            return DataError(
                f'"{self.label}" has a line with more than {len(self.dialect.names)} values; '
                f"mend the line, or check delimiter, quote and skip_rows"
            )
        if "CSV malformed" in text:
            return DataError(
                f'"{self.label}" has quotes inside a value that are not doubled; mend the file or '
                f'set "quote" to null'
            )
        found = _MISFIT.search(text)
        if found is None:
            return DataError(
                f'"{self.label}" cannot be read as CSV ({text.splitlines()[0]}); check the '
                f"settings delimiter, quote, header and skip_rows"
            )
        value, dtype, column = found.groups()
        if "not properly escaped" in text:
            return self._never_closed(self._line_of(source, value))
        where = self._row_of(source, column, value)
        return DataError(
            f'"{self.label}"{where}, column "{column}": "{value}" does not fit the type '
            f'"{_NAMES.get(dtype, dtype)}"; '
            f'set "types" to {{"{column}": "text"}}, or add the value to "null_values"'
        )

    def _raw(self, source: Path | bytes, schema: pl.Schema) -> pl.LazyFrame:
        return pl.scan_csv(
            source,
            schema=schema,
            skip_lines=0 if isinstance(source, bytes) else self.skip,
            has_header=False,
            glob=False,
            **self._options(),
        )

    def _options(self) -> dict[str, Any]:
        return {
            "separator": self.dialect.delimiter,
            "quote_char": self.dialect.quote,
            "comment_prefix": self.dialect.comment,
            # Quoted empty values are missing too.
            "null_values": ["", *self.nulls],
            "decimal_comma": self.decimal == ",",
        }

    def _row_of(self, source: Path | bytes, column: str, value: str) -> str:
        texts = pl.Schema(dict.fromkeys(self.dialect.names, pl.String()))
        rows = self.scan(source, texts).with_row_index("", offset=1)
        try:
            found = rows.filter(pl.col(column) == value).head(1).collect(engine="streaming")
        except pl.exceptions.PolarsError:
            return ""
        return f" row {found.item(0, 0):,}" if found.height else ""

    def _padded(self, sample: bytes, schema: pl.Schema) -> list[str]:
        """Return the columns of whole numbers that have a value such as 01234."""
        whole = [name for name, dtype in schema.items() if dtype == pl.Int64]
        if not whole or not may_be_padded(sample, self.dialect.delimiter, self.dialect.quote):
            return []
        texts = pl.Schema(dict.fromkeys(schema, pl.String()))
        return padded_columns(self._raw(sample, texts), whole)

    def _fitting(
        self, sample: bytes, schema: pl.Schema, types: dict[str, pl.DataType]
    ) -> dict[str, pl.DataType]:
        """Return those of the types that all values of their columns have."""
        if not types:
            return {}
        wanted = pl.Schema({**schema, **types})
        try:
            self._raw(sample, wanted).select(by_name(*types)).collect()
        except pl.exceptions.PolarsError:
            if len(types) == 1:
                return {}
            halves = ({name: types[name] for name in half} for half in _halves(list(types)))
            return {
                name: dtype
                for half in halves
                for name, dtype in self._fitting(sample, schema, half).items()
            }
        return types

    def _line_of(self, source: Path | bytes, value: str) -> int | None:
        start = value.encode()[:_TOLD]
        if isinstance(source, bytes):
            place = source.rfind(start)
            return None if place < 0 else source.count(b"\n", 0, place) + 1 + self.skip
        with source.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            place = data.rfind(start)
            return None if place < 0 else data[:place].count(b"\n") + 1

    def _never_closed(self, line: int | None) -> DataError:
        where = "" if line is None else f", line {line:,}"
        quote = self.dialect.quote
        return DataError(
            f'"{self.label}"{where}: a quote ({quote}) opens here and is not closed where the '
            f'value ends; close it, or set "quote" to null if quotes mean nothing in this file'
        )

    def _check_width(self, sample: bytes) -> None:
        # Polars fills up short lines in silence.
        misfit = find_misfit(sample, self.dialect)
        if misfit is None:
            return
        line, columns = misfit.line + self.skip, len(self.dialect.names)
        if misfit.is_open:
            raise self._never_closed(line)
        raise DataError(
            f'"{self.label}", line {line:,}: {misfit.width} value{"s" * (misfit.width != 1)} for '
            f"{columns} column{'s' * (columns != 1)}; mend the line, or check the settings "
            f"delimiter, quote, comment and skip_rows"
        )


def _has_commas(column: pl.Series) -> bool:
    """Return whether a column of text holds nothing but numbers such as 1,75."""
    known = column.drop_nulls().cast(pl.String)
    return bool(known.len()) and bool(known.str.contains(r"^\s*[+-]?\d+,\d+\s*$").all())


def _halves(names: list[str]) -> tuple[list[str], list[str]]:
    middle = len(names) // 2
    return names[:middle], names[middle:]


def _with_a_value(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.any_horizontal(pl.all().is_not_null()))


def _moments(column: pl.Series) -> pl.DataType | None:
    """Return the type of a column of text that holds dates or times as ISO 8601 writes them."""
    if column.dtype != pl.String or column.null_count() == len(column):
        return None
    for pattern, dtype in _MOMENTS.items():
        if column.str.contains(pattern).all():
            return dtype
    return None
