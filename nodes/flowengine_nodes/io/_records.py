"""JSON lines, Parquet and plain lines of text to tables."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import polars as pl

from flowengine import DataError
from flowengine_nodes.io._json_list import refuse_constant
from flowengine_nodes.io._types import plain_types
from flowengine_nodes.io._written import Writing

_MISREAD = re.compile(r"conversion from .* failed in column '(.*?)' for .*?: \[(.*)\]")


def json_schema(sample: str, label: str) -> pl.Schema:
    """Return names and types of what the JSON objects of a sample hold.

    Raises:
        DataError: A line is no JSON object.
    """
    _check_json(sample, label)
    found = pl.read_ndjson(sample.encode(), infer_schema_length=None).schema
    return plain_types(found)


def scan_json(source: Path | bytes, found: pl.Schema, schema: pl.Schema) -> pl.LazyFrame:
    """Return JSON lines as a table, with the types ``found`` in them changed to ``schema``'s."""
    return _with_types(pl.scan_ndjson(source, schema=found), found, schema)


def explain_json(error: Exception, label: str) -> DataError:
    """Return what polars says of JSON lines in the words of a person."""
    if misread := _misread(error, label):
        return misread
    return DataError(
        f'"{label}" has a line that does not fit the others: {str(error).splitlines()[0]}; mend '
        f'the line, or set the type of its column in "types"'
    )


def parquet_schema(source: Path | bytes, label: str) -> pl.Schema:
    """Return the names and types a Parquet file states.

    Raises:
        DataError: It is no Parquet file, or damaged.
    """
    try:
        return scan_parquet(source).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise explain_parquet(error, label) from None


def scan_parquet(source: Path | bytes, schema: pl.Schema | None = None) -> pl.LazyFrame:
    """Return a Parquet file as a table, with types changed to those of ``schema``."""
    frame = pl.scan_parquet(source if isinstance(source, Path) else io.BytesIO(source), glob=False)
    return frame if schema is None else _with_types(frame, frame.collect_schema(), schema)


def explain_parquet(error: Exception, label: str) -> DataError:
    """Return what polars says of a Parquet file in the words of a person."""
    return _misread(error, label) or DataError(
        f'"{label}" cannot be read as Parquet: {str(error).splitlines()[0]}'
    )


def scan_lines(source: Path | bytes, skip: int, comment: str | None) -> pl.LazyFrame:
    """Return lines of text as a table with the one column ``line``."""
    line = pl.col("line")
    if isinstance(source, Path):
        frame = pl.scan_lines(source, name="line").slice(skip)
    else:
        lines = source.decode().split("\n")
        frame = pl.LazyFrame({"line": lines[: -1 if not lines[-1] else None]})
    frame = frame.select(line.str.strip_chars_end("\r"))
    return frame.filter(~line.str.starts_with(comment)) if comment else frame


def explain_text(error: Exception, label: str) -> DataError:
    """Return what polars says of a text file in the words of a person."""
    return DataError(f'"{label}" cannot be read as text: {str(error).splitlines()[0]}')


def _with_types(frame: pl.LazyFrame, found: pl.Schema, schema: pl.Schema) -> pl.LazyFrame:
    """Return a table with other types; texts become dates as ISO 8601 writes them."""
    moments = [
        Writing().value(name, dtype)
        for name, dtype in schema.items()
        if found[name] == pl.String and dtype in (pl.Date, pl.Datetime("us"))
    ]
    return frame if found == schema else frame.with_columns(moments).cast(schema)


def _misread(error: Exception, label: str) -> DataError | None:
    """Return what polars says of a value that does not have the type that was set."""
    found = _MISREAD.search(str(error))
    if found is None:
        return None
    return DataError(
        f'"{label}", column "{found[1]}": {found[2]} does not fit the type that is set; set '
        f'"types" to {{"{found[1]}": "text"}}'
    )


def _check_json(sample: str, label: str) -> None:
    decode = json.JSONDecoder(parse_constant=refuse_constant).decode
    for number, line in enumerate(sample.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = decode(line)
        except RecursionError:
            raise DataError(
                f'"{label}", line {number:,} has lists and objects too deep in each other'
            ) from None
        except ValueError as error:
            reason = str(error).partition(": line")[0]
            hint = "; it looks like one JSON document" if line.strip() == "{" else ""
            raise DataError(
                f'"{label}", line {number:,} is no JSON ({reason}){hint}; this format wants one '
                f"object a line, or one list of objects"
            ) from None
        if "\\ud" in line.lower() and not _is_text(value):
            raise DataError(
                f'"{label}", line {number:,} holds half of a character (\\ud800 …), which no table '
                f"can hold"
            )
        if not isinstance(value, dict):
            raise DataError(
                f'"{label}", line {number:,} is no JSON object such as {{"a": 1}}; this format '
                f"wants one object a line"
            )


def _is_text(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
