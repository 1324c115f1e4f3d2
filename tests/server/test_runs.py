"""Runs live in processes of their own: they outlive browser and server, and are found again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from support.client import Client, until
from support.engine import NODES, document, write, write_node
from support.ui import Server

from flowengine.api import validate
from flowengine.server.runs.book import RunBook
from flowengine.server.runs.folder import Order, RunFolder
from flowengine.server.runs.processes import NoRun, Runs
from flowengine.server.wire import RunRequest
from flowengine.store import Store

ENDLESS = {"wait": ("local.pause", {"seconds": 300.0}), "table": "local.table"}
TRAIN = {"train": ("local.train", {"epochs": 60, "seconds": 0.1})}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a server of its own for each test; it is restarted on the same workspace."""
    server = Server(tmp_path, "--nodes", str(NODES))
    write(tmp_path / "endless.json", document(ENDLESS))
    write(tmp_path / "train.json", document(TRAIN))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """Return a client whose runs are cancelled in the end."""
    client = Client(server)
    yield client
    for name in ("endless.json", "train.json"):
        for card in client.get(f"api/runs?workflow={name}"):
            if card["status"] == "running":
                client.post(f"api/runs/{card['id']}/cancel")
                client.ended(card["id"])


def begun(client: Client, workflow: str, node: str) -> str:
    """Begin a run and return its id when the node runs and has told how far it is."""
    run = client.post(f"api/run/{workflow}")["id"]
    until(
        lambda: client.get(f"api/runs/{run}")["nodes"].get(node, {}),
        lambda seen: seen.get("state") == "running" and seen.get("fraction", 0) > 0,
    )
    return str(run)


def process_of(run: str) -> int:
    """Return the id of a run's process."""
    [found] = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and run.encode() in _command(path)
    ]
    return found


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def state_of(client: Client, workflow: str, node: str) -> Any:
    return client.get(f"api/report/{workflow}")["nodes"][node]


def test_run_is_queued_at_once_and_done_in_the_end(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "flow.json", document({"one": "local.number", "two": "local.table"}))
    state = client.post("api/run/flow.json")
    assert (state["status"], state["workflow"]) == ("running", "flow.json")
    assert {node["state"] for node in state["nodes"].values()} == {"queued"}
    ended = client.ended(state["id"])
    assert ended["status"] == "done"
    assert {node["state"] for node in ended["nodes"].values()} == {"done"}
    assert ended["seconds"] is not None


def test_run_until_a_node_leaves_the_others(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "flow.json", document({"one": "local.number", "two": "local.table"}))
    ended = client.ended(client.post("api/run/flow.json", {"until": ["one"]})["id"])
    assert set(ended["nodes"]) == {"one"}


def test_all_values_are_kept_to_be_looked_at(client: Client, tmp_path: Path) -> None:
    nodes = {"table": ("local.table", {"rows": 50_000}), "scale": ("local.scale", {"column": "x"})}
    write(tmp_path / "flow.json", document(nodes, ["table.out scale.table"]))
    client.ended(client.post("api/run/flow.json")["id"])
    found = client.get("api/report/flow.json")["nodes"]
    assert all(node["outputs"]["out"]["kept"] for node in found.values())


def test_workflow_runs_once_at_a_time(client: Client) -> None:
    begun(client, "endless.json", "wait")
    reply = client("POST", "api/run/endless.json", {})
    assert (reply.status, "runs already" in reply.json["message"]) == (409, True)
    assert client("POST", "api/reset/endless.json", {}).status == 409


def test_what_cannot_run_is_refused_with_the_reason(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "flow.json", document({"one": ("local.number", {"value": "x"})}))
    reply = client("POST", "api/run/flow.json", {})
    assert reply.status == 422
    assert (reply.json["faults"][0]["node"], reply.json["faults"][0]["setting"]) == ("one", "value")
    reply = client("POST", "api/run/flow.json", {"until": ["absent"]})
    assert (reply.status, "absent" in reply.json["message"]) == (422, True)


def test_run_of_everything_leaves_out_what_is_not_ready(client: Client, tmp_path: Path) -> None:
    nodes = {
        "one": "local.number",
        "two": "local.table",
        "wrong": ("local.scale", {"column": "y"}),
        "behind": ("local.scale", {"column": "x"}),
        "missing": ("io.file_reader", {"path": "absent.csv"}),
        "first": ("local.scale", {"column": "x"}),
        "second": ("local.scale", {"column": "x"}),
        "given": ("flow.input", {"port_type": "table"}),
    }
    wires = ["two.out wrong.table", "wrong.out behind.table"]
    wires += ["first.out second.table", "second.out first.table"]  # a circle
    write(tmp_path / "flow.json", document(nodes, wires))
    state = client.post("api/run/flow.json", {"keep": ["behind"]})
    left_out = state["left_out"]
    assert left_out["message"].startswith("left out: ")
    assert left_out["message"].endswith("(and 3 more)")
    assert {fault["node"] for fault in left_out["faults"]} == {"wrong", "missing", "first", "given"}
    ended = client.ended(state["id"])
    assert (ended["status"], set(ended["nodes"])) == ("done", {"one", "two"})
    assert client.post("api/run/flow.json", {"until": ["two"]})["left_out"] is None


def test_what_belongs_to_no_node_is_in_the_way_of_all(client: Client, tmp_path: Path) -> None:
    data = document({"one": "local.number"}, ["nowhere.out absent.table"])
    write(tmp_path / "flow.json", data)
    assert client("POST", "api/run/flow.json", {}).status == 422


def test_cancelled_run_ends(client: Client) -> None:
    run = begun(client, "endless.json", "wait")
    client.post(f"api/runs/{run}/cancel")
    ended = client.ended(run)
    assert (ended["status"], ended["nodes"]["wait"]["state"]) == ("cancelled", "cancelled")
    assert client("POST", f"api/runs/{run}/cancel", {}).status == 404


def test_stopped_node_keeps_what_it_has(client: Client) -> None:
    run = begun(client, "train.json", "train")
    client.post(f"api/runs/{run}/stop", {"node": "train"})
    ended = client.ended(run)
    assert (ended["status"], ended["nodes"]["train"]["state"]) == ("done", "stopped")
    value = client.get("api/value/train.json?node=train&port=out")["value"]
    assert 0 < value["done"] < 60


def test_node_that_is_done_keeps_its_last_progress(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "short.json", document({"r": "local.report"}))
    run = client.post("api/run/short.json")["id"]
    node = client.ended(run)["nodes"]["r"]
    assert (node["state"], node["fraction"], node["message"]) == ("done", 2 / 3, "counting")


def test_stop_of_a_node_that_does_not_run_is_refused(client: Client) -> None:
    run = begun(client, "endless.json", "wait")
    for node in ("table", "absent", "wait\ncancel"):
        assert client("POST", f"api/runs/{run}/stop", {"node": node}).status == 404


def test_run_outlives_a_killed_server(client: Client, server: Server) -> None:
    run = begun(client, "train.json", "train")
    server.kill()
    server.start()
    again = client.get(f"api/runs/{run}")
    assert again["status"] == "running"
    with client.socket("train.json") as pushes:
        assert pushes.next("snapshot")["run"]["id"] == run
        assert pushes.next("events")["run"] == run
        assert pushes.next("run")["run"]["status"] == "done"
    assert state_of(client, "train.json", "train")["state"] == "done"


def test_run_outlives_a_server_that_is_stopped(client: Client, server: Server) -> None:
    run = begun(client, "endless.json", "wait")
    server.stop()
    server.start()
    assert client.get(f"api/runs/{run}")["status"] == "running"
    client.post(f"api/runs/{run}/cancel")
    assert client.ended(run)["status"] == "cancelled"


def test_killed_run_is_interrupted_and_resumes(client: Client) -> None:
    run = begun(client, "train.json", "train")
    os.kill(process_of(run), signal.SIGKILL)
    assert client.ended(run)["status"] == "interrupted"
    node = state_of(client, "train.json", "train")
    assert node["state"] == "stopped"
    assert "resumes" in node["warnings"][0]
    client.ended(client.post("api/run/train.json")["id"])
    value = client.get("api/value/train.json?node=train&port=out")["value"]
    assert value["first"] > 0 and value["done"] == 60


def test_reset_lets_an_interrupted_run_begin_anew(client: Client) -> None:
    run = begun(client, "train.json", "train")
    client.post(f"api/runs/{run}/cancel")
    client.ended(run)
    assert state_of(client, "train.json", "train")["state"] == "stopped"
    report = client.post("api/reset/train.json")
    assert report["nodes"]["train"]["state"] == "ready"
    assert report["nodes"]["train"]["warnings"] == []


def test_run_that_does_not_begin_says_why(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "flow.json", document({"one": "local.number"}))
    run = client.post("api/run/flow.json")["id"]
    os.kill(process_of(run), signal.SIGKILL)
    ended = client.ended(run)
    assert ended["status"] == "failed"
    assert "did not begin" in ended["log"][0]["text"]


def test_workflow_of_a_run_is_kept_as_it_was(client: Client, tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"one": "local.number"}))
    before = path.read_text()
    run = client.post("api/run/flow.json")["id"]
    write(path, document({"two": "local.number"}))
    client.ended(run)
    assert client("GET", f"api/runs/{run}/document").body.decode() == before


@pytest.mark.parametrize("run", ["0" * 32, "x", "..", "%2e%2e", "..%2f..%2fstore.db"])
def test_unknown_runs_are_refused(client: Client, run: str) -> None:
    for path in (f"api/runs/{run}", f"api/runs/{run}/document", f"api/runs/{run}/curves"):
        assert client("GET", path).status in (400, 404)
    assert client("POST", f"api/runs/{run}/cancel", {}).status in (404, 405)


def test_a_run_that_died_with_its_server_before_it_began_is_told(tmp_path: Path) -> None:
    with Store(tmp_path / ".flowengine", lambda *_: None) as store:
        runs = Runs(store, RunBook(store), [])
        folder = RunFolder(runs.folder / ("0" * 32))
        folder.make(Order(workflow="flow.json", workspace=str(tmp_path)), b"{}")
        with pytest.raises(NoRun, match="has not begun"):
            runs.info(folder.id)


def test_unknown_nodes_to_keep_are_refused(client: Client, tmp_path: Path) -> None:
    write(tmp_path / "flow.json", document({"one": "local.number"}))
    reply = client("POST", "api/run/flow.json", {"keep": ["ona"]})
    assert reply.status == 400
    said = 'there is no node "ona" to keep values of. Did you mean "one"?'
    assert reply.json["message"] == said


def test_a_run_that_did_not_begin_is_told_once_however_many_ask(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"i": "io.file_reader"}))
    plan = validate(write(tmp_path / "before.json", document({})), workspace=tmp_path)
    with Store(tmp_path / ".flowengine", lambda *_: None) as store:
        runs = Runs(store, RunBook(store), [])
        info, _ = runs.begin(plan, path, path.read_bytes(), RunRequest())

        def ask(_: int) -> str:
            while runs.active(path) is not None:
                pass
            return runs.info(info.id).status

        with ThreadPoolExecutor(8) as threads:
            assert set(threads.map(ask, range(8))) == {"failed"}


def test_a_run_finds_the_modules_that_the_server_finds(tmp_path: Path) -> None:
    borrow = """
        from mine import ONE

        @node(title="Borrow")
        class Borrow(Node):
            def execute(self) -> int:
                return ONE
    """
    write_node(tmp_path / "nodes", "borrow", borrow)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "mine.py").write_text("ONE = 1\n")
    write(tmp_path / "flow.json", document({"one": "local.borrow"}))
    path = os.pathsep.join(["lib", *filter(None, [os.environ.get("PYTHONPATH")])])
    server = Server(tmp_path, "--nodes", str(tmp_path / "nodes"), PYTHONPATH=path)
    server.start()
    try:
        client = Client(server)
        assert client.ended(client.post("api/run/flow.json")["id"])["status"] == "done"
    finally:
        server.stop()
