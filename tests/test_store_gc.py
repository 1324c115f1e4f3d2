"""Collecting: the store comes within its limit and keeps what was used last."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
from support.store_cases import LARGE, NETWORK, TABLE, VARIABLE, Open, record, table, value_files

from flowengine.blobs import blob_path, save_blob
from flowengine.network import Network, NetworkSpec
from flowengine.store import Store
from flowengine.tensor import TensorSpec

pytest_plugins = ["support.store_fixtures"]

SIZE = 8 * LARGE
"""Bytes of a large table, about."""


def save_large(store: Store, *keys: str) -> None:
    for key in keys:
        store.save(record(key), {"out": (TABLE, table(LARGE))}, keep="always")
        store.flush()


def test_the_least_recently_used_go_first(open_store: Open) -> None:
    with open_store() as store:
        save_large(store, "k0", "k1", "k2", "k3")
    store = open_store()
    store.lookup(["k0"])
    freed = store.gc(int(2.5 * SIZE))
    assert freed >= 2 * SIZE
    assert store.lookup(["k0", "k1", "k2", "k3"]).keys() == {"k0", "k3"}
    assert store.info()["total"] <= 2.5 * SIZE


def test_files_of_collected_records_are_gone(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    save_large(store, "k0", "k1")
    store.gc(0)
    assert value_files(tmp_path) == []
    assert store.info()["total"] == 0


def test_a_pinned_record_stays(open_store: Open) -> None:
    store = open_store()
    save_large(store, "k0", "k1")
    store.pin("k0")
    store.gc(0)
    assert store.lookup(["k0", "k1"]).keys() == {"k0"}
    store.pin("k0", pinned=False)
    store.gc(0)
    assert store.lookup(["k0"]) == {}


def test_what_a_run_in_progress_has_used_stays(open_store: Open) -> None:
    store = open_store()
    save_large(store, "k0", "k1")
    store.start_run("r", "digits")
    store.lookup(["k0"])
    store.gc(0)
    assert store.lookup(["k0", "k1"]).keys() == {"k0"}


def test_closing_brings_the_store_within_its_limit(open_store: Open) -> None:
    with open_store(size_limit=3 * SIZE) as store:
        save_large(store, *(f"k{number}" for number in range(6)))
    store = open_store()
    assert store.info()["total"] <= 3 * SIZE
    assert "k5" in store.lookup(["k5"])


def test_files_without_a_row_go_after_an_hour(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    folder = tmp_path / ".flowengine" / "values" / "ab"
    folder.mkdir(parents=True)
    for name in ("abc.table", ".writing-abd.table", "abe.table"):
        (folder / name).write_bytes(b"x")
    for name in ("abc.table", ".writing-abd.table"):
        os.utime(folder / name, (time.time() - 4000,) * 2)
    store.gc()
    assert [file.name for file in value_files(tmp_path)] == ["abe.table"]


def test_weights_go_with_the_last_record_that_refers_to_them(open_store: Open) -> None:
    store = open_store()
    digest = save_blob(store.blobs, {"kernel": np.zeros(1000)})
    network = Network(NetworkSpec.input("x", TensorSpec((1,))), weights={"dense": digest})
    store.save(record("k0"), {"out": (NETWORK, network)})
    store.flush()
    store.save(record("k1"), {"out": (NETWORK, network)})
    size = store.info()["total"]
    store.gc(size - 1)
    assert store.lookup(["k0", "k1"]).keys() == {"k1"}
    assert blob_path(store.blobs, digest).exists()
    store.gc(0)
    assert not blob_path(store.blobs, digest).exists()


def test_weights_of_a_record_yet_to_come_stay(open_store: Open) -> None:
    store = open_store()
    digest = save_blob(store.blobs, {"kernel": np.zeros(10)})
    store.gc(0)
    path = blob_path(store.blobs, digest)
    assert path.exists()
    os.utime(path, (time.time() - 4000,) * 2)
    store.gc()
    assert not path.exists()


def test_checkpoints_are_collected_by_their_time_of_use(open_store: Open) -> None:
    store = open_store()
    for name in ("old", "new"):
        file = store.checkpoints(name) / "checkpoint.safetensors"
        file.write_bytes(b"x" * 1000)
        os.utime(file, (time.time() - 4000,) * 2)
    os.utime(store.folder / "checkpoints" / "old", (time.time() - 4000,) * 2)
    store.gc(1500)
    assert [path.name for path in (store.folder / "checkpoints").iterdir()] == ["new"]


def test_a_collected_value_is_no_longer_there(open_store: Open) -> None:
    store = open_store()
    store.save(record("k"), {"out": (VARIABLE, 1)})
    store.release("k")
    store.gc(0)
    assert not store.has_value("k", "out")


def test_weights_that_a_run_in_progress_has_written_again_stay(open_store: Open) -> None:
    store = open_store()
    digest = save_blob(store.blobs, {"kernel": np.zeros(1000)})
    path = blob_path(store.blobs, digest)
    os.utime(path, (time.time() - 4000,) * 2)
    network = Network(NetworkSpec.input("x", TensorSpec((1,))), weights={"dense": digest})
    store.save(record("k"), {"out": (NETWORK, network)})
    store.flush()
    store.start_run("r", "digits")
    save_blob(store.blobs, {"kernel": np.zeros(1000)})
    store.gc(0)
    assert path.exists()
    assert store.lookup(["k"]) == {}
