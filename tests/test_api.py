"""The Python door: wherever it is used from."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.reduction
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.engine import NODES, document, flow, write

import flowengine as fe
from flowengine.errors import Problem, UnknownTypeError
from flowengine.events import Event
from flowengine.store import Store

WORK: dict[str, Any] = {"a": "local.number", "b": ("local.add", {"plus": 1})}
WIRES = ["a.out b.numbers"]


def go(tmp_path: Path, **options: Any) -> fe.Result:
    return fe.run(flow(WORK, WIRES), nodes=[NODES], workspace=tmp_path, **options)


def test_importing_the_package_imports_no_library_of_weight() -> None:
    program = """
import sys
import flowengine
heavy = {"torch", "polars", "pyarrow", "networkx", "starlette", "sqlite3"}
print(sorted(heavy & set(sys.modules)))
import flowengine as fe
print(all(getattr(fe, name) is not None for name in fe.__all__))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"], done.stderr


def test_a_run_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    program = f"""
import gc, os, signal, sys, threading
import flowengine as fe
def state():
    return (dict(os.environ), os.getcwd(), gc.isenabled(), gc.get_freeze_count(),
            signal.getsignal(signal.SIGINT), sys.excepthook, threading.enumerate())
before = state()
flow = fe.Workflow()
flow.add("local.number")
fe.run(flow, nodes=[{str(NODES)!r}], workspace={str(tmp_path)!r})
print(state() == before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_run_inside_a_running_loop(tmp_path: Path) -> None:
    async def main() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        here = go(tmp_path)["b"].out
        away = await asyncio.to_thread(go, tmp_path, fresh=True)
        ticking.cancel()
        assert ticks > 0
        return int(here + away["b"].out)

    assert asyncio.run(main()) == 4


def test_a_run_in_a_thread(tmp_path: Path) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(go(tmp_path)["b"].out))
    thread.start()
    thread.join()
    assert found == [2]


def test_many_runs_at_the_same_time(tmp_path: Path) -> None:
    found: list[int] = []
    before = set(threading.enumerate())

    def one(number: int) -> None:
        result = go(tmp_path, settings={"b.plus": number % 3})
        found.append(result["b"].out - number % 3)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8
    assert set(threading.enumerate()) == before


def test_a_run_within_a_run(tmp_path: Path) -> None:
    inner: list[int] = []

    def listen(event: Event) -> None:
        if event.node == "a" and event.data.get("state") == "done":
            inner.append(go(tmp_path / "other")["b"].out)

    (tmp_path / "other").mkdir()
    assert go(tmp_path, on_event=listen)["b"].out == 2
    assert inner == [2]


def test_a_handle_tells_when_it_is_done(tmp_path: Path) -> None:
    handle = fe.start(
        flow({"p": ("local.pause", {"seconds": 0.5})}), nodes=[NODES], workspace=tmp_path
    )
    assert not handle.done
    with pytest.raises(TimeoutError, match=r"the run has not ended within 0\.05 s"):
        handle.wait(0.05)
    assert handle.wait(30).status == "done"
    assert handle.done
    assert handle.wait().status == "done"


def test_a_handle_raises_what_the_run_raised(tmp_path: Path) -> None:
    handle = fe.start(
        flow({"t": "local.table", "b": "local.broken"}, ["t.out b.table"]),
        nodes=[NODES],
        workspace=tmp_path,
    )
    with pytest.raises(fe.RunError, match="this is wrong"):
        handle.wait(30)


def test_a_wrong_workflow_raises_at_once(tmp_path: Path) -> None:
    with pytest.raises(fe.WorkflowError, match="/nodes/a/type"):
        fe.start(flow({"a": "local.nothing"}), nodes=[NODES], workspace=tmp_path)


def test_a_wrong_workflow_leaves_no_store_behind(tmp_path: Path) -> None:
    with pytest.raises(fe.WorkflowError):
        fe.run(flow({"a": "local.nothing"}), nodes=[NODES], workspace=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_is_run_in_its_workspace(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    path = write(tmp_path / "deep" / "flow.json", document(WORK, WIRES))
    assert fe.run(path, nodes=[NODES])["b"].out == 2
    assert (tmp_path / ".flowengine").is_dir()
    assert fe.run(str(path), nodes=[str(NODES)]).nodes["b"].cached


def test_a_workflow_built_in_python_is_run(tmp_path: Path) -> None:
    work = fe.Workflow("sum")
    one = work.add("local.number", value=3)
    two = work.add("local.number", value=4)
    total = work.add("local.add", numbers=[one.out, two.out], plus=10)
    count = work.add("local.number", value=total.out)
    result = fe.run(work, nodes=[NODES], workspace=tmp_path)
    assert result[count.id].out == 17


def test_a_workspace_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(fe.WorkflowError, match="is not a folder"):
        go(tmp_path / "no")


def test_unknown_names_of_a_result_are_told(tmp_path: Path) -> None:
    result = go(tmp_path)
    with pytest.raises(KeyError, match='the run has no node "aa"'):
        _ = result["aa"]
    with pytest.raises(AttributeError, match='"a" has no output "ot"'):
        _ = result["a"].ot
    with pytest.raises(TypeError, match="asked for by its name, not by 0"):
        _ = "a" in result
    assert dir(result["a"]) == ["out"]


def test_settings_may_be_given_as_python_values(tmp_path: Path) -> None:
    from flowengine.nn.optimizers.family import Adam

    plan = fe.validate(
        flow({"l": "network.learner", "s": ("local.save", {"path": "x"})}),
        nodes=[NODES],
        settings={"l.optimizer": Adam(learning_rate=0.5), "s.path": Path("y.csv"), "l.metrics": ()},
    )
    node = plan.nodes["l"].node
    assert node is not None
    assert node.model_dump()["optimizer"]["learning_rate"] == 0.5
    assert plan.nodes["s"].settings_given == {"path": "y.csv"}
    with pytest.raises(fe.FlowEngineError, match="is an object, which cannot stand in a file"):
        fe.validate(flow({"l": "network.learner"}), settings={"l.epochs": object()})


def test_the_result_is_json(tmp_path: Path) -> None:
    import json

    said = json.loads(json.dumps(go(tmp_path).to_json()))
    assert said["status"] == "done"
    assert said["nodes"]["b"] == {
        "state": "done", "cached": False, "seconds": said["nodes"]["b"]["seconds"],
        "warnings": [], "error": None, "outputs": {"out": {"value": 2}},
    }  # fmt: skip


def test_one_name_may_stand_for_a_list_of_one(tmp_path: Path) -> None:
    result = fe.run(flow(WORK, WIRES), nodes=str(NODES), workspace=tmp_path, until="a")
    assert list(result.nodes) == ["a"]
    assert not fe.validate(flow(WORK, WIRES), nodes=NODES).errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"device": "gpu"}, 'there is no device "gpu"'),
        ({"workers": -1}, "workers is -1; expected a number of processes"),
        ({"workers": "2"}, "workers is '2'; expected a number of processes"),
        ({"nodes": ["nowhere"]}, 'nowhere" is no folder of nodes'),
        ({"inputs": [1]}, "inputs is a list; expected a dict of values by name"),
        ({"settings": "a.x"}, "settings is a str; expected a dict of values by name"),
        ({"settings": {5: 1}}, "settings has the key 5; expected a name"),
        ({"until": None}, "until is None; expected the name of a node, or several"),
        ({"until": ["a", 3]}, r"until is \['a', 3\]; expected the name of a node"),
        ({"nodes": None}, "nodes is None; expected a folder of nodes, or several"),
        ({"workspace": 5}, "workspace is an int; expected a folder"),
        ({"on_event": 3}, "on_event is an int; expected a function that takes an event"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(
    tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    given = {"nodes": [NODES], "workspace": tmp_path, **options}
    with pytest.raises(fe.FlowEngineError, match=words):
        fe.run(flow(WORK, WIRES), **given)
    with pytest.raises(fe.FlowEngineError, match=words):
        fe.start(flow(WORK, WIRES), **given)


def test_a_refused_call_leaves_no_file_open(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x\n1\n")
    work = flow({"r": ("local.scan", {"path": "in.csv"})})  # whose key is asked of the store
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    fe.run(work, **options)
    before, errors = len(os.listdir("/proc/self/fd")), []
    for wrong in ({"workers": -1}, {"device": "x"}, {"until": "no"}):
        for call in (fe.run, fe.start):
            with pytest.raises(fe.FlowEngineError) as caught:
                call(work, **options, **wrong)
            errors.append(caught)  # as a notebook keeps the last one, with its frames
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_disk_that_is_full_at_the_start_is_told_and_the_run_has_ended(tmp_path: Path) -> None:
    work = flow(WORK, WIRES)
    work.save(tmp_path / "flow.json")
    go(tmp_path)
    shutil.rmtree(tmp_path / ".flowengine" / "runs", ignore_errors=True)
    (tmp_path / ".flowengine" / "runs").touch()  # no folder can be made there
    with pytest.raises(fe.StoreError, match=r"workflow\.json cannot be written"):
        fe.run(work, nodes=[NODES], workspace=tmp_path)
    with Store(tmp_path / ".flowengine", lambda *_: None) as store:
        assert store.runs()[0].status == "failed"


def test_a_workflow_stays_where_it_was_when_a_program_changes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("in.csv").write_text("x\n1\n")
    built = flow({"r": ("local.scan", {"path": "in.csv"})})
    built.save("flow.json")
    read = fe.Workflow.load("flow.json")
    monkeypatch.chdir(tmp_path)
    for work in (built, read):
        assert fe.run(work, nodes=[NODES])["r"].out.height == 1
    assert (tmp_path / "here" / ".flowengine").is_dir()


@pytest.mark.parametrize("place", ["file", "folder", "workspace"])
def test_a_name_of_other_bytes_than_utf8_is_told(tmp_path: Path, place: str) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    file = odd.with_suffix(".json") if place == "file" else odd / "flow.json"
    write(file, document(WORK, WIRES))
    workspace = odd if place == "workspace" else tmp_path
    with pytest.raises(fe.FlowEngineError, match=r"caf\\udce9.* is not UTF-8; rename it"):
        fe.run(file, nodes=[NODES], workspace=workspace)


@pytest.mark.parametrize("workflow", [None, {"flowengine": 1}])
def test_what_is_no_workflow_is_told_in_a_sentence(workflow: Any) -> None:
    with pytest.raises(fe.FlowEngineError, match="the name of a file or a Workflow, not "):
        fe.run(workflow)


def test_what_is_given_to_a_port_is_told_with_what_was_meant() -> None:
    work = fe.Workflow()
    source = work.add("io.file_reader", path="a.csv")
    with pytest.raises(
        fe.FlowEngineError, match=r"give one of its outputs, such as file_reader\.out"
    ):
        work.add("table.partitioning", table=source)
    with pytest.raises(fe.FlowEngineError, match=r"is a DataFrame, .* by a node flow\.input"):
        work.add("table.partitioning", table=pl.DataFrame())


def test_an_input_that_is_none_is_told(tmp_path: Path) -> None:
    work = fe.Workflow()
    work.add("table.partitioning", table=work.add("flow.input", "rows").out)
    with pytest.raises(fe.WorkflowError, match="takes a table, got None; "):
        fe.run(work, inputs={"rows": None}, workspace=tmp_path)


def test_an_input_that_no_file_can_hold_is_told_beforehand(tmp_path: Path) -> None:
    work = fe.Workflow()
    work.add("flow.output", "same", value=work.add("flow.input", "x", port_type="variable").out)
    assert fe.run(work, inputs={"x": 0.1}, workspace=tmp_path).outputs.same == 0.1
    with pytest.raises(fe.WorkflowError, match=r'"x" of the workflow cannot be kept: .* is nan'):
        fe.run(work, inputs={"x": float("nan")}, workspace=tmp_path)


def test_a_node_that_is_not_there_cannot_be_stopped(tmp_path: Path) -> None:
    handle = fe.start(flow(WORK, WIRES), nodes=[NODES], workspace=tmp_path)
    with pytest.raises(fe.FlowEngineError, match='the run has no node "c"'):
        handle.stop_and_keep("c")
    handle.stop_and_keep("b")
    assert handle.wait().status == "done"


def told_by(name: str) -> int:
    """Run what cannot be run; in a process of its own."""
    work = fe.Workflow()
    work.add(name)
    fe.run(work)
    return 0


def test_errors_pass_between_processes() -> None:
    with (
        multiprocessing.get_context("spawn").Pool(1) as pool,
        pytest.raises(fe.WorkflowError) as caught,
    ):
        pool.apply_async(told_by, ["io.file_reader"]).get(timeout=120)
    assert caught.value.problems[0].pointer == "/nodes/file_reader/settings/path"


@pytest.mark.parametrize(
    "error",
    [
        fe.WorkflowError([Problem("/a", "wrong")], name="flow"),
        fe.ConfigureError("wrong", setting="a"),
        UnknownTypeError("a.b", "wrong"),
        fe.NodeError("a", "A", "wrong", detail="line"),
        fe.RunError([fe.NodeError("a", "A", "wrong")], print),
        fe.RunCancelled(print),
        fe.DataError("wrong"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_is_the_same_on_the_other_side(error: fe.FlowEngineError) -> None:
    again = multiprocessing.reduction.ForkingPickler.loads(
        bytes(multiprocessing.reduction.ForkingPickler.dumps(error))
    )
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert [name for name in vars(error) if name not in vars(again)] in ([], ["result"])


def test_numbers_of_numpy_are_settings_too(tmp_path: Path) -> None:
    result = go(tmp_path, settings={"b.plus": np.int64(4)})
    assert result["b"].out == 5


def test_results_tell_what_they_are(tmp_path: Path) -> None:
    result = go(tmp_path)
    assert repr(result).startswith("<done after ")
    assert repr(result["b"]) == "<outputs of b: out>"
    work = fe.Workflow("mine")
    assert repr(work) == "<workflow mine: no nodes>"
    assert repr(work.add("x.y")) == "<node y>"
    assert repr(work) == "<workflow mine: y>"


def test_a_prompt_offers_all_that_is_public() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import flowengine as fe; print(set(fe.__all__) <= set(dir(fe)))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True\n"
