"""``flowengine run`` and ``validate``: what people and programs get, and Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flowengine.cli.main import build_parser, main

COMMAND = [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())"]

NODES = {
    "numbers": '''
from __future__ import annotations
import polars as pl
from flowengine import Node, node

@node(title="Numbers")
class Numbers(Node):
    """Give the numbers from 0 on."""
    count: int = 3
    """How many."""
    def configure(self) -> pl.Schema:
        return pl.Schema({"number": pl.Int64})
    def execute(self) -> pl.DataFrame:
        return pl.DataFrame({"number": range(self.count)}, schema={"number": pl.Int64})
''',
    "broken": '''
from __future__ import annotations
import polars as pl
from flowengine import Node, node

@node(title="Broken")
class Broken(Node):
    """Fail."""
    def execute(self, table: pl.DataFrame) -> pl.DataFrame:
        raise RuntimeError("no good")
''',
    "patient": '''
from __future__ import annotations
import time
import polars as pl
from flowengine import Context, Node, node

@node(title="Patient")
class Patient(Node):
    """Take its time."""
    seconds: float = 60.0
    """How long."""
    def configure(self, table: pl.Schema) -> pl.Schema:
        return table
    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        for _ in ctx.track(range(int(self.seconds * 50)), "waiting"):
            ctx.metric("loss", 1, 0.5)
            time.sleep(0.02)
        return table
''',
    "stubborn": '''
from __future__ import annotations
import time
import polars as pl
from flowengine import Context, Node, node

@node(title="Stubborn")
class Stubborn(Node):
    """Never ask whether it should end."""
    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.progress(0.5, "going on")
        time.sleep(60)
        return table
''',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nodes").mkdir()
    for name, text in NODES.items():
        (tmp_path / "nodes" / f"{name}.py").write_text(text)
    return tmp_path


def write(folder: Path, kind: str = "", **settings: Any) -> str:
    """Write a workflow of the numbers and one node behind them; return its file."""
    flow: dict[str, Any] = {
        "flowengine": 1,
        "name": "A test",
        "variables": {"n": 5},
        "nodes": {"numbers": {"type": "local.numbers", "settings": {"count": {"$variable": "n"}}}},
        "connections": [],
    }
    if kind:
        flow["nodes"]["second"] = {"type": f"local.{kind}", "settings": settings}
        flow["connections"].append({"from": "numbers.out", "to": "second.table"})
    (folder / "flow.json").write_text(json.dumps(flow))
    return "flow.json"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "run", *words, "--nodes", "nodes"], capture_output=True, text=True
    )


def started(*words: str) -> subprocess.Popen[str]:
    """Start a run and wait until its second node is at work."""
    process = subprocess.Popen(
        [*COMMAND, "run", *words, "--nodes", "nodes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not _is_busy() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return process


def _is_busy() -> bool:
    if not Path(".flowengine/store.db").exists():
        return False
    with contextlib.closing(sqlite3.connect(".flowengine/store.db")) as store:
        try:
            rows = store.execute("SELECT * FROM events").fetchall()
        except sqlite3.OperationalError:
            return False
    return any("second" in str(row) and "running" in str(row) for row in rows)


def test_run_tells_what_it_did_and_how_to_do_it_again(folder: Path) -> None:
    file = write(folder)
    done = run(file)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "A test  flow.json"
    assert "✓  numbers" in lines[1]
    assert "5 rows · number" in lines[1]
    assert lines[-1].startswith("Done in ")
    assert (
        "results kept in .flowengine · again: flowengine run flow.json --nodes nodes · "
        "look inside: flowengine ui flow.json --nodes nodes" in lines[-1]
    )
    assert "kept  5 rows" in run(file).stdout


def test_editor_is_pointed_to_by_words_that_it_takes(folder: Path) -> None:
    line = run(write(folder), "--workspace", ".").stdout.splitlines()[-1]
    words = line.partition("look inside: flowengine ")[2].split()
    assert build_parser().parse_args(words).place == Path()


def test_results_are_kept_elsewhere(folder: Path) -> None:
    file = write(folder)
    lines = run(file, "--store", "there/kept", "--report", "page.html").stdout.splitlines()
    assert "results kept in there/kept/.flowengine" in lines[-2]
    assert "look inside" not in lines[-2]
    assert "A test" in Path("page.html").read_text()
    assert "kept  5 rows" in run(file, "--store", "there/kept").stdout
    assert not Path(".flowengine").exists()
    assert main(["export", file, "--to", "html", "--nodes", "nodes", "--store", "there/kept"]) == 0
    assert main(["store", "info", "--workspace", "there/kept"]) == 0


def test_settings_and_variables_are_changed_for_one_call(folder: Path) -> None:
    file = write(folder)
    assert "7 rows" in run(file, "--var", "n=7").stdout
    assert "2 rows" in run(file, "--set", "numbers.count=2").stdout


def test_json_is_one_object_and_nothing_else(folder: Path) -> None:
    done = run(write(folder), "--json")
    answer = json.loads(done.stdout)
    assert done.stderr == ""
    assert answer["status"] == "done"
    numbers = answer["nodes"]["numbers"]
    assert set(numbers) == {"state", "cached", "seconds", "warnings", "error", "outputs"}
    assert numbers["outputs"]["out"]["rows"][4] == {"number": 4}


def test_node_that_fails_is_code_1_and_others_are_kept(folder: Path) -> None:
    done = run(write(folder, "broken"))
    assert done.returncode == 1
    assert "✗  second" in done.stdout
    assert "✓  numbers" in done.stdout
    assert "Failed after" in done.stdout.splitlines()[-1]
    assert 'node "second" (Broken)' in done.stderr
    assert "no good" in done.stderr


def test_failure_as_json_is_still_one_object(folder: Path) -> None:
    done = run(write(folder, "broken"), "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["status"] == "failed"
    assert "no good" in answer["nodes"]["second"]["error"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["flow.json", "--set", "numbers.cuont=2"], 'Did you mean "count"?'),
        (["flow.json", "--set", "nubmers.count=2"], 'Did you mean "numbers"?'),
        (["flow.json", "--set", 'numbers.count="2"'], "expected a whole number"),
        (["flow.json", "--var", "m=2"], 'no variable "m"'),
        (["flow.json", "--until", "number"], 'Did you mean "numbers"?'),
        (["flwo.json"], "flow.json"),
        (["nodes"], "is a folder"),
    ],
)
def test_mistake_is_code_2_without_traceback(folder: Path, words: list[str], sentence: str) -> None:
    write(folder)
    done = run(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_mistake_as_json_lists_every_problem(folder: Path) -> None:
    file = write(folder, "nothing_of_that_name")
    done = run(file, "--json", "--set", "numbers.cuont=2")
    assert done.returncode == 2
    problems = json.loads(done.stdout)["problems"]
    assert {item["pointer"] for item in problems} == {
        "/nodes/numbers/settings/cuont",
        "/nodes/second/type",
    }


def test_explain_says_what_would_run_and_runs_nothing(folder: Path) -> None:
    file = write(folder, "patient", seconds=0.02)
    assert run(file).returncode == 0
    done = run(file, "--explain", "--set", "second.seconds=60")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["numbers", "kept", "from", "before"]
    assert "seconds: 0.02 → 60" in lines[1]
    assert lines[2] == "1 node of 2 would run."


def test_ctrl_c_ends_within_a_second_and_keeps_the_rest(folder: Path) -> None:
    file = write(folder, "patient")
    process = started(file)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - asked < 10  # ten times the bar
    assert process.returncode == 130
    assert "Cancelled" in out.splitlines()[-1]
    assert "1 result kept" in out.splitlines()[-1]
    assert "Traceback" not in err
    assert "kept  5 rows" in run(file, "--until", "numbers").stdout


def test_ctrl_c_ends_a_node_that_does_not_listen(folder: Path) -> None:
    process = started(write(folder, "stubborn"), "--json")
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - asked < 10
    assert process.returncode == 130
    answer = json.loads(out)
    assert answer["status"] == "cancelled"
    assert answer["nodes"]["numbers"]["state"] == "done"
    assert answer["nodes"]["second"]["state"] == "cancelled"
    assert "Traceback" not in err


def test_terminal_shows_a_bar_with_metrics_and_time_left(folder: Path) -> None:
    file = write(folder, "patient", seconds=3)
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "run", file, "--nodes", "nodes"],
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(child)
    shown = b""
    while process.poll() is None or select.select([parent], [], [], 0)[0]:
        try:
            if select.select([parent], [], [], 0.2)[0]:
                shown += os.read(parent, 65536)
        except OSError:
            break
    os.close(parent)
    text = shown.decode()
    assert process.wait() == 0
    assert "waiting · loss 0.5" in text
    assert " left" in text
    assert "of 2 nodes" in text
    assert text.rstrip().splitlines()[-1].startswith("Done in ")


def test_validate_shows_specs_without_running(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", write(folder, "patient"), "--nodes", "nodes"]) == 0
    out = capsys.readouterr().out
    assert "second   Patient  number" in out
    assert out.splitlines()[-1] == "The workflow is in order."
    assert not Path(".flowengine").exists()


def test_validate_tells_every_problem_and_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(folder, "missing_type")
    assert main(["validate", file, "--nodes", "nodes", "--set", "numbers.count=many"]) == 2
    out = capsys.readouterr().out
    assert "2 errors" in out
    assert '/nodes/numbers/settings/count: expected a whole number, got "many"' in out
    assert "/nodes/second/type" in out


def test_validate_as_json_describes_every_output(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", write(folder), "--nodes", "nodes", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "ok"
    assert answer["nodes"]["numbers"]["outputs"]["out"] == [{"name": "number", "type": "Int64"}]
