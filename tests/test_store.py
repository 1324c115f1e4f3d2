"""The store: what goes in comes out, in this process and after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine.errors import StoreError
from flowengine.network import Network, NetworkSpec
from flowengine.ports import BUILTIN
from flowengine.store import Record, Store
from flowengine.tensor import TensorSpec
from flowengine.values import Chart, Model

TABLE, NETWORK, MODEL, CHART, VARIABLE = BUILTIN

Open = Callable[..., Store]


def no_layer(type_id: str, version: int, settings: dict[str, Any]) -> Any:
    raise AssertionError(f"no layer {type_id} is needed here")


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    stores: list[Store] = []

    def open_one(**options: Any) -> Store:
        stores.append(Store(tmp_path / ".flowengine", no_layer, **options))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


def record(key: str, *, seconds: float = 0.0, **facts: Any) -> Record:
    return Record(key=key, node=f"node_{key}", type="test.node", seconds=seconds, **facts)


def table(rows: int, *, start: int = 0) -> pl.DataFrame:
    return pl.DataFrame({"x": pl.int_range(start, start + rows, eager=True)})


LARGE = 20_000
"""Rows of a table that does not fit into a row of the database."""


def test_a_record_comes_back_as_it_went_in(open_store: Open) -> None:
    full = record(
        "k1",
        state="stopped",
        seconds=1.5,
        spec={"out": [{"name": "x", "type": "Int64"}]},
        summary={"out": {"rows": 3}},
        preview={"out": {"rows": [[1], [2]]}},
        warnings=("careful",),
        files={"out.csv": "abc"},
        provenance={"device": "cpu"},
    )
    with open_store() as store:
        store.save(full, {})
        assert store.lookup(["k1", "k2"]) == {"k1": full}
    assert open_store().lookup(["k1"]) == {"k1": full}


@pytest.mark.parametrize("rows", [3, LARGE])
def test_a_table_is_found_after_a_restart(open_store: Open, rows: int) -> None:
    with open_store() as store:
        store.save(record("k"), {"out": (TABLE, table(rows))}, keep="always")
        assert store.load("k", "out", TABLE).equals(table(rows))
    store = open_store()
    assert store.has_value("k", "out")
    assert store.load("k", "out", TABLE).equals(table(rows))


def test_a_value_of_every_port_type_is_found_after_a_restart(open_store: Open) -> None:
    import numpy as np

    spec = NetworkSpec.input("image", TensorSpec((28, 28, 1), "uint8"))
    values: dict[str, Any] = {
        "network": (NETWORK, Network(spec)),
        "chart": (CHART, Chart({"mark": "bar"}, table(2))),
        "number": (VARIABLE, 3.5),
        "record": (VARIABLE, {"a": [1, 2]}),
    }
    model = Model("scaler", {"columns": ["x"]}, {"mean": np.arange(20_000.0)})
    with open_store() as store:
        store.save(record("k"), {**values, "model": (MODEL, model)}, keep="always")
    store = open_store()
    assert store.load("k", "network", NETWORK).spec == spec
    assert store.load("k", "chart", CHART).table.equals(table(2))
    assert store.load("k", "number", VARIABLE) == 3.5
    assert store.load("k", "record", VARIABLE) == {"a": [1, 2]}
    assert (store.load("k", "model", MODEL).tensors["mean"] == model.tensors["mean"]).all()


def test_a_quick_large_value_lives_in_memory_only(open_store: Open) -> None:
    with open_store() as store:
        store.save(record("k", seconds=0.001), {"out": (TABLE, table(LARGE))})
        assert store.has_value("k", "out")
        assert store.load("k", "out", TABLE).equals(table(LARGE))
    store = open_store()
    assert "k" in store.lookup(["k"])
    assert not store.has_value("k", "out")
    with pytest.raises(StoreError, match='"node_k" at its port "out" was not kept'):
        store.load("k", "out", TABLE)


def test_a_costly_large_value_goes_to_disk(open_store: Open) -> None:
    with open_store() as store:
        store.save(record("k", seconds=10.0), {"out": (TABLE, table(LARGE))})
    assert open_store().has_value("k", "out")
