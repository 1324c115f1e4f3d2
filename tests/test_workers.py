"""Worker processes: what happens in them stays in them."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, flow, write_node

import flowengine as fe
from flowengine.events import Event
from flowengine.running.result import Result


def go(
    tmp_path: Path, work: dict[str, Any], wires: list[str] | None = None, **options: Any
) -> Result:
    options = {"nodes": [NODES], "workspace": tmp_path, "check": False} | options
    return fe.run(flow(work, wires or []), **options)


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid and b"flowengine.running.worker" in words:
            found.append(int(entry.name))
    return found


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("kill", "its process died (it was killed, perhaps because memory ran out)"),
        ("hard", "its process died (exit code 7)"),
    ],
)
def test_a_process_that_dies_fails_only_its_node(tmp_path: Path, how: str, message: str) -> None:
    work = {"a": ("local.die", {"how": how}), "b": "local.add", "n": "local.number"}
    result = go(tmp_path, work, ["a.out b.numbers"], workers=2)
    assert result.nodes["a"].error == f"{message}; nothing else was hurt"
    assert str(result.errors[0]).startswith('node "a" (Die): its process died')
    assert (result.nodes["b"].state, result["n"].out) == ("skipped", 1)


def test_the_run_goes_on_after_a_death(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(6)]
    work: dict[str, Any] = {name: ("local.number", {"value": i}) for i, name in enumerate(names)}
    work |= {
        "x": ("local.die", {"how": "kill"}),
        "y": ("local.die", {"how": "hard"}),
        "s": "local.add",
    }
    result = go(tmp_path, work, [f"{name}.out s.numbers" for name in names], workers=2)
    assert result["s"].out == 15


def test_a_node_over_its_time_is_ended_alone(tmp_path: Path) -> None:
    slow = {"type": "local.pause", "settings": {"seconds": 60.0, "listens": False}, "timeout": 0.3}
    quick = {"type": "local.number", "settings": {"value": 5}, "timeout": 60}
    started = time.monotonic()
    result = go(
        tmp_path, {"slow": slow, "quick": quick, "here": "local.number", "sum": "local.add"},
        ["quick.out sum.numbers", "here.out sum.numbers"],
    )  # fmt: skip
    assert result.nodes["slow"].error == "it took longer than its timeout of 0.3 s and was ended"
    assert result["sum"].out == 6
    assert time.monotonic() - started < 20
    assert workers_of(os.getpid()) == []


def test_what_a_timed_node_takes_and_gives_passes_through_the_store(tmp_path: Path) -> None:
    scale = {"type": "local.scale", "settings": {"column": "x", "by": 2.0}, "timeout": 60}
    result = go(
        tmp_path,
        {
            "t": "local.table",
            "big": ("local.spread", {"rows": 100_000}),
            "s": scale,
            "n": "local.count",
        },
        ["t.out big.table", "big.out s.table", "s.out n.table"],
    )
    assert result["n"].out == 100_000
    assert result["s"].out["x"].sum() == 2 * sum(range(100_000))


def test_no_more_workers_run_than_were_asked_for(tmp_path: Path) -> None:
    most = 0

    def listen(event: Event) -> None:
        nonlocal most
        most = max(most, len(workers_of(os.getpid())))

    work = {
        f"p{number}": ("local.pause", {"number": number, "seconds": 0.2}) for number in range(5)
    }
    result = go(tmp_path, work, workers=1, on_event=listen)
    assert result.status == "done"
    assert most == 1
    times = sorted((result[name].out["start"], result[name].out["end"]) for name in work)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(times))


def test_workers_end_with_the_run(tmp_path: Path) -> None:
    go(tmp_path, {"n": "local.number"}, workers=2)
    assert workers_of(os.getpid()) == []


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support.engine import NODES, flow
import flowengine as fe
work = {{"p": ("local.pause", {{"seconds": 60.0, "listens": False}})}}
fe.run(flow(work), nodes=[NODES], workspace={str(tmp_path)!r}, workers=1)
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    until = time.monotonic() + 30
    while not (tmp_path / "log").exists() and not (found := workers_of(parent.pid)):
        assert time.monotonic() < until
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in found):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_worker_does_not_import_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "polars.py").write_text("raise SystemExit('the wrong polars')\n")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')\n")
    monkeypatch.chdir(tmp_path)
    assert go(tmp_path, {"n": "local.number"}, workers=1)["n"].out == 1


def test_a_worker_finds_what_its_parent_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "only_here.py").write_text("VALUE = 42\n")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    write_node(
        tmp_path / "n",
        "far",
        '''
        from only_here import VALUE

        @node(title="Far")
        class Far(Node):
            """Give a value of a library."""

            def execute(self) -> int:
                return VALUE
        ''',
    )
    assert go(tmp_path, {"f": "local.far"}, workers=1, nodes=[tmp_path / "n"])["f"].out == 42


def test_loose_folders_may_be_given_relative_to_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(NODES.parent)
    result = go(tmp_path, {"n": "local.number"}, workers=1, nodes=[NODES.name])
    assert result["n"].out == 1


@pytest.mark.parametrize("workers", [0, 1])
def test_a_node_stops_early_and_keeps_what_it_has(tmp_path: Path, workers: int) -> None:
    seen = threading.Event()
    handle = fe.start(
        flow({"t": ("local.train", {"epochs": 1_000}), "m": "local.mirror"}),
        nodes=[NODES],
        workspace=tmp_path,
        workers=workers,
        on_event=lambda event: seen.set() if event.kind == "progress" else None,
    )
    assert seen.wait(30)
    handle.stop_and_keep("t")
    result = handle.wait(30)
    assert result.status == "done"
    assert result.nodes["t"].state == "stopped"
    assert 0 < result["t"].out["done"] < 1_000


def test_a_stopped_node_goes_on_in_the_next_run(tmp_path: Path) -> None:
    work = flow({"t": ("local.train", {"epochs": 30})})
    seen = threading.Event()
    handle = fe.start(
        work, nodes=[NODES], workspace=tmp_path,
        on_event=lambda event: seen.set() if event.kind == "progress" else None,
    )  # fmt: skip
    assert seen.wait(30)
    handle.stop_and_keep("t")
    stopped = handle.wait(30)["t"].out["done"]
    again = fe.run(work, nodes=[NODES], workspace=tmp_path)
    assert again.nodes["t"].state == "done"
    assert again["t"].out["first"] == stopped
    assert again["t"].out["done"] == 30


def test_fewer_settings_decide_about_checkpoints_than_about_results(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    assert fe.run(flow({"t": ("local.train", {"epochs": 2})}), **options)["t"].out["first"] == 0
    assert fe.run(flow({"t": ("local.train", {"epochs": 4})}), **options)["t"].out["first"] == 2
    fresh = fe.run(flow({"t": ("local.train", {"epochs": 5})}), fresh=True, **options)
    assert fresh["t"].out["first"] == 0
    other = flow({"t": ("local.train", {"epochs": 4, "seconds": 0.01})})
    assert fe.run(other, **options)["t"].out["first"] == 0


def test_a_signal_to_a_worker_is_told(tmp_path: Path) -> None:
    seen = threading.Event()
    handle = fe.start(
        flow({"p": ("local.pause", {"seconds": 60.0})}),
        nodes=[NODES],
        workspace=tmp_path,
        workers=1,
        on_event=lambda event: seen.set() if event.kind == "progress" else None,
        check=False,
    )
    assert seen.wait(60)
    [pid] = workers_of(os.getpid())
    os.kill(pid, signal.SIGTERM)
    result = handle.wait(30)
    assert result.nodes["p"].error == "its process died (signal 15); nothing else was hurt"


def test_a_process_that_dies_in_the_middle_of_a_word_fails_only_its_node(tmp_path: Path) -> None:
    write_node(
        tmp_path / "nodes",
        "stutter",
        """
import os
import signal
import stat

@node(title="Stutter")
class Stutter(Node):
    def execute(self) -> int:
        for handle in range(3, 10):  # the pipe to the parent is one of them
            try:
                if stat.S_ISFIFO(os.fstat(handle).st_mode):
                    os.write(handle, b'{"kind": "eve')
            except OSError:
                pass
        os.kill(os.getpid(), signal.SIGKILL)
""",
    )
    handle = fe.start(
        flow({"s": "local.stutter", "n": "local.number"}),
        nodes=[NODES, tmp_path / "nodes"],
        workspace=tmp_path,
        workers=1,
        check=False,
    )
    try:
        result = handle.wait(30)
    finally:
        handle.cancel()
    assert "its process died" in str(result.nodes["s"].error)
    assert result["n"].out == 1


def test_a_process_that_cannot_be_started_fails_only_its_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    timed = {"type": "local.number", "timeout": 60}
    result = go(tmp_path, {"timed": timed, "here": ("local.number", {"value": 5})})
    assert result.nodes["timed"].error == (
        "its process cannot be started: No such file or directory"
    )
    assert result["here"].out == 5


def test_code_that_changes_during_the_run_fails_its_node(tmp_path: Path) -> None:
    nodes, late = tmp_path / "nodes", "class Late(Node):\n    def execute(self, after: int) -> int:"
    write_node(nodes, "late", f'@node(title="Late")\n{late}\n        return 1\n')
    write_node(
        nodes,
        "edit",
        """
from pathlib import Path

@node(title="Edit")
class Edit(Node):
    def execute(self) -> int:
        place = Path(__file__).with_name("late.py")
        place.write_text(place.read_text().replace("return 1", "return 22"))
        return 0
""",
    )
    work: dict[str, Any] = {"e": "local.edit", "a": "local.late"}
    result = go(tmp_path, work, ["e.out a.after"], nodes=[nodes], workers=1)
    error = "its code has changed since the run began; run again to use it"
    assert (result["e"].out, result.nodes["a"].error) == (0, error)
    assert go(tmp_path, work, ["e.out a.after"], nodes=[nodes], workers=1)["a"].out == 22


FORK = """
import os
import signal
import time

@node(title="Fork")
class Fork(Node):
    end: str

    def execute(self, ctx: Context) -> int:
        child = os.fork()  # which has the pipe to the parent too
        if not child:
            time.sleep(120)
            os._exit(0)
        ctx.warn(str(child))
        if self.end == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.end == "stay":
            time.sleep(120)
        return child
"""


@pytest.mark.parametrize("end", ["die", "stay", "leave"])
def test_what_a_node_has_forked_ends_with_its_process(tmp_path: Path, end: str) -> None:
    write_node(tmp_path / "nodes", "fork", FORK)
    fork = {"type": "local.fork", "settings": {"end": end}, "timeout": 1}
    handle = fe.start(
        flow({"f": fork, "n": "local.number"}),
        nodes=[NODES, tmp_path / "nodes"],
        workspace=tmp_path,
        check=False,
    )
    result = handle.wait(30)
    errors = {"die": "its process died", "stay": "longer than its timeout", "leave": "None"}
    assert errors[end] in str(result.nodes["f"].error)
    if end == "leave":
        until = time.monotonic() + 10
        while _is_running(result["f"].out):
            assert time.monotonic() < until
            time.sleep(0.05)


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_node_has_forked_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    write_node(tmp_path / "nodes", "fork", FORK)
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support.engine import flow
import flowengine as fe
fe.run(
    flow({{"f": ("local.fork", {{"end": "stay"}})}}),
    nodes=[{str(tmp_path / "nodes")!r}],
    workspace={str(tmp_path)!r},
    workers=1,
    on_event=lambda event: event.kind == "warning" and print(event.data["message"], flush=True),
)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until = time.monotonic() + 30
    while _is_running(child):
        assert time.monotonic() < until
        time.sleep(0.05)
