"""Values as files that other programs open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from flowengine.diagram import network_diagram
from flowengine.errors import listing, suggest
from flowengine.network import Network
from flowengine.nn.network_file import network_bytes
from flowengine.planning.plan import Plan
from flowengine.ports import PortType
from flowengine.server.values.columns import kind_of, type_words
from flowengine.server.values.lookup import LoadedValues, NoSuchPlace, place_of
from flowengine.server.values.views import network_at, plain
from flowengine.store import Store
from flowengine.values import Chart, Model
from flowengine.writers import write_network

if TYPE_CHECKING:
    import polars as pl

FORMATS = {
    "table": ("csv", "parquet", "json"),
    "network": ("safetensors", "keras", "svg", "json"),
    "model": ("safetensors", "json"),
    "chart": ("json", "csv"),
    "variable": ("json",),
}
"""Formats by port type; those that packs bring along have JSON of their summary."""
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "svg": "image/svg+xml",
    "safetensors": "application/octet-stream",
    "keras": "application/octet-stream",
}


def write_download(
    values: LoadedValues, store: Store, plan: Plan, node: str, port: str, format: str, target: Path
) -> None:
    """Write the value at a port to a file.

    Args:
        values: The values looked at last.
        store: The store.
        plan: The workflow's plan.
        node: Path of the node.
        port: Its output.
        format: One of the formats of the port's type.
        target: The file; its folder must exist.

    Raises:
        NoSuchPlace: There is no such place, or no such format for its type.
        NotThere: The value is not there.
        NodeError: The network cannot be written in this format.
    """
    place = place_of(plan, node, port)
    known = FORMATS.get(place.type.id, ("json",))
    if format not in known:
        raise NoSuchPlace(
            f'a {place.type.id} cannot be downloaded as "{format}".{suggest(format, known)} '
            f"There is {listing(known)}"
        )
    if format == "svg":
        target.write_text(network_diagram(network_at(values, store, place)), encoding="utf-8")
        return
    value = values.find(store, place).value
    if format == "keras":
        write_network(value, format, target, plan.registry, seed=place.planned.seed)
    elif format == "json":
        _write_json(value, place.type, target)
    elif format == "safetensors":
        _write_tensors(value, place.type, target)
    elif format == "csv":
        _write_csv(value.table if isinstance(value, Chart) else value, target)
    else:
        value.write_parquet(target)


def file_name(workflow: str, node: str, port: str, format: str) -> str:
    """Return a name for a downloaded file that every system takes."""
    parts = [Path(workflow).stem, node, *([port] if port != "out" else [])]
    words = "_".join(re.sub(r"[^A-Za-z0-9._-]+", "_", part).strip("._") for part in parts)
    return f"{words or 'download'}.{'py' if format == 'python' else format}"


def _write_csv(table: pl.DataFrame, target: Path) -> None:
    columns = [_text_column(name, dtype) for name, dtype in table.schema.items()]
    table.lazy().select(columns).sink_csv(target)


def _text_column(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as CSV has it: pictures named, lengths of time as ISO, lists as JSON."""
    import polars as pl
    import polars.selectors as cs

    # Not pl.col, which takes names such as "*" and "^a.*$" for several columns.
    column = cs.by_name(name).as_expr()
    if kind_of(dtype) == "image" or isinstance(dtype, pl.Binary | pl.Object):
        words = pl.lit(type_words(dtype))
        return pl.when(column.is_not_null()).then(words).alias(name)
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    if isinstance(dtype, pl.Struct):
        return pl.when(column.is_not_null()).then(column.struct.json_encode()).alias(name)
    if not dtype.is_nested():
        return column
    # Polars encodes records only: wrap the value in one and cut the wrapping off again.
    wrapped = pl.struct(column.alias("v")).struct.json_encode()
    text = wrapped.str.slice(len('{"v":')).str.head(-1)
    return pl.when(column.is_not_null()).then(text).alias(name)


def _write_tensors(value: Any, kind: PortType, target: Path) -> None:
    if isinstance(value, Network):
        target.write_bytes(network_bytes(value))
        return
    with target.open("wb") as file:
        kind.write(value, file)


def _write_rows(table: pl.DataFrame, target: Path) -> None:
    import polars as pl

    # JSON has no bytes: they are named, as in a CSV file
    bytes_like = pl.Binary | pl.Object
    named = [
        _text_column(name, dtype)
        for name, dtype in table.schema.items()
        if isinstance(dtype, bytes_like)
    ]
    table.with_columns(named).write_json(target)


def _write_json(value: Any, kind: PortType, target: Path) -> None:
    if kind.id == "table":
        _write_rows(value, target)
        return
    data: Any = value
    if isinstance(value, Network):
        data = value.spec.to_json()
    elif isinstance(value, Model):
        data = {"kind": value.kind, "settings": dict(value.settings)}
    elif isinstance(value, Chart):
        data = {**value.specification, "datasets": {"table": value.table.to_dicts()}}
    elif kind.id != "variable":
        data = kind.summary(value)
    target.write_bytes(orjson.dumps(plain(data), option=orjson.OPT_INDENT_2))
