"""Claims: two processes on one workspace do not compute the same key at the same time."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.store_cases import Open, record

pytest_plugins = ["support.store_fixtures"]

CLAIMANT = Path(__file__).parent / "support" / "store_claimant.py"


def start_claimant(folder: Path, key: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, CLAIMANT, folder / ".flowengine", key, str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_of_three_processes_exactly_one_computes_a_key(tmp_path: Path) -> None:
    children = [start_claimant(tmp_path, "k", 0.2) for _ in range(3)]
    outputs = sorted(child.communicate(timeout=60)[0] for child in children)
    assert outputs == ["claimed\ncomputed\n", "found\n", "found\n"]


def test_the_claim_of_a_killed_process_is_free_at_once(open_store: Open, tmp_path: Path) -> None:
    child = start_claimant(tmp_path, "k", 1000)
    assert child.stdout is not None
    assert child.stdout.readline() == "claimed\n"
    store = open_store()
    assert not store.claim("k")
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert store.claim("k")


def test_a_claim_holds_against_other_stores_and_itself_until_released(open_store: Open) -> None:
    first, second = open_store(), open_store()
    assert first.claim("k")
    assert not second.claim("k")
    assert not first.claim("k")
    first.release_claim("k")
    assert second.claim("k")


def test_of_many_keys_the_free_ones_are_claimed(open_store: Open) -> None:
    first, second = open_store(), open_store()
    first.claim("k1")
    keys = [f"k{number}" for number in range(1200)]
    assert second.claim_many(keys) == set(keys) - {"k1"}


def test_a_claim_ends_with_its_result_and_the_key_can_be_claimed_again(open_store: Open) -> None:
    first, second = open_store(), open_store()
    first.claim("k")
    first.save(record("k"), {})
    assert first.claim("k"), "its own claim that is over keeps nobody out"
    first.save(record("k"), {})
    assert not second.claim("k"), "nobody can see the result yet"
    first.flush()
    assert second.claim("k")
    assert "k" in second.lookup(["k"])


def test_a_claim_that_is_over_goes_by_itself(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.pulse.BEAT_SECONDS", 0.02)
    first, second = open_store(), open_store()
    first.claim("k")
    first.save(record("k"), {})
    deadline = time.monotonic() + 5
    while not second.claim("k"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "k" in second.lookup(["k"]), "not before its result can be seen"
    first.claim("other")
    first.save(record("other"), {})
    first.close()
    assert second.claim("other")


def test_closing_ends_all_claims(open_store: Open) -> None:
    with open_store() as first:
        first.claim("k")
    assert open_store().claim("k")


def test_releasing_a_claim_of_another_changes_nothing(open_store: Open) -> None:
    first, second = open_store(), open_store()
    first.claim("k")
    second.release_claim("k")
    assert not second.claim("k")


@pytest.mark.parametrize(("age", "free"), [(1.0, False), (11.0, True)])
def test_a_claim_from_elsewhere_is_free_after_ten_silent_seconds(
    open_store: Open, tmp_path: Path, age: float, free: bool
) -> None:
    store = open_store()
    connection = sqlite3.connect(tmp_path / ".flowengine" / "store.db")
    with connection:
        row = ("k", "other", "another-machine", os.getpid(), time.time() - age)
        connection.execute("INSERT INTO claims VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    assert store.claim("k") is free


def test_a_held_claim_beats(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.pulse.BEAT_SECONDS", 0.02)
    store = open_store()
    store.claim("k")
    connection = sqlite3.connect(tmp_path / ".flowengine" / "store.db")
    first = connection.execute("SELECT beat FROM claims").fetchone()
    deadline = time.monotonic() + 5
    while connection.execute("SELECT beat FROM claims").fetchone() == first:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    connection.close()
