"""The store under kill -9: whatever happens, a row means complete values.

``make soak`` raises the number of kills by FLOWENGINE_SOAK_KILLS.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import store_writer
from support.store_cases import no_layer

from flowengine.store import Store

KILLS = int(os.environ.get("FLOWENGINE_SOAK_KILLS", "20"))


def start_writer(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that writes into the store, and wait until it does."""
    child = subprocess.Popen(
        [sys.executable, store_writer.__file__, folder, *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    return child


def kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert child.stdout is not None
    child.stdout.close()


def check_whole(folder: Path, pattern: str = "%") -> int:
    """Check the rows whose keys match and every value of theirs; return how many there are."""
    connection = sqlite3.connect(folder / "store.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = connection.execute("SELECT key FROM records WHERE key LIKE ?", (pattern,)).fetchall()
    connection.close()
    keys = {key for (key,) in found}
    with Store(folder, no_layer, memory_limit=0) as store:
        assert store.lookup(keys).keys() == keys
        for key in keys:
            for port, value in store_writer.values_of(key).items():
                assert store.load(key, port, store_writer.BYTES) == value
    return len(keys)


def check_files(folder: Path) -> None:
    """Check that every file under a final name is complete, even one that has no row yet."""
    for file in (folder / "values").rglob("[!.]*.bytes"):
        with file.open("rb") as opened:
            assert int.from_bytes(opened.read(8), "little") == file.stat().st_size


@pytest.mark.timeout(120 + 3 * KILLS)
def test_the_store_is_whole_after_kills_at_random_moments(tmp_path: Path) -> None:
    dice = random.Random(0)
    written = 0
    for number in range(KILLS):
        child = start_writer(tmp_path, f"run{number}")
        time.sleep(dice.uniform(0, 0.3))
        kill(child)
        written += check_whole(tmp_path, f"run{number}_%")
        check_whole(tmp_path, "again_%")
        check_files(tmp_path)
    assert check_whole(tmp_path) > written > 0


def test_a_writer_goes_on_while_others_are_killed(tmp_path: Path) -> None:
    survivor = start_writer(tmp_path, "survivor")
    try:
        for number in range(3):
            child = start_writer(tmp_path, f"run{number}")
            time.sleep(0.1)
            kill(child)
            before = rows_of(tmp_path, "survivor_%")
            deadline = time.monotonic() + 20
            while rows_of(tmp_path, "survivor_%") == before and time.monotonic() < deadline:
                assert survivor.poll() is None
                time.sleep(0.05)
            assert rows_of(tmp_path, "survivor_%") > before
    finally:
        kill(survivor)
    assert check_whole(tmp_path) > 0


def rows_of(folder: Path, pattern: str) -> int:
    connection = sqlite3.connect(folder / "store.db")
    query = "SELECT COUNT(*) FROM records WHERE key LIKE ?"
    (count,) = connection.execute(query, (pattern,)).fetchone()
    connection.close()
    return int(count)


def test_two_processes_write_at_once_and_both_succeed(tmp_path: Path) -> None:
    children = [start_writer(tmp_path, prefix, "60") for prefix in ("first", "second")]
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    assert check_whole(tmp_path, "first_%") == check_whole(tmp_path, "second_%") == 40
    assert check_whole(tmp_path, "again_%") == 20
    check_files(tmp_path)
