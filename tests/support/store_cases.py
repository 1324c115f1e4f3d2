"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from flowengine.ports import BUILTIN
from flowengine.store import Record, Store

TABLE, NETWORK, MODEL, CHART, VARIABLE = BUILTIN

LARGE = 20_000
"""Rows of a table that does not fit into a row of the database."""

Open = Callable[..., Store]


def no_layer(type_id: str, version: int, settings: dict[str, Any]) -> Any:
    raise AssertionError(f"no layer {type_id} is needed here")


def record(key: str, *, seconds: float = 0.0, **facts: Any) -> Record:
    return Record(key=key, node=f"node_{key}", type="test.node", seconds=seconds, **facts)


def table(rows: int, *, start: int = 0) -> pl.DataFrame:
    return pl.DataFrame({"x": pl.int_range(start, start + rows, eager=True)})


def value_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / ".flowengine/values").rglob("*") if path.is_file())
