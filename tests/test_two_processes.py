"""Several processes on one workspace: nothing is computed twice, and nobody waits in vain."""

from __future__ import annotations

import collections
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, flow

import flowengine as fe

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from support.engine import NODES, flow
import flowengine as fe
result = fe.run(flow({work!r}, {wires!r}), nodes=[NODES], workspace={workspace!r}, check=False)
print(result.status, *(f"{{path}}:{{node.state}}" for path, node in sorted(result.nodes.items())))
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log.txt"
    monkeypatch.setenv("FLOWENGINE_TEST_LOG", str(path))
    return path


def begin(workspace: Path, work: dict[str, Any], wires: list[str]) -> subprocess.Popen[str]:
    program = PROGRAM.format(
        tests=str(Path(__file__).parent), work=work, wires=wires, workspace=str(workspace)
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def lattice(layers: int, width: int, seconds: float) -> tuple[dict[str, Any], list[str]]:
    """Return pauses in layers: each waits for one of the layer before."""
    work = {
        f"p{layer}_{place}": ("local.pause", {"seconds": seconds, "number": 10 * layer + place})
        for layer in range(layers)
        for place in range(width)
    }
    wires = [
        f"p{layer}_{place}.out p{layer + 1}_{(place + 1) % width}.after"
        for layer in range(layers - 1)
        for place in range(width)
    ]
    return work, wires


def test_processes_share_the_work(tmp_path: Path, log: Path) -> None:
    work, wires = lattice(4, 3, 0.15)
    children = [begin(tmp_path, work, wires) for _ in range(3)]
    for child in children:
        text, _ = child.communicate(timeout=120)
        assert text.split() == ["done", *(f"{path}:done" for path in sorted(work))]
    counts = collections.Counter(log.read_text().split())
    assert counts == dict.fromkeys(work, 1)


def test_different_parts_of_one_workflow_wait_for_each_other(tmp_path: Path, log: Path) -> None:
    work, wires = lattice(3, 2, 0.3)
    other = {**work, "end": ("local.pause", {"seconds": 0.1, "number": 99})}
    children = [
        begin(tmp_path, work, wires),
        begin(tmp_path, other, [*wires, "p2_0.out end.after"]),
    ]
    assert [child.communicate(timeout=120)[0].split()[0] for child in children] == ["done", "done"]
    assert collections.Counter(log.read_text().split()) == dict.fromkeys(other, 1)


def test_a_failure_in_one_process_keeps_no_other_waiting(tmp_path: Path, log: Path) -> None:
    work: dict[str, Any] = {
        "t": "local.table", "bad": "local.broken", "n": "local.count",
        "slow": ("local.pause", {"seconds": 3.0}),
    }  # fmt: skip
    wires = ["t.out bad.table", "bad.out n.table"]
    children = [begin(tmp_path, work, wires) for _ in range(2)]
    for child in children:
        text, _ = child.communicate(timeout=60)
        assert text.split() == ["failed", "bad:failed", "n:skipped", "slow:done", "t:done"]
    assert log.read_text().split().count("slow") == 1


def test_the_next_run_takes_over_from_one_that_was_killed(tmp_path: Path, log: Path) -> None:
    work, wires = lattice(6, 1, 0.3)
    child = begin(tmp_path, work, wires)
    until = time.monotonic() + 60
    while not log.exists() or len(log.read_text().split()) < 3:
        assert time.monotonic() < until
        time.sleep(0.02)
    child.kill()
    child.communicate()
    before = log.read_text().split()
    started = time.monotonic()
    result = fe.run(flow(work, wires), nodes=[NODES], workspace=tmp_path)
    assert result.status == "done"
    assert time.monotonic() - started < 8
    done = [path for path, node in result.nodes.items() if node.cached]
    # what was finished stays finished, up to the rows of the last tenth of a second
    assert len(done) >= len(before) - 2
    again = log.read_text().split()[len(before) :]
    assert sorted(again) == sorted(set(work) - set(done))


def test_a_waiting_run_takes_over_when_the_other_is_killed(tmp_path: Path, log: Path) -> None:
    work = {"p": ("local.pause", {"seconds": 40.0})}
    child = begin(tmp_path, work, [])
    until = time.monotonic() + 60
    while not log.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    handle = fe.start(flow(work), nodes=[NODES], workspace=tmp_path, check=False)
    time.sleep(0.5)
    assert log.read_text().split() == ["p"]
    child.kill()
    child.communicate()
    until = time.monotonic() + 10
    while log.read_text().split() != ["p", "p"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    handle.cancel()
    assert handle.wait(10).status == "cancelled"


def test_a_waiting_run_can_be_cancelled(tmp_path: Path, log: Path) -> None:
    work = {"p": ("local.pause", {"seconds": 40.0})}
    child = begin(tmp_path, work, [])
    until = time.monotonic() + 60
    while not log.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    handle = fe.start(flow(work), nodes=[NODES], workspace=tmp_path, check=False)
    time.sleep(0.3)
    started = time.monotonic()
    handle.cancel()
    result = handle.wait(30)
    assert time.monotonic() - started < 10  # ten times the bar
    assert result.nodes["p"].state == "cancelled"
    child.kill()
    child.communicate()


def test_what_another_run_ended_early_is_gone_on_with(tmp_path: Path, log: Path) -> None:
    work = {"t": ("local.train", {"epochs": 400, "seconds": 0.01})}
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path, "check": False}
    first = fe.start(flow(work), **options)
    until = time.monotonic() + 10
    while not log.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    second = fe.start(flow(work), **options)
    time.sleep(0.2)
    first.stop_and_keep("t")
    early, whole = first.wait(60), second.wait(60)
    assert (early.nodes["t"].state, whole.nodes["t"].state) == ("stopped", "done")
    assert (early["t"].out["done"], whole["t"].out["done"]) == (whole["t"].out["first"], 400)


@pytest.mark.slow
def test_runs_killed_at_any_moment_end_with_the_same_values(tmp_path: Path, log: Path) -> None:
    work, wires = lattice(5, 2, 0.05)
    for number in range(10):
        child = begin(tmp_path, work, wires)
        time.sleep(0.6 + 0.12 * number)
        child.kill()
        child.communicate()
    result = fe.run(flow(work, wires), nodes=[NODES], workspace=tmp_path)
    assert result.status == "done"
    assert all(set(result[path].out) == {"start", "end"} for path in work)
