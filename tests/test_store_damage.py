"""The store says in a sentence what is wrong, and takes nothing damaged for a value."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from support.store_cases import (
    LARGE,
    NETWORK,
    TABLE,
    VARIABLE,
    Open,
    no_layer,
    record,
    table,
    value_files,
)

from flowengine.blobs import blob_path
from flowengine.errors import StoreError
from flowengine.network import Network, NetworkSpec
from flowengine.store import Store
from flowengine.store.database import Database
from flowengine.tensor import TensorSpec

pytest_plugins = ["support.store_fixtures"]


def test_a_value_of_another_class_is_refused_in_a_sentence(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(StoreError, match=r'"node_k" gave a builtins.list at its port "out"; expe'):
        store.save(record("k"), {"out": (TABLE, [1, 2])})
    assert store.lookup(["k"]) == {}


def test_a_value_that_cannot_be_encoded_is_refused_in_a_sentence(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(
        StoreError, match=r'"node_k" at its port "out" cannot be stored as a variab'
    ):
        store.save(record("k"), {"out": (VARIABLE, {"x": object()})})


def test_a_failed_save_leaves_no_file(open_store: Open, tmp_path: Path) -> None:
    store = open_store()
    values = {"a": (TABLE, table(LARGE)), "b": (TABLE, "text")}
    with pytest.raises(StoreError):
        store.save(record("k"), values, keep="always")
    assert value_files(tmp_path) == []


def test_a_missing_port_is_named_with_those_there_are(open_store: Open) -> None:
    store = open_store()
    store.save(record("k"), {"out": (VARIABLE, 1)})
    with pytest.raises(StoreError, match=r'has no port "in"; known are "out"'):
        store.load("k", "in", VARIABLE)


def test_an_unknown_key_is_an_error_in_a_sentence(open_store: Open) -> None:
    with pytest.raises(StoreError, match="no record of k"):
        open_store().load("k", "out", VARIABLE)


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_a_record_without_its_whole_file_counts_as_absent(
    open_store: Open, tmp_path: Path, damage: str
) -> None:
    with open_store() as store:
        store.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    (file,) = value_files(tmp_path)
    if damage == "missing":
        file.unlink()
    else:
        os.truncate(file, 1000)
    store = open_store()
    assert store.lookup(["k"]) == {}
    assert not store.has_value("k", "out")
    with pytest.raises(StoreError, match=r'"node_k" at its port "out" cannot be read .* --fresh'):
        store.load("k", "out", TABLE)


def test_a_changed_byte_in_a_small_file_is_found(open_store: Open, tmp_path: Path) -> None:
    with open_store() as store:
        store.save(record("k"), {"out": (TABLE, table(LARGE))}, keep="always")
    (file,) = value_files(tmp_path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"does not hold what was written.* --fresh"):
        open_store().load("k", "out", TABLE)


def test_a_large_file_of_garbage_is_an_error_in_a_sentence(
    open_store: Open, tmp_path: Path
) -> None:
    rows = 200_000
    with open_store() as store:
        store.save(record("k"), {"out": (TABLE, table(rows))}, keep="always")
    (file,) = value_files(tmp_path)
    file.write_bytes(b"x" * file.stat().st_size)
    with pytest.raises(StoreError, match="cannot be read"):
        open_store().load("k", "out", TABLE)


def test_a_trained_network_without_its_weights_counts_as_absent(open_store: Open) -> None:
    network = Network(NetworkSpec.input("x", TensorSpec((1,))), weights={"dense": "ab12"})
    store = open_store()
    path = blob_path(store.blobs, "ab12")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    store.save(record("k"), {"out": (NETWORK, network)})
    assert "k" in store.lookup(["k"])
    path.unlink()
    assert store.lookup(["k"]) == {}


def test_a_file_that_is_no_store_is_an_error_in_a_sentence(
    open_store: Open, tmp_path: Path
) -> None:
    folder = tmp_path / ".flowengine"
    folder.mkdir()
    (folder / "store.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(StoreError, match=r"cannot be used: .*; .* delete store.db"):
        open_store()


def test_a_folder_that_cannot_be_made_is_an_error_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made: Not a directory"):
        Store(tmp_path / "file" / ".flowengine", no_layer)


def test_a_store_of_another_version_is_an_error_in_a_sentence(
    open_store: Open, tmp_path: Path
) -> None:
    open_store().close()
    connection = sqlite3.connect(tmp_path / ".flowengine" / "store.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="has version 99, this flowengine reads version 1"):
        open_store()


def test_a_record_that_is_no_json_fails_alone(open_store: Open) -> None:
    store = open_store()
    with pytest.raises(StoreError, match=r"no JSON: .* not JSON serializable"):
        store.save(record("bad", summary={"out": object()}), {})
    store.save(record("good"), {})
    store.flush()
    assert store.lookup(["bad", "good"]).keys() == {"good"}


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute("INSERT INTO files VALUES (?, 1, 1, '')", (b"path",))
        raise ZeroDivisionError
    assert database.read("SELECT * FROM files") == []
    with database.write() as connection:
        connection.execute("INSERT INTO files VALUES (?, 1, 1, '')", (b"path",))
    assert len(database.read("SELECT * FROM files")) == 1
    database.close()


def test_an_interrupt_while_others_write_leaves_it_working(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db")
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    # Ctrl-C is heard when the wait for the other one is over, and the transaction has begun.
    threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()
    threading.Timer(0.3, other.execute, ["ROLLBACK"]).start()
    with pytest.raises(KeyboardInterrupt), database.write():
        time.sleep(1)
    with database.write() as connection:
        connection.execute("INSERT INTO files VALUES (?, 1, 1, '')", (b"path",))
    database.close()
    other.close()


def test_a_closed_store_says_so(open_store: Open) -> None:
    store = open_store()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.lookup(["k"])


def test_rows_wait_while_the_database_cannot_be_written(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.database._BUSY_SECONDS", 0.05)
    store = open_store()
    connection = sqlite3.connect(tmp_path / ".flowengine" / "store.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    store.save(record("k"), {"out": (VARIABLE, 1)})
    with pytest.raises(StoreError, match="database is locked"):
        store.flush()
    assert "k" in store.lookup(["k"])
    connection.execute("ROLLBACK")
    connection.close()
    store.close()
    assert open_store().load("k", "out", VARIABLE) == 1


@pytest.mark.parametrize(
    ("pragma", "advice"),
    [
        ("max_page_count = 1", "the disk may be full: make room and run again"),
        ("query_only = 1", "choose another workspace with --workspace"),
    ],
)
def test_a_store_that_cannot_grow_says_what_helps(tmp_path: Path, pragma: str, advice: str) -> None:
    database = Database(tmp_path / "store.db")
    try:
        with database.write() as connection:
            connection.execute("CREATE TABLE large (data BLOB)")
        database._writer.execute(f"PRAGMA {pragma}")
        with pytest.raises(StoreError, match=advice) as caught, database.write() as connection:
            connection.execute("INSERT INTO large VALUES (zeroblob(1000000))")
        assert "delete" not in str(caught.value)
    finally:
        database.close()
