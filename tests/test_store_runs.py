"""Runs and events: what one process writes, others read."""

from __future__ import annotations

import pytest
from support.store_cases import VARIABLE, Open, record

from flowengine.events import Event

pytest_plugins = ["support.store_fixtures"]


def test_events_come_back_in_order_after_an_id(open_store: Open) -> None:
    writer, reader = open_store(), open_store()
    writer.start_run("r1", "digits", "digits.json")
    events = [Event("progress", "node", {"fraction": n / 4}, time=float(n)) for n in range(4)]
    writer.add_events("r1", events[:2])
    writer.add_events("other", events)
    first = reader.events_after("r1")
    assert [event for _, event in first] == events[:2]
    writer.add_events("r1", events[2:])
    assert [event for _, event in reader.events_after("r1", first[-1][0])] == events[2:]


def test_what_events_tell_of_is_there_before_them(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.pulse.FLUSH_SECONDS", 60.0)
    writer, reader = open_store(), open_store()
    writer.start_run("r1", "digits", "digits.json")
    writer.save(record("a"), {"out": (VARIABLE, 1)})
    assert not reader.lookup(["a"])  # it waits for others, to be written with them
    writer.add_events("r1", [Event("state", "node_a", {"state": "done"})])
    assert (list(reader.lookup(["a"])), reader.has_value("a", "out")) == (["a"], True)


def test_runs_are_listed_newest_first_with_how_they_ended(open_store: Open) -> None:
    store = open_store()
    store.start_run("r1", "digits", "digits.json", keys={"dense": "a"})
    store.finish_run("r1", "done", 1.5)
    store.start_run("r2", "digits", "digits.json")
    second, first = store.runs()
    assert (second.id, second.status, second.seconds) == ("r2", "running", None)
    assert (first.id, first.status, first.seconds, first.keys) == (
        "r1",
        "done",
        1.5,
        {"dense": "a"},
    )


def test_old_runs_go_with_their_events(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowengine.store.runs.KEPT_RUNS", 2)
    store = open_store()
    for number in range(4):
        store.start_run(f"r{number}", "digits")
        store.add_events(f"r{number}", [Event("log", "")])
        store.finish_run(f"r{number}", "done", 0.0)
    assert [run.id for run in store.runs()] == ["r3", "r2"]
    assert store.events_after("r0") == []


def test_a_long_run_outlives_many_short_ones(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.runs.KEPT_RUNS", 2)
    long, store = open_store(), open_store()
    long.start_run("long", "digits")
    folder = long.folder / "runs" / "long"
    folder.mkdir(parents=True)
    for number in range(4):
        store.start_run(f"r{number}", "digits")
        store.finish_run(f"r{number}", "done", 0.0)
    assert [run.id for run in store.runs()] == ["r3", "r2", "long"]
    assert folder.is_dir()
    long.finish_run("long", "done", 9.0)
    store.start_run("r4", "digits")
    assert [run.id for run in store.runs()] == ["r4", "r3"]
    assert not folder.exists()
