"""Cancelling: within a second, whatever a node does, and the store stays whole."""

from __future__ import annotations

import json
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
from flowengine.store import Store

SOON = 10.0
"""Ten times the bar of a second: a machine that does other things must not fail a test."""


def no_layer(*_: object) -> Any:
    raise AssertionError


def runs(workspace: Path) -> list[str]:
    with Store(workspace / ".flowengine", no_layer) as store:
        return [run.status for run in store.runs()]


def work(*, listens: bool = True, type_id: str = "local.pause") -> dict[str, Any]:
    settings: dict[str, Any] = {"seconds": 12.0, "listens": listens}
    if type_id == "local.train":
        settings = {"epochs": 1_000}
    return {
        "one": "local.number",
        "wait": (type_id, settings),
        "n": ("local.mirror", {}),
        "free": ("local.number", {"value": 7}),
    }


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(
    ("type_id", "listens"), [("local.pause", True), ("local.pause", False), ("local.train", True)]
)
def test_a_run_ends_within_a_second(
    tmp_path: Path, workers: int, type_id: str, listens: bool
) -> None:
    seen = threading.Event()

    def listen(event: Event) -> None:
        if event.node == "wait" and (event.kind == "progress" or not listens):
            seen.set()

    handle = fe.start(
        flow(work(listens=listens, type_id=type_id), ["one.out wait.after"]),
        nodes=[NODES],
        workspace=tmp_path,
        workers=workers,
        on_event=listen,
        check=False,
    )
    assert seen.wait(60)
    time.sleep(0.3 if listens else 1.5 * workers)
    started = time.monotonic()
    handle.cancel()
    result = handle.wait(60)
    seconds = time.monotonic() - started
    assert result.status == "cancelled"
    assert seconds < SOON, seconds
    assert result.nodes["one"].state == "done"
    assert result.nodes["wait"].state == "cancelled"
    assert runs(tmp_path) == ["cancelled"]


def test_a_cancelled_run_raises_with_what_was_done(tmp_path: Path) -> None:
    handle = fe.start(flow(work(), ["one.out wait.after"]), nodes=[NODES], workspace=tmp_path)
    time.sleep(0.5)
    handle.cancel()
    with pytest.raises(fe.RunCancelled) as caught:
        handle.wait(60)
    assert isinstance(caught.value.result, Result)
    assert caught.value.result.nodes["one"].state in ("done", "cancelled")


def test_what_was_done_before_is_not_done_again(tmp_path: Path) -> None:
    waits = threading.Event()

    def listen(event: Event) -> None:
        if event.node == "wait" and event.kind == "progress":
            waits.set()

    handle = fe.start(
        flow(work(), ["one.out wait.after"]),
        nodes=[NODES],
        workspace=tmp_path,
        on_event=listen,
        check=False,
    )
    assert waits.wait(60)
    handle.cancel()
    handle.wait(60)
    quick = flow({**work(), "wait": ("local.pause", {"seconds": 0.1})}, ["one.out wait.after"])
    result = fe.run(quick, nodes=[NODES], workspace=tmp_path)
    assert result.nodes["one"].cached
    assert not result.nodes["wait"].cached


def test_a_run_can_be_cancelled_at_once(tmp_path: Path) -> None:
    handle = fe.start(flow(work()), nodes=[NODES], workspace=tmp_path, check=False)
    handle.cancel()
    assert handle.wait(60).status == "cancelled"


def test_a_node_that_is_left_behind_does_no_harm(tmp_path: Path) -> None:
    nodes = {"deaf": ("local.pause", {"seconds": 2.0, "listens": False})}
    handle = fe.start(flow(nodes), nodes=[NODES], workspace=tmp_path, check=False)
    time.sleep(0.4)
    handle.cancel()
    assert handle.wait(60).status == "cancelled"
    assert fe.run(flow({"n": "local.number"}), nodes=[NODES], workspace=tmp_path)["n"].out == 1
    until = time.monotonic() + 60
    while any(thread.name == "flowengine-run" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.05)
    again = fe.run(flow(nodes), nodes=[NODES], workspace=tmp_path)
    assert again.nodes["deaf"].state == "done"


PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from support.engine import NODES, flow
import flowengine as fe

def listen(event):
    if event.node == "wait" and event.data.get("state") == "running":
        print("running", flush=True)

try:
    fe.run(flow({work!r}, {wires!r}), nodes=[NODES], workspace={workspace!r},
           workers={workers}, on_event=listen)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("listens", [True, False])
def test_ctrl_c_ends_a_program_within_a_second(tmp_path: Path, workers: int, listens: bool) -> None:
    program = PROGRAM.format(
        tests=str(Path(__file__).parent),
        work=work(listens=listens),
        wires=["one.out wait.after"],
        workspace=str(tmp_path),
        workers=workers,
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "running\n"
    time.sleep(0.3)
    started = time.monotonic()
    os.killpg(child.pid, signal.SIGINT)
    assert child.stdout.readline() == "interrupted\n"
    seconds = time.monotonic() - started
    child.wait(60)
    child.stdout.close()
    assert seconds < SOON, seconds
    assert child.returncode == 0
    assert runs(tmp_path) == ["cancelled"]


@pytest.mark.parametrize("listens", [True, False])
def test_ctrl_c_ends_the_command_within_a_second(tmp_path: Path, listens: bool) -> None:
    path = tmp_path / "flow.json"
    flow(work(listens=listens), ["one.out wait.after"]).save(path)
    child = subprocess.Popen(
        [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())",
         "run", path, "--json", "--nodes", NODES],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    store = tmp_path / ".flowengine"
    until = time.monotonic() + 30
    while not store.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(1.0)
    started = time.monotonic()
    os.killpg(child.pid, signal.SIGINT)
    text, _ = child.communicate(timeout=60)
    seconds = time.monotonic() - started
    assert seconds < SOON, seconds
    assert child.returncode == 130
    said = json.loads(text)
    assert said["status"] == "cancelled"
    assert said["nodes"]["wait"]["state"] == "cancelled"


@pytest.mark.parametrize("listens", [True, False])
def test_a_node_that_is_cancelled_tells_how_long_it_was_at_work(
    tmp_path: Path, listens: bool
) -> None:
    seen = threading.Event()

    def listen(event: Event) -> None:
        if event.node == "wait" and event.data.get("state") == "running":
            seen.set()

    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path, "check": False}
    handle = fe.start(flow(work(listens=listens)), on_event=listen, **options)
    assert seen.wait(60)
    time.sleep(0.1)
    handle.cancel()
    result = handle.wait(60)
    assert result.nodes["wait"].seconds >= 0.1


def test_a_node_that_fails_tells_how_long_it_was_at_work(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "late",
        '''
        import time


        @node(title="Late")
        class Late(Node):
            """Fail after a while."""

            def execute(self) -> int:
                time.sleep(0.1)
                raise ValueError
        ''',
    )
    work = flow({"late": "local.late", "after": "local.add"}, ["late.out after.numbers"])
    result = fe.run(work, nodes=[NODES, tmp_path], workspace=tmp_path, check=False)
    assert result.nodes["late"].seconds >= 0.1
    assert result.nodes["after"].seconds == 0
