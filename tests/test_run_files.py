"""Runs that read and write files, stream tables, and are found again by other processes."""

from __future__ import annotations

import gc
import itertools
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.engine import NODES, flow, write_node
from support.runs import DIAMOND, DIAMOND_WIRES, Run

import flowengine as fe
from flowengine.api import explain

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


def test_a_file_that_changes_during_the_run_spoils_nothing(tmp_path: Path) -> None:
    # The node changes it, as somebody else might after the run was planned.
    write_node(
        tmp_path / "n",
        "late",
        """
        @node(title="Late")
        class Late(Node):
            path: Annotated[str, File("read")]
            text: str = ""

            def execute(self, ctx: Context) -> str:
                path = ctx.path(self.path)
                if path.with_name("now").exists():
                    path.write_text("of others")
                return path.read_text()
        """,
    )
    path, now = tmp_path / "in.txt", tmp_path / "now"
    for workers in (0, 1):
        path.write_text("old")
        now.touch()
        options: dict[str, Any] = {"nodes": [tmp_path / "n"], "workspace": tmp_path}
        work = flow({"r": ("local.late", {"path": "in.txt", "text": f"{workers}"})})
        result = fe.run(work, workers=workers, check=False, **options)
        assert result.nodes["r"].error == (
            '"in.txt" has changed since the run began; run again to take it as it is now, or read '
            "a copy if it never rests"
        )
        now.unlink()
        path.write_text("old")
        assert fe.run(work, workers=workers, **options)["r"].out == "old"


def test_a_value_is_not_computed_again_from_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.store.kept_values._DISK_SECONDS", 1000.0)
    (tmp_path / "in.csv").write_text(CSV)
    nodes = {**READ, "big": ("local.spread", {"rows": 200_000}), "m": "local.count"}
    wires = ["r.out n.table", "r.out big.table", "big.out m.table"]
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    fe.run(flow(nodes, wires), **options)
    again = fe.run(flow(nodes, wires), **options)
    shutil.rmtree(tmp_path / ".flowengine")
    (tmp_path / "in.csv").write_text("x,y\n")
    with pytest.raises(fe.FlowEngineError, match=r'computed again: .*"in\.csv" has changed'):
        _ = again["big"].out


def test_a_copied_workspace_writes_files_of_its_own(tmp_path: Path) -> None:
    nodes = {"t": "local.table", "s": ("local.save", {"path": "out.csv"})}
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    fe.run(flow(nodes, ["t.out s.table"]), nodes=[NODES], workspace=here)
    shutil.copytree(here, there)
    again = fe.run(flow(nodes, ["t.out s.table"]), nodes=[NODES], workspace=there)
    assert again.nodes["s"].cached
    (there / "out.csv").unlink()
    fe.run(flow(nodes, ["t.out s.table"]), nodes=[NODES], workspace=there)
    assert (there / "out.csv").read_bytes() == (here / "out.csv").read_bytes()


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
    monkeypatch.setattr("flowengine.running.execute.LARGE_BYTES", 1_000)
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


def test_a_file_that_was_written_and_is_gone_is_the_reason(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    work = flow({"t": "local.table", "s": ("local.save", {"path": "out.csv"})}, ["t.out s.table"])
    work.save(tmp_path / "flow.json")
    fe.run(work, **options)
    (tmp_path / "out.csv").unlink()
    reasons = explain(work, **options)
    assert reasons == {"t": "", "s": "the file it wrote is gone or was changed"}


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


@pytest.mark.parametrize("source", ["local.table", ("local.scan", {"path": "in.csv"})])
def test_a_node_cannot_write_over_its_own_workflow(tmp_path: Path, source: Any) -> None:
    (tmp_path / "in.csv").write_text(CSV)  # whose columns are known when it runs
    nodes = {"a": source, "b": ("local.save", {"path": "sub/../w.json"})}
    (tmp_path / "sub").mkdir()
    file = tmp_path / "w.json"
    flow(nodes, ["a.out b.table"]).save(file)
    before = file.read_bytes()
    with pytest.raises(fe.WorkflowError) as caught:
        fe.run(file, nodes=[NODES])
    [problem] = caught.value.problems
    assert problem.pointer == "/nodes/b/settings/path"
    assert '"sub/../w.json" is the workflow itself' in problem.message
    assert file.read_bytes() == before
