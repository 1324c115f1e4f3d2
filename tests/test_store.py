"""The store: what goes in comes out, in this process and after a restart."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.store_cases import (
    CHART,
    LARGE,
    MODEL,
    NETWORK,
    TABLE,
    VARIABLE,
    Open,
    record,
    table,
    value_files,
)

from flowengine.errors import StoreError
from flowengine.network import Network, NetworkSpec
from flowengine.store.database import Database
from flowengine.tensor import TensorSpec
from flowengine.values import Chart, Model

pytest_plugins = ["support.store_fixtures"]


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
    with pytest.raises(StoreError, match=r'"node_k" at its port "out" was not kept'):
        store.load("k", "out", TABLE)


def test_a_costly_large_value_goes_to_disk(open_store: Open) -> None:
    with open_store() as store:
        store.save(record("k", seconds=10.0), {"out": (TABLE, table(LARGE))})
    assert open_store().has_value("k", "out")


def test_a_value_larger_than_the_memory_goes_to_disk(open_store: Open) -> None:
    store = open_store(memory_limit=1000)
    store.save(record("k"), {"out": (TABLE, table(LARGE))})
    assert store.load("k", "out", TABLE).equals(table(LARGE))


def test_memory_stays_within_its_limit_and_lets_the_oldest_go(open_store: Open) -> None:
    store = open_store(memory_limit=3 * 8 * LARGE)
    for number in range(3):
        store.save(record(f"k{number}"), {"out": (TABLE, table(LARGE))})
    store.load("k0", "out", TABLE)
    store.save(record("k3"), {"out": (TABLE, table(LARGE))})
    assert [store.has_value(f"k{number}", "out") for number in range(4)] == [
        True,
        False,
        True,
        True,
    ]


def test_a_released_value_is_gone_but_its_record_stays(open_store: Open) -> None:
    store = open_store()
    store.save(record("k"), {"out": (TABLE, table(LARGE))})
    store.release("k")
    assert "k" in store.lookup(["k"])
    assert not store.has_value("k", "out")


def test_a_lazy_table_is_written_and_comes_back_as_a_table(open_store: Open) -> None:
    with open_store() as store:
        store.save(record("large"), {"out": (TABLE, table(LARGE).lazy())})
        store.save(record("small"), {"out": (TABLE, table(3).lazy())})
        assert store.load("large", "out", TABLE).equals(table(LARGE))
    store = open_store()
    assert store.load("large", "out", TABLE).equals(table(LARGE))
    assert store.load("small", "out", TABLE).equals(table(3))


def test_saving_again_replaces_the_value_and_its_file(open_store: Open, tmp_path: Path) -> None:
    for start in (0, 5):
        with open_store() as store:
            store.save(record("k"), {"out": (TABLE, table(LARGE, start=start))}, keep="always")
    assert open_store().load("k", "out", TABLE).equals(table(LARGE, start=5))
    assert len(value_files(tmp_path)) == 1


def test_saving_again_at_once_replaces_the_waiting_row(open_store: Open, tmp_path: Path) -> None:
    with open_store() as store:
        for start in (0, 5):
            store.save(record("k"), {"out": (TABLE, table(LARGE, start=start))}, keep="always")
    assert open_store().load("k", "out", TABLE).equals(table(LARGE, start=5))
    assert len(value_files(tmp_path)) == 1


def test_another_open_store_sees_a_replaced_value(open_store: Open) -> None:
    first, second = open_store(), open_store(memory_limit=0)
    first.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    first.flush()
    assert second.lookup(["k"])
    first.save(record("k"), {"out": (TABLE, table(LARGE, start=5))}, keep="always")
    first.flush()
    assert second.load("k", "out", TABLE).equals(table(LARGE, start=5))


def test_a_forgotten_record_is_gone_with_its_file(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    store.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    store.forget("k")
    assert store.lookup(["k"]) == {}
    assert not store.has_value("k", "out")
    assert value_files(tmp_path) == []


def test_a_waiting_row_reaches_other_processes_by_itself(open_store: Open) -> None:
    first, second = open_store(), open_store()
    first.save(record("k"), {"out": (VARIABLE, 1)})
    deadline = time.monotonic() + 5
    while not second.lookup(["k"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert second.load("k", "out", VARIABLE) == 1


def test_no_thread_is_left_after_closing(open_store: Open) -> None:
    with open_store() as store:
        store.save(record("k"), {})
        store.claim("other")
        assert any(thread.name.startswith("flowengine") for thread in threading.enumerate())
    assert not any(thread.name.startswith("flowengine") for thread in threading.enumerate())


def test_threads_may_share_a_store(open_store: Open) -> None:
    store = open_store()
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(100):
                key = f"k{name}_{number}"
                store.save(record(key), {"out": (VARIABLE, number)})
                assert store.lookup([key])
                assert store.load(key, "out", VARIABLE) == number
                if number % 10 == 0:
                    store.flush()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.info()["rows"] == 400


def test_who_reads_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db")
    count, found = "SELECT COUNT(*) FROM runs", []
    with database.write() as connection:
        connection.execute("INSERT INTO runs VALUES ('r', '', '', '', '', '', 1, 1, 1, 1, '')")
        thread = threading.Thread(target=lambda: found.extend(database.read(count)))
        thread.start()
        thread.join(10)
        assert found == [(0,)], "it sees what was there before, at once"
    assert database.read(count) == [(1,)]
    database.close()


def test_the_folder_is_private_and_ignored_by_git(open_store: Open, tmp_path: Path) -> None:
    open_store()
    folder = tmp_path / ".flowengine"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_clearing_leaves_an_empty_store_that_works(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    store.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    (store.checkpoints("work") / "c.safetensors").write_bytes(b"x")
    store.clear()
    assert store.info() | {"limit": 0} == dict.fromkeys(store.info(), 0)
    assert value_files(tmp_path) == []
    store.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    assert store.load("k", "out", TABLE).equals(table(LARGE))
