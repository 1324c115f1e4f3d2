"""Events, contexts, branches side by side, and values that are let go."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, flow, write_node
from support.runs import DIAMOND, DIAMOND_WIRES, Run, cached

import flowengine as fe
from flowengine.events import Event
from flowengine.running.result import Result
from flowengine.running.runtime import EventLog
from flowengine.running.scheduler import Scheduler
from flowengine.store import Store


def test_events_come_in_order(run: Run) -> None:
    events: list[Event] = []
    run(DIAMOND, DIAMOND_WIRES, on_event=events.append)
    assert (events[0].kind, events[0].data["status"]) == ("run", "running")
    assert (events[-1].kind, events[-1].data["status"]) == ("run", "done")
    states = [(event.node, event.data["state"]) for event in events if event.kind == "state"]
    for path in DIAMOND:
        assert [state for node, state in states if node == path] == ["running", "done"]
    place = {pair: number for number, pair in enumerate(states)}
    assert place["one", "done"] < place["left", "running"]
    assert place["one", "done"] < place["right", "running"]
    assert max(place["left", "done"], place["right", "done"]) < place["sum", "running"]
    times = [event.time for event in events]
    assert times == sorted(times) or max(times) - min(times) < 10
    assert all(json.dumps(event.to_json()) for event in events)


def test_progress_metrics_and_warnings_are_events(run: Run) -> None:
    events: list[Event] = []
    result = run({"r": "local.report"}, on_event=events.append)
    kinds = [event.kind for event in events if event.node]
    # of progress what comes within a tenth of a second is left out, but for the last
    middle = ["progress", "metric", "metric", "metric", "warning", "progress"]
    assert kinds == ["state", *middle, "state"]
    assert [event.data["fraction"] for event in events if event.kind == "progress"] == [0, 2 / 3]
    metrics = [event.data for event in events if event.kind == "metric"]
    assert metrics[1] == {"name": "loss", "step": 1, "value": 0.5}
    assert result.nodes["r"].warnings == ("this is odd",)


def test_warnings_are_kept_with_the_result(run: Run) -> None:
    run({"r": "local.report"})
    assert run({"r": "local.report"}).nodes["r"].warnings == ("this is odd",)


def test_cached_results_are_events_too(run: Run) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    events: list[Event] = []
    run(DIAMOND, DIAMOND_WIRES, on_event=events.append)
    states = [event.data for event in events if event.kind == "state"]
    assert len(states) == 4
    assert all(data["state"] == "done" and data["cached"] for data in states)


def test_events_stand_in_the_store(run: Run, tmp_path: Path) -> None:
    def no_layer(*_: object) -> Any:
        raise AssertionError

    run({"r": "local.report"})
    with Store(tmp_path / ".flowengine", no_layer) as store:
        [info] = store.runs()
        assert (info.status, info.pid) == ("done", os.getpid())
        kinds = [event.kind for _, event in store.events_after(info.id)]
    assert kinds[0] == kinds[-1] == "run"
    assert kinds.count("metric") == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (fe.StoreError("the disk is full"), "the run was given up: the disk is full"),
        (KeyError("x"), "flowengine itself failed, which is a fault in it: KeyError: 'x'"),
    ],
)
def test_why_a_run_was_given_up_stands_in_the_store(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(self: Scheduler) -> None:
        raise error

    monkeypatch.setattr(Scheduler, "run", fail)
    with pytest.raises(type(error)):
        run(DIAMOND, DIAMOND_WIRES)
    with Store(tmp_path / ".flowengine", lambda *_: pytest.fail()) as store:
        [info] = store.runs()
        told = [
            event.data["message"]
            for _, event in store.events_after(info.id, 0)
            if event.kind == "log"
        ]
    assert (info.status, told) == ("failed", [words])


def test_of_a_node_that_is_done_the_store_is_not_told_that_it_runs() -> None:
    log = EventLog()
    quick = [Event("state", "quick", {"state": state}) for state in ("running", "done")]
    slow = [Event("state", "slow", {"state": state}) for state in ("running", "failed")]
    metric = Event("metric", "slow", {"name": "loss", "step": 1, "value": 0.5})
    for event in (quick[0], slow[0], metric, quick[1]):
        log.add(event)
    assert log.take() == [slow[0], metric, quick[1]]
    log.add(slow[1])
    assert log.take() == [slow[1]]
    assert log.take() == []
    cut = [Event("state", "cut", {"state": state}) for state in ("running", "cancelled")]
    for event in cut:
        log.add(event)
    assert log.take() == cut  # that it had begun is why it can be resumed


def test_a_context_says_where_the_node_is(run: Run, tmp_path: Path) -> None:
    def told(name: str, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = run({name: "local.mirror"}, device="cpu", **options)[name].out
        return found

    said = told("a", seed=3)
    assert said["node"] == "a"
    assert said["device"] == "cpu"
    assert said["path"] == str(tmp_path / "x")
    assert said["blobs"] == str(tmp_path / ".flowengine" / "blobs")
    assert (said["resume"], said["stopping"]) == (False, False)
    assert 1 <= said["threads"] <= (os.cpu_count() or 1)
    assert (
        said["seed"]
        == told("a", seed=3, fresh=True)["seed"]
        != told("a", seed=4, fresh=True)["seed"]
    )


def test_a_listener_that_raises_ends_the_run_with_its_error(run: Run) -> None:
    def listen(event: Event) -> None:
        if event.data.get("state") == "done":
            raise LookupError("mine")

    before = threading.active_count()
    with pytest.raises(LookupError, match="mine"):
        run(DIAMOND, DIAMOND_WIRES, on_event=listen)
    assert threading.active_count() == before
    assert run(DIAMOND, DIAMOND_WIRES)["sum"].out == 112


# In parallel


def overlap(result: Result, one: str, two: str) -> float:
    first, second = result[one].out, result[two].out
    return float(min(first["end"], second["end"]) - max(first["start"], second["start"]))


def test_branches_run_side_by_side(run: Run) -> None:
    result = run(
        {
            "a": ("local.pause", {"number": 1, "seconds": 2.0}),
            "b": ("local.pause", {"number": 2, "seconds": 2.0}),
        },
    )
    assert overlap(result, "a", "b") > 0.1


def test_what_trains_runs_alone_and_keeps_no_other_waiting(tmp_path: Path) -> None:
    nodes = {
        "one": "local.train",
        "two": ("local.train", {"epochs": 4}),
        "three": ("local.train", {"epochs": 5}),
        "table": ("local.pause", {"seconds": 0.2}),
    }
    result = fe.run(flow(nodes), nodes=[NODES], workspace=tmp_path)
    for one, two in (("one", "two"), ("one", "three"), ("two", "three")):
        assert overlap(result, one, two) <= 0
    trained = [result[name].out for name in ("one", "two", "three")]
    assert result["table"].out["start"] < min(item["end"] for item in trained)


def test_two_runs_of_one_process_train_in_turn(tmp_path: Path) -> None:
    trains, waits = threading.Event(), threading.Event()

    def of_the_first(event: Event) -> None:
        if event.kind == "progress" and not trains.is_set():
            trains.set()
            assert waits.wait(60), "the second trains too, or never came"

    def of_the_second(event: Event) -> None:
        if event.data.get("message") == "waits for another training of this process":
            assert not waits.is_set(), "told twice"
            waits.set()

    options: Any = {"nodes": [NODES], "workspace": tmp_path}
    one = fe.start(flow({"t": "local.train"}), on_event=of_the_first, **options)
    assert trains.wait(60)
    two = fe.run(flow({"t": ("local.train", {"epochs": 4})}), on_event=of_the_second, **options)
    assert one.wait()["t"].out["end"] <= two["t"].out["start"]


@pytest.mark.parametrize("call", ["fe.run(work, **options)", "fe.start(work, **options).wait()"])
def test_what_trains_may_train_inside(tmp_path: Path, call: str) -> None:
    write_node(
        tmp_path / "n",
        "search",
        f"""
        import flowengine as fe

        @node(title="Search", exclusive=True)
        class Search(Node):
            def execute(self, ctx: Context) -> int:
                work = fe.Workflow()
                work.add("local.train", "t", epochs=2)
                options = {{"nodes": {str(NODES)!r}, "workspace": ctx.path("in", write=True)}}
                return {call}["t"].out["done"]
        """,
    )
    (tmp_path / "in").mkdir()
    handle = fe.start(flow({"s": "local.search"}), nodes=[tmp_path / "n"], workspace=tmp_path)
    try:
        assert handle.wait(30)["s"].out == 2
    finally:
        handle.cancel()


def test_what_a_node_changes_in_a_record_is_no_other_node_s_business(
    run: Run, tmp_path: Path
) -> None:
    write_node(
        tmp_path / "n",
        "take",
        """
        @node(title="Take")
        class Take(Node):
            number: int = 0

            def execute(self, record: dict, many: list[dict]) -> int:
                many[0].clear()
                return len(record.pop("deep").pop("list"))
        """,
    )
    write_node(
        tmp_path / "n",
        "give",
        """
        @node(title="Give")
        class Give(Node):
            def execute(self) -> dict:
                return {"deep": {"list": [1, 2, 3]}}
        """,
    )
    takers = {f"t{number}": ("local.take", {"number": number}) for number in range(3)}
    wires = [f"g.out {name}.{port}" for name in takers for port in ("record", "many")]
    result = run({"g": "local.give", **takers}, wires, nodes=[tmp_path / "n"])
    assert [result[name].out for name in takers] == [3, 3, 3]
    assert result["g"].out == {"deep": {"list": [1, 2, 3]}}


# Values that are let go, and found again


def test_values_nobody_waits_for_are_released(tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "big",
        '''
        import weakref

        import numpy as np

        SEEN = []


        @node(title="Big")
        class Big(Node):
            """Give a large model."""

            number: int = 0
            """Makes it another."""

            def execute(self, before: Model | None = None) -> Model:
                model = Model("x", {}, {"a": np.zeros(100_000)})
                SEEN.append(weakref.ref(model))
                return model
        ''',
    )
    work = {f"b{number}": ("local.big", {"number": number}) for number in range(5)}
    wires = [f"b{number}.out b{number + 1}.before" for number in range(4)]
    alive: list[bool] = []

    def listen(event: Event) -> None:
        if event.node == "b4" and event.data.get("state") == "running":
            gc.collect()
            module = next(item for name, item in sys.modules.items() if name.endswith(".big"))
            alive.extend(ref() is not None for ref in module.SEEN)

    fe.run(flow(work, wires), nodes=[tmp_path / "n"], workspace=tmp_path, on_event=listen)
    assert alive == [False, False, False, True]


def test_the_inputs_of_a_failed_node_are_released(tmp_path: Path) -> None:
    result = fe.run(
        flow({"t": "local.table", "b": "local.broken"}, ["t.out b.table"]),
        nodes=[NODES],
        workspace=tmp_path,
        check=False,
    )
    [error] = result.errors
    assert error.__traceback__ is None
    assert error.__cause__ is None
    assert "ValueError" in error.detail


def test_a_value_that_was_not_kept_is_computed_again(
    tmp_path: Path, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # as if the disk were slow, so that a large value is not worth a file on a busy machine either
    monkeypatch.setattr("flowengine.store.kept_values._DISK_SECONDS", 1000.0)
    nodes = {
        "t": ("local.table", {"rows": 2}),
        "big": ("local.spread", {"rows": 200_000}),
        "n": "local.count",
    }
    wires = ["t.out big.table", "big.out n.table"]
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    result = fe.run(flow(nodes, wires), **options)
    assert sorted(log()) == ["big", "n", "t"]
    assert result["big"].out.height == 200_000
    assert log() == ["big"]
    assert result["big"].out.height == 200_000
    assert log() == []
    again = fe.run(flow(nodes, wires), **options)
    assert all(cached(again).values())
    assert log() == []
    assert again["n"].out == 200_000
    assert again["big"].out.height == 200_000
    assert log() == ["big"]
    changed = fe.run(
        flow({**nodes, "m": ("local.add", {"plus": 1})}, [*wires, "n.out m.numbers"]), **options
    )
    assert log() == ["m"]
    assert changed["m"].out == 200_001


# Files
