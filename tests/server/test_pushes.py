"""Open editors are told what happens: a snapshot first, then everything that changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import document
from support.ui import Server
from websockets.exceptions import ConnectionClosed

Put = Callable[..., Path]
FLOW = {"one": ("local.number", {"value": 1}), "two": "local.add"}
WIRES = ["one.out two.numbers"]


def test_snapshot_comes_first(client: Client, put: Put) -> None:
    put("flow.json", FLOW, WIRES)
    with client.socket("flow.json") as pushes:
        first = json.loads(pushes.socket.recv(timeout=30))
    assert first["kind"] == "snapshot"
    assert first["etag"] == client("GET", "api/workflows/flow.json").etag
    assert first["report"] == client.get("api/report/flow.json")
    assert first["run"] is None


def test_save_in_one_tab_is_seen_in_another(client: Client, put: Put) -> None:
    put("flow.json", FLOW, WIRES)
    with client.socket("flow.json") as one, client.socket("flow.json") as two:
        etag = one.next("snapshot")["etag"]
        two.next("snapshot")
        changed = document({**FLOW, "two": ("local.add", {"plus": 5})}, WIRES)
        saved = client("PUT", "api/workflows/flow.json", changed, if_match=etag).json
        for tab in (one, two):
            assert tab.next("document")["etag"] == saved["etag"]
            assert tab.next("report")["report"]["nodes"]["two"]["essence"] == "5"


def test_edit_on_disk_is_seen(client: Client, put: Put) -> None:
    put("flow.json", FLOW, WIRES)
    with client.socket("flow.json") as tab:
        before = tab.next("snapshot")["etag"]
        put("flow.json", {"one": "local.number"})
        assert tab.next("document")["etag"] != before
        assert set(tab.next("report")["report"]["nodes"]) == {"one"}


def test_file_that_is_damaged_on_disk_is_told(client: Client, folder: Path, put: Put) -> None:
    path = put("flow.json", FLOW, WIRES)
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        path.write_text("{")
        assert tab.next("report")["report"]["faults"][0]["message"]
        put("flow.json", FLOW, WIRES)
        assert not tab.next("report")["report"]["faults"]


def test_changed_data_is_seen(client: Client, folder: Path, put: Put) -> None:
    put("flow.json", {"reader": ("io.file_reader", {"path": "a.csv"})})
    with client.socket("flow.json") as tab:
        assert tab.next("snapshot")["report"]["nodes"]["reader"]["state"] == "waiting"
        (folder / "a.csv").write_text("x\n1\n")
        assert tab.next("report")["report"]["nodes"]["reader"]["state"] == "ready"
        (folder / "a.csv").write_text("x,y\n1,2\n")
        columns = tab.next("report")["report"]["nodes"]["reader"]["outputs"]["out"]["columns"]
        assert [column["name"] for column in columns] == ["x", "y"]


def test_run_is_told_from_queued_to_done(client: Client, put: Put) -> None:
    put("flow.json", {"wait": ("local.pause", {"seconds": 1.0, "number": 9})})
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        run = client.post("api/run/flow.json")["id"]
        assert tab.next("run")["run"]["nodes"]["wait"]["state"] == "queued"
        seen = []
        while "done" not in seen:
            message = tab.next("events")
            assert message["run"] == run
            seen += [event["data"].get("state") for event in message["events"]]
        assert tab.next("run")["run"]["status"] == "done"
        assert tab.next("report")["report"]["nodes"]["wait"]["state"] == "done"


def test_events_come_soon(client: Client, put: Put) -> None:
    put("flow.json", {"wait": ("local.pause", {"seconds": 2.0, "number": 10})})
    with client.socket("flow.json") as tab:
        run = client.post("api/run/flow.json")["id"]
        lags = []
        while len(lags) < 5:
            events = tab.next("events")["events"]
            lags.append(tab.last_received - events[-1]["time"])
    client.ended(run)
    # the bar is 0.3 s; a busy machine gets ten times as much
    assert sorted(lags)[2] < 3.0


def test_every_event_is_told_once(client: Client, put: Put) -> None:
    put("flow.json", {"train": ("local.train", {"epochs": 20, "seconds": 0.11})})
    run = client.post("api/run/flow.json")["id"]
    told: list[Any] = []
    with client.socket("flow.json") as tab:
        state = tab.next("snapshot")["run"]
        known = state["nodes"]["train"]["fraction"]
        while True:
            message = json.loads(tab.socket.recv(timeout=60))
            if message["kind"] == "events":
                told += [e for e in message["events"] if e["kind"] == "progress"]
            if message["kind"] == "run" and message["run"]["status"] != "running":
                break
    fractions = [event["data"]["fraction"] for event in told]
    assert client.ended(run)["status"] == "done"
    assert fractions == sorted(set(fractions))
    assert not fractions or fractions[0] > known or known == 0


def test_what_the_editor_says_ends_the_socket(client: Client, put: Put) -> None:
    put("flow.json", FLOW, WIRES)
    with client.socket("flow.json") as tab, pytest.raises(ConnectionClosed):
        tab.next("snapshot")
        tab.socket.send("hello")
        tab.next("never")
    assert tab.socket.close_code == 1008


def test_long_words_of_letters_that_take_more_bytes_are_told(client: Client) -> None:
    with client.socket("я" * 60 + ".json") as tab, pytest.raises(ConnectionClosed):
        tab.next("snapshot")
    assert tab.socket.close_code == 4404
    assert (tab.socket.close_reason or "").startswith('there is no workflow "яяя')


def test_server_ends_though_editors_are_open(tmp_path: Path) -> None:
    (tmp_path / "flow.json").write_text(json.dumps(document({"dense": "layer.input"})))
    server = Server(tmp_path)
    server.start()
    with Client(server).socket("flow.json") as tab:
        tab.next("snapshot")
        server.stop()
        with pytest.raises(ConnectionClosed):
            tab.next("never")
