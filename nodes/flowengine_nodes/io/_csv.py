"""CSV text to tables: which types the columns have, and reading them as just these types."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import polars as pl
from polars.selectors import by_name

from flowengine import DataError
from flowengine_nodes.io._dialect import Dialect
from flowengine_nodes.io._hints import hints
from flowengine_nodes.io._padded import may_be_padded, padded_columns
from flowengine_nodes.io._ragged import find_misfit
from flowengine_nodes.io._text import not_encoded
from flowengine_nodes.io._types import plain_types, type_name
from flowengine_nodes.io._written import Writing

_DAY, _CLOCK = r"^\d{4}-\d\d-\d\d", r"[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_FOUND_BY_PATTERN: dict[str, pl.DataType] = {
    f"{_DAY}$": pl.Date(),
    f"{_DAY}{_CLOCK}$": pl.Datetime("us"),
    f"{_DAY}{_CLOCK}(Z|[+-]\\d\\d:?\\d\\d)$": pl.Datetime("us", "UTC"),
    # Without infinity, polars has found them.
    r"(?i)^-?((0|[1-9]\d*)(\.\d*)?(e[+-]?\d+)?|inf|nan)$": pl.Float64(),
}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_TOLD = 100
"""Bytes of a value by which it is found in the file."""
_MISFIT = re.compile(r"could not parse `(.*?)` as dtype `(.*?)` at column '(.*?)' \(", re.DOTALL)
_MISREAD = re.compile(r"conversion from `str` to `.*?` failed in column '(.*?)' for ", re.DOTALL)


@dataclass(frozen=True)
class CsvFormat:
    """Everything polars needs to read a CSV file, except the types.

    Args:
        label: Name of the file in sentences.
        dialect: How it is written.
        writing: How numbers and dates are written.
        nulls: Texts that stand for a missing value.
        skip: Lines of a file before the first row of values; bytes come without them.
        notes: What a person should know of what was found.
        plain: The columns, found by ``infer``, that polars reads by itself, with their types.
    """

    label: str
    dialect: Dialect
    writing: Writing
    nulls: Sequence[str]
    skip: int
    notes: list[str] = field(default_factory=list)
    plain: dict[str, pl.DataType] = field(default_factory=dict)

    def scan(self, source: Path | bytes, schema: pl.Schema) -> pl.LazyFrame:
        """Return the rows that have any value, as ``schema``."""
        own = [
            name
            for name, dtype in schema.items()
            if self.plain.get(name) != dtype and self.writing.reads(dtype)
        ]
        raw = pl.Schema({**schema, **dict.fromkeys(own, pl.String())})
        # As a filter of the plan, it would take a time that grows with the square of the columns.
        rows = self._raw(source, raw).map_batches(
            _with_a_value,
            predicate_pushdown=False,
            projection_pushdown=False,
            slice_pushdown=False,
            streamable=True,
        )
        return rows.with_columns([self.writing.value(name, schema[name]) for name in own])

    def infer(self, sample: bytes, settled: Collection[str] = ()) -> tuple[pl.Schema, int]:
        """Return names and types of the columns, and the number of rows, of a sample.

        Args:
            sample: The first lines of values.
            settled: Columns whose types were set, of which no note is taken.

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
        # Under another name, as polars takes one such as "^a.*$" for a pattern.
        plain = {name: frame[name].alias("value") for name in names}
        likely = {name: dtype for name in names if (dtype := _by_pattern(plain[name])) is not None}
        schema.update(self._fitting(sample, schema, likely))
        texts = [column for column in frame if schema[column.name] == column.dtype == pl.String]
        if self.writing.reads(pl.Float64()):
            # Polars takes any point for a decimal mark, also where another one was set.
            texts += self._as_text(sample, [n for n, t in schema.items() if t == pl.Float64])
        found = {column.name: self.writing.found(column.alias("value")) for column in texts}
        own = {name: dtype for name, dtype in found.items() if dtype is not None}
        schema.update({name: own.get(name, pl.String()) for name in found})
        # Further down there may be marks between thousands, also where there are none here.
        self.plain.update(
            {
                name: dtype
                for name, dtype in schema.items()
                if name not in own and not (dtype.is_numeric() and self.writing.reads(dtype))
            }
        )
        doubtful = [text for text in texts if text.name not in {*own, *settled}]
        self.notes.extend(hints(doubtful, self.writing, self.nulls, self.label))
        return schema, frame.height

    def explain(
        self, error: Exception, source: Path | bytes, schema: pl.Schema | None = None
    ) -> DataError:
        """Return what polars says of a file, read as ``schema``, in the words of a person."""
        text = str(error)
        if (misread := _MISREAD.search(text)) and schema is not None:
            return self._misread(source, misread[1], schema[misread[1]])
        if "invalid utf-8" in text:
            return not_encoded(self.label, "utf-8")
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
        if (quote := self.dialect.quote) and value[:1] == value[-1:] == quote:
            value = value[1:-1].replace(2 * quote, quote)
        if "not properly escaped" in text:
            return self._never_closed(self._line_of(source, found[1]))
        where, _ = self._rows_with(source, by_name(column).as_expr() == value, column)
        return self._misfit(where, column, value, type_name(schema[column]) if schema else dtype)

    def _misfit(self, where: str, column: str, value: str, type_name: str) -> DataError:
        # Whole numbers in all rows of the sample say nothing of those below.
        wider = "number" if type_name == "integer" and _NUMBER.fullmatch(value) else "text"
        return DataError(
            f'"{self.label}"{where}, column "{column}": "{value}" does not fit the type '
            f'"{type_name}"; set "types" to {{"{column}": "{wider}"}}, or add the value to '
            f'"null_values"'
        )

    def _misread(self, source: Path | bytes, column: str, dtype: pl.DataType) -> DataError:
        value = self.writing.value(column, dtype, strict=False)
        is_wrong = by_name(column).as_expr().is_not_null() & value.is_null()
        where, text = self._rows_with(source, is_wrong, column)
        if not dtype.is_temporal():
            return self._misfit(where, column, text, type_name(dtype))
        return DataError(
            f'"{self.label}"{where}, column "{column}": "{text}" is no date with the '
            f'{self.writing.dates.removesuffix("_first")} first, as "dates" says; set "dates", or '
            f'"types" to {{"{column}": "text"}}'
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
            "decimal_comma": self.writing.decimal == ",",
        }

    def _rows_with(self, source: Path | bytes, condition: pl.Expr, column: str) -> tuple[str, str]:
        """Return where the first row of that kind is, and its value; empty where it is unknown."""
        texts = pl.Schema(dict.fromkeys(self.dialect.names, pl.String()))
        rows = self.scan(source, texts).with_row_index("", offset=1)
        try:
            found = rows.filter(condition).head(1).collect(engine="streaming")
        except pl.exceptions.PolarsError:
            return "", ""
        return (f" row {found.item(0, 0):,}", found[column].item()) if found.height else ("", "")

    def _padded(self, sample: bytes, schema: pl.Schema) -> list[str]:
        """Return the columns of whole numbers that have a value such as 01234."""
        whole = [name for name, dtype in schema.items() if dtype == pl.Int64]
        if not whole or not may_be_padded(sample, self.dialect.delimiter, self.dialect.quote):
            return []
        texts = pl.Schema(dict.fromkeys(schema, pl.String()))
        return padded_columns(self._raw(sample, texts), whole)

    def _as_text(self, sample: bytes, names: list[str]) -> list[pl.Series]:
        texts = pl.Schema(dict.fromkeys(self.dialect.names, pl.String()))
        return self._raw(sample, texts).select(by_name(names)).collect().get_columns()

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


def _halves(names: list[str]) -> tuple[list[str], list[str]]:
    middle = len(names) // 2
    return names[:middle], names[middle:]


def _with_a_value(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.any_horizontal(pl.all().is_not_null()))


def _by_pattern(column: pl.Series) -> pl.DataType | None:
    """Return the type of a column of text that holds dates of ISO 8601 or infinite numbers."""
    if column.dtype != pl.String or column.null_count() == len(column):
        return None
    for pattern, dtype in _FOUND_BY_PATTERN.items():
        if column.str.contains(pattern).all():
            return dtype
    return None
