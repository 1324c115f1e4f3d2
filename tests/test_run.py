"""Runs: what is computed, in which order, what fails with whom; the same in worker processes."""

from __future__ import annotations

import gc
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.engine import NODES, flow, write_node

import flowengine as fe
from flowengine.api import explain
from flowengine.events import Event
from flowengine.result import Result

Run = Callable[..., Result]


@pytest.fixture(params=[0, 2], ids=["here", "workers"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run a workflow in the test's folder, on each executor."""

    def go(work: dict[str, Any], wires: Sequence[str] = (), **options: Any) -> Result:
        rest = {key: options.pop(key) for key in ("written", "seed") if key in options}
        if "written" in rest:
            rest["variables"] = rest.pop("written")
        options = {"workers": request.param, "workspace": tmp_path, "nodes": [NODES]} | options
        return fe.run(flow(work, wires, **rest), **options)

    return go


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return what was executed since the last call."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("FLOWENGINE_TEST_LOG", str(path))

    def take() -> list[str]:
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    return take


DIAMOND = {
    "one": "local.number",
    "left": ("local.add", {"plus": 10}),
    "right": ("local.add", {"plus": 100}),
    "sum": "local.add",
}
DIAMOND_WIRES = [
    "one.out left.numbers",
    "one.out right.numbers",
    "left.out sum.numbers.0",
    "right.out sum.numbers.1",
]


def cached(result: Result) -> dict[str, bool]:
    return {path: node.cached for path, node in result.nodes.items()}


# Values and keys


def test_values_pass_through_the_graph(run: Run, log: Callable[[], list[str]]) -> None:
    result = run(DIAMOND, DIAMOND_WIRES)
    assert result.status == "done"
    assert result["sum"].out == 112
    assert result["left"].out == 11
    order = log()
    assert sorted(order) == ["left", "one", "right", "sum"]
    assert (order[0], order[-1]) == ("one", "sum")


def test_tables_pass_through_the_graph(run: Run) -> None:
    result = run(
        {
            "t": ("local.table", {"rows": 5}),
            "s": ("local.scale", {"column": "x", "by": 2.0}),
            "p": ("local.split", {"at": 2}),
            "c": "local.concat",
        },
        ["t.out s.table", "s.out p.table", "p.second c.tables.0", "p.first c.tables.1"],
    )
    assert result["c"].out["x"].to_list() == [4.0, 6.0, 8.0, 0.0, 2.0]
    assert result["p"].first.height == 2
    assert isinstance(result["c"].out, pl.DataFrame)


def test_results_are_found_again(run: Run, log: Callable[[], list[str]]) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    again = run(DIAMOND, DIAMOND_WIRES)
    assert log() == []
    assert set(cached(again).values()) == {True}
    assert again["sum"].out == 112


def test_a_changed_setting_reruns_exactly_what_lies_below(
    run: Run, log: Callable[[], list[str]]
) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    changed = run(DIAMOND, DIAMOND_WIRES, settings={"left.plus": 20})
    assert sorted(log()) == ["left", "sum"]
    assert cached(changed) == {"one": True, "left": False, "right": True, "sum": False}
    assert changed["sum"].out == 122


def test_a_value_written_another_way_reruns_nothing(run: Run, log: Callable[[], list[str]]) -> None:
    run({"s": ("local.pause", {"seconds": 0.01, "number": 0})})
    log()
    run({"s": ("local.pause", {"number": 0, "seconds": 1e-2, "listens": True})})
    assert log() == []


def test_a_renamed_node_is_the_same_work(run: Run, log: Callable[[], list[str]]) -> None:
    run({"a": "local.number", "b": "local.add"}, ["a.out b.numbers"])
    log()
    run({"x": "local.number", "y": "local.add"}, ["x.out y.numbers"])
    assert log() == []


def test_fresh_computes_everything_anew(run: Run, log: Callable[[], list[str]]) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    result = run(DIAMOND, DIAMOND_WIRES, fresh=True)
    assert sorted(log()) == ["left", "one", "right", "sum"]
    assert not any(cached(result).values())


def test_until_runs_only_what_is_needed(run: Run, log: Callable[[], list[str]]) -> None:
    result = run(DIAMOND, DIAMOND_WIRES, until=["left"])
    assert sorted(log()) == ["left", "one"]
    assert list(result.nodes) == ["one", "left"]
    with pytest.raises(fe.FlowEngineError, match='"sum" has no value: it is not part of this run'):
        _ = result["sum"].out


def test_until_an_unknown_node_is_refused(run: Run) -> None:
    with pytest.raises(fe.WorkflowError, match='there is no node "lft" to run until'):
        run(DIAMOND, DIAMOND_WIRES, until=["lft"])


def test_variables_are_given_for_a_run(run: Run) -> None:
    nodes = {"n": ("local.number", {"value": {"$variable": "start"}})}
    assert run(nodes, written={"start": 4})["n"].out == 4
    assert run(nodes, written={"start": 4}, variables={"start": 5})["n"].out == 5


def test_a_setting_can_come_from_a_connection(run: Run, log: Callable[[], list[str]]) -> None:
    nodes = {"n": ("local.number", {"value": 4}), "t": "local.table", "c": "local.count"}
    wires = ["n.out t.rows", "t.out c.table"]
    result = run(nodes, wires)
    assert result["c"].out == 4
    assert sorted(log()) == ["c", "n", "t"]
    assert all(cached(run(nodes, wires)).values())
    assert run(nodes, wires, settings={"n.value": 6})["c"].out == 6


def test_a_connected_setting_that_does_not_fit_is_an_error_of_the_node(run: Run) -> None:
    result = run(
        {
            "t": "local.table",
            "n": ("local.number", {"value": -4}),
            "s": ("local.scale", {"column": "x"}),
        },
        ["t.out s.table", "n.out s.by"],
        check=False,
    )
    assert result.nodes["s"].error == 'the setting "by": expected a number of more than 0, got -4'


def test_equal_nodes_are_computed_once(run: Run, log: Callable[[], list[str]]) -> None:
    names = [f"n{number}" for number in range(5)]
    result = run(
        {**dict.fromkeys(names, "local.number"), "a": "local.add", "b": "local.add"},
        [
            *(f"{name}.out a.numbers" for name in names),
            *(f"{name}.out b.numbers" for name in names),
        ],
    )
    assert (result["a"].out, result["b"].out) == (5, 5)
    assert len(log()) == 2
    assert [result[name].out for name in names] == [1] * 5
    assert {result.nodes[name].state for name in names} == {"done"}


def test_equal_nodes_fail_together(run: Run) -> None:
    result = run(
        {"t": "local.table", "a": "local.broken", "b": "local.broken", "c": "local.count"},
        ["t.out a.table", "t.out b.table", "b.out c.table"],
        check=False,
    )
    states = {path: node.state for path, node in result.nodes.items()}
    assert states == {"t": "done", "a": "failed", "b": "failed", "c": "skipped"}
    assert sorted(error.node for error in result.errors) == ["a", "b"]


# Failures


def test_a_failure_hurts_only_what_depends_on_it(run: Run) -> None:
    result = run(
        {
            "t": "local.table",
            "bad": "local.broken",
            "after": "local.count",
            "far": "local.add",
            "good": "local.count",
        },
        ["t.out bad.table", "bad.out after.table", "after.out far.numbers", "t.out good.table"],
        check=False,
    )
    assert result.status == "failed"
    assert {path: node.state for path, node in result.nodes.items()} == {
        "t": "done", "bad": "failed", "after": "skipped", "far": "skipped", "good": "done",
    }  # fmt: skip
    assert result["good"].out == 3
    with pytest.raises(fe.FlowEngineError, match='"after" has no value: it is skipped'):
        _ = result["after"].out


def test_an_author_s_error_names_the_author_s_line(run: Run) -> None:
    with pytest.raises(fe.RunError) as caught:
        run({"t": "local.table", "bad": "local.broken"}, ["t.out bad.table"])
    line = (
        (NODES / "broken.py")
        .read_text()
        .splitlines()
        .index("        raise ValueError(self.message)")
    )
    text = f'node "bad" (Broken): ValueError: this is wrong (broken.py, line {line + 1})'
    assert str(caught.value) == text
    [error] = caught.value.errors
    assert (error.node, error.title) == ("bad", "Broken")
    assert "Traceback" in error.detail
    assert isinstance(caught.value.result, Result)


def test_a_failed_node_is_tried_again(run: Run, log: Callable[[], list[str]]) -> None:
    nodes, wires = {"t": "local.table", "bad": "local.broken"}, ["t.out bad.table"]
    run(nodes, wires, check=False)
    log()
    run(nodes, wires, check=False)
    assert log() == ["bad"]


@pytest.mark.parametrize(
    ("gives", "message"),
    [
        ("y", 'configure promised a column "x", which execute did not give'),
        ("x", 'configure promised column "x" as Int64, execute gave Float64'),
    ],
)
def test_a_result_that_breaks_its_promise_is_an_error(run: Run, gives: str, message: str) -> None:
    result = run({"a": ("local.lie", {"gives": gives})}, check=False)
    error = result.nodes["a"].error
    assert error == f"{message} (a fault of the node, not of the workflow)"


def test_a_result_of_another_type_is_an_error(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "wrong",
        '''
        @node(title="Wrong")
        class Wrong(Node):
            """Give text as a table."""

            def execute(self) -> pl.DataFrame:
                return "text"
        ''',
    )
    write_node(
        tmp_path / "n",
        "pair",
        '''
        class Two(NamedTuple):
            one: int
            two: int


        @node(title="Pair")
        class Pair(Node):
            """Give one value for two."""

            def execute(self) -> Two:
                return 5
        ''',
    )
    result = run({"a": "local.wrong"}, nodes=[tmp_path / "n"], check=False)
    assert result.nodes["a"].error == (
        'execute gave a str for the output "out", which is a table '
        "(a fault of the node, not of the workflow)"
    )
    result = run({"a": "local.pair"}, nodes=[tmp_path / "n"], check=False)
    assert result.nodes["a"].error == (
        'execute must return a NamedTuple with "one", "two"; it gave a int '
        "(a fault of the node, not of the workflow)"
    )


def test_a_node_cannot_end_the_process(run: Run) -> None:
    result = run({"a": ("local.die", {"how": "exit"}), "b": "local.number"}, check=False)
    assert result.nodes["a"].error is not None
    assert result.nodes["a"].error.startswith("SystemExit: 3 (die.py, line ")
    assert result["b"].out == 1


def test_what_is_known_only_afterwards_is_configured_then(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "mystery",
        '''
        @node(title="Mystery")
        class Mystery(Node):
            """Make a table whose columns are known only afterwards."""

            column: str = "x"
            """Its column."""

            def execute(self) -> pl.DataFrame:
                return pl.DataFrame({self.column: [1, 2]})
        ''',
    )
    nodes = {"m": "local.mystery", "s": ("local.scale", {"column": "x", "by": 3.0})}
    options: dict[str, Any] = {"nodes": [tmp_path / "n", NODES], "check": False}
    assert run(nodes, ["m.out s.table"], **options)["s"].out["x"].to_list() == [3.0, 6.0]
    wrong = run({**nodes, "m": ("local.mystery", {"column": "y"})}, ["m.out s.table"], **options)
    assert wrong.nodes["s"].error == 'no column "x" in the table at "table". It has "y"'


# Events, warnings, contexts


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
    assert kinds == ["state", "progress", "metric", "metric", "metric", "warning", "state"]
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
    from flowengine.store import Store

    def no_layer(*_: object) -> Any:
        raise AssertionError

    run({"r": "local.report"})
    with Store(tmp_path / ".flowengine", no_layer) as store:
        [info] = store.runs()
        assert (info.status, info.pid) == ("done", os.getpid())
        kinds = [event.kind for _, event in store.events_after(info.id)]
    assert kinds[0] == kinds[-1] == "run"
    assert kinds.count("metric") == 3


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
    results = []
    threads = [
        threading.Thread(
            target=lambda number=number: results.append(
                fe.run(
                    flow({"t": ("local.train", {"epochs": 3 + number})}),
                    nodes=[NODES],
                    workspace=tmp_path,
                )
            )
        )
        for number in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = (result["t"].out for result in results)
    assert min(first["end"], second["end"]) <= max(first["start"], second["start"])


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
    monkeypatch.setattr("flowengine.store_values._DISK_SECONDS", 1000.0)
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

CSV = "x,y\n1,2\n3,4\n5,6\n"
READ = {"r": ("local.scan", {"path": "in.csv"}), "n": "local.count"}


def test_a_changed_file_reruns_and_a_touched_one_does_not(
    run: Run, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(CSV)
    assert run(READ, ["r.out n.table"])["n"].out == 3
    assert sorted(log()) == ["n", "r"]
    os.utime(path, (1, 1))
    assert run(READ, ["r.out n.table"])["n"].out == 3
    assert log() == []
    path.write_text(CSV + "7,8\n")
    assert run(READ, ["r.out n.table"])["n"].out == 4
    assert sorted(log()) == ["n", "r"]
    path.write_text(CSV)
    assert run(READ, ["r.out n.table"])["n"].out == 3
    assert log() == []


def test_a_missing_file_is_an_error_of_the_run(run: Run) -> None:
    with pytest.raises(fe.WorkflowError) as caught:
        run(READ, ["r.out n.table"])
    [problem] = caught.value.problems
    assert problem.message.startswith('"in.csv" does not exist')


def test_a_file_that_was_deleted_is_written_again(
    run: Run, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    nodes = {"t": "local.table", "s": ("local.save", {"path": "out.csv"})}
    run(nodes, ["t.out s.table"])
    path = tmp_path / "out.csv"
    before = path.read_bytes()
    log()
    run(nodes, ["t.out s.table"])
    assert log() == []
    path.unlink()
    run(nodes, ["t.out s.table"])
    assert log() == ["s"]
    assert path.read_bytes() == before
    path.write_text("spoilt")
    run(nodes, ["t.out s.table"])
    assert path.read_bytes() == before


def test_equal_writers_of_two_folders_write_both_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        file = tmp_path / name / "flow.json"
        flow(
            {"t": "local.table", "s": ("local.save", {"path": "out.csv"})}, ["t.out s.table"]
        ).save(file)
        fe.run(file, nodes=[NODES], workspace=tmp_path)
        assert (tmp_path / name / "out.csv").exists()


def test_a_file_named_by_a_connection_is_read_every_time(
    tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    write_node(
        tmp_path / "n",
        "name",
        '''
        @node(title="Name")
        class Name(Node):
            """Give a name."""

            def execute(self) -> str:
                return "in.csv"
        ''',
    )
    nodes = {**READ, "r": "local.scan", "name": "local.name"}
    wires = ["name.out r.path", "r.out n.table"]
    options: dict[str, Any] = {"nodes": [tmp_path / "n", NODES], "workspace": tmp_path}
    for rows in (3, 4):
        (tmp_path / "in.csv").write_text(CSV + "7,8\n" * (rows - 3))
        assert fe.run(flow(nodes, wires), **options)["n"].out == rows


# Lazy tables


def test_a_lazy_table_is_fused_into_its_only_taker(
    tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    (tmp_path / "in.csv").write_text(CSV)
    nodes = {**READ, "k": ("local.keep", {"minimum": 3})}
    result = fe.run(
        flow(nodes, ["r.out k.table", "k.out n.table"]), nodes=[NODES], workspace=tmp_path
    )
    assert result["n"].out == 2
    assert log() == ["r", "k scan", "n"]
    assert result["k"].out["x"].to_list() == [3, 5]


def test_a_lazy_table_with_two_takers_is_kept_in_the_store(
    tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    (tmp_path / "in.csv").write_text(CSV)
    nodes = {**READ, "k": ("local.keep", {"minimum": 3})}
    result = fe.run(
        flow(nodes, ["r.out k.table", "r.out n.table"]), nodes=[NODES], workspace=tmp_path
    )
    assert (result["n"].out, result["k"].out.height) == (3, 2)
    assert sorted(log()) == ["k memory", "n", "r"]
    (tmp_path / "in.csv").unlink()
    assert result["r"].out.height == 3


def test_lazy_nodes_give_tables_on_every_executor(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(CSV)
    nodes = {**READ, "k": ("local.keep", {"minimum": 3}), "p": "local.split"}
    result = run(nodes, ["r.out k.table", "k.out p.table", "r.out n.table"])
    assert isinstance(result["k"].out, pl.DataFrame)
    assert result["p"].second["y"].to_list() == [6]


def test_what_is_made_lazily_of_a_large_table_stays_out_of_memory(
    tmp_path: Path, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.execute.LARGE_BYTES", 1_000)
    nodes = {
        "t": ("local.table", {"rows": 10_000}),
        "a": ("local.keep", {"minimum": 5}),
        "b": ("local.keep", {"minimum": 9_990}),
    }
    result = fe.run(
        flow(nodes, ["t.out a.table", "a.out b.table"]), nodes=[NODES], workspace=tmp_path
    )
    assert result["b"].out.height == 10
    assert result.nodes["a"].outputs["out"]["streamed"] is True


# Explain


def test_a_run_is_explained(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    work = flow(DIAMOND, DIAMOND_WIRES)
    assert set(explain(work, **options).values()) == {"it has not run before"}
    fe.run(work, **options)
    assert set(explain(work, **options).values()) == {""}
    assert explain(work, settings={"left.plus": 20}, **options) == {
        "one": "",
        "left": "setting plus: 10 → 20",
        "right": "",
        "sum": "input numbers changed",
    }
    assert set(explain(work, fresh=True, **options).values()) == {"--fresh"}
    assert list(explain(work, until=["right"], **options)) == ["one", "right"]


def test_a_run_in_workers_is_explained_too(run: Run, tmp_path: Path) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    reasons = explain(
        flow(DIAMOND, DIAMOND_WIRES), settings={"one.value": 5}, nodes=[NODES], workspace=tmp_path
    )
    assert reasons["one"] == "setting value: 1 → 5"
    assert reasons["left"] == "input numbers changed"


def test_a_failure_in_between_does_not_hide_the_reason(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    work = flow({"t": "local.table", "b": "local.broken"}, ["t.out b.table"])
    fe.run(work, until=["t"], **options)
    fe.run(work, settings={"b.message": "x"}, check=False, **options)
    reasons = explain(work, settings={"t.rows": 9}, **options)
    assert reasons == {"t": "setting rows: 3 → 9", "b": "it has not run before"}


# Order in the house


def test_no_thread_and_no_file_is_left_open(run: Run, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    files = len(os.listdir("/proc/self/fd"))
    run(DIAMOND, DIAMOND_WIRES)
    run({"t": "local.table", "b": "local.broken"}, ["t.out b.table"], check=False)
    with pytest.raises(fe.WorkflowError):
        run({"a": "local.nothing"})
    assert set(threading.enumerate()) == before
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= files


def test_a_run_says_nothing_by_itself(
    run: Run, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run(DIAMOND, DIAMOND_WIRES)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_node_that_prints_does_not_disturb(run: Run) -> None:
    assert run({"s": "local.shout", "n": "local.number"})["s"].out == 1


def test_results_are_found_again_in_another_process(
    run: Run, tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    program = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support.engine import NODES, flow
import flowengine as fe
result = fe.run(flow({DIAMOND!r}, {DIAMOND_WIRES!r}), nodes=[NODES], workspace={str(tmp_path)!r})
print(json.dumps([result["sum"].out, [node.cached for node in result.nodes.values()]]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert json.loads(done.stdout) == [112, [True] * 4], done.stderr
    assert log() == []


def test_an_edited_helper_reruns_its_nodes_and_a_comment_does_not(
    tmp_path: Path, log: Callable[[], list[str]]
) -> None:
    folder = tmp_path / "n"
    write_node(
        folder,
        "helped",
        '''
        from ._help import ONE
        import os

        @node(title="Helped")
        class Helped(Node):
            """Give one."""

            def execute(self) -> int:
                with open(os.environ["FLOWENGINE_TEST_LOG"], "a") as file:
                    file.write("helped\\n")
                return ONE
        ''',
    )
    (folder / "_help.py").write_text("ONE = 1\n")
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support.engine import flow
import flowengine as fe
work = flow({{"a": "local.helped"}})
print(fe.run(work, nodes=[{str(folder)!r}], workspace={str(tmp_path)!r})["a"].out)
"""

    def value() -> int:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        return int(done.stdout)

    assert (value(), log()) == (1, ["helped"])
    assert (value(), log()) == (1, [])
    (folder / "_help.py").write_text('"""What nodes share."""\n\n# a comment\nONE = 1\n')
    assert (value(), log()) == (1, [])
    (folder / "_help.py").write_text("ONE = 2\n")
    assert (value(), log()) == (2, ["helped"])


@pytest.mark.parametrize(("workers", "length"), [(0, 1_000), (2, 40)])
def test_a_long_chain_runs(tmp_path: Path, workers: int, length: int) -> None:
    names = [f"n{number}" for number in range(length)]
    work: dict[str, Any] = {name: "local.add" for name in names}
    wires = [f"{one}.out {two}.numbers" for one, two in itertools.pairwise(names)]
    started = time.perf_counter()
    result = fe.run(
        flow({**work, "n0": "local.number"}, wires),
        workers=workers,
        nodes=[NODES],
        workspace=tmp_path,
    )
    assert result[names[-1]].out == 1
    assert time.perf_counter() - started < 15
