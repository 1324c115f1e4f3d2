"""``flowengine ui``: where it listens, whom it lets in, and what it says when it cannot."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import document, write
from support.ui import MAIN, Server

from flowengine.errors import ConfigureError, FlowEngineError
from flowengine.planning.configure import PlanContext, check_files, file_settings
from flowengine.registry import Registry
from flowengine.server import page
from flowengine.server.app import _answer
from flowengine.server.door import address, workspace_of
from flowengine.server.endpoint import Answer, Call, Endpoint
from flowengine.server.security import Guard
from flowengine.server.site import Site
from flowengine.server.token import read_token

REGISTRY = Registry.default()
PATH_SETTINGS = [
    (type_id, name, mark.mode)
    for type_id in REGISTRY.types()
    for name, mark in file_settings(REGISTRY.load(type_id))
]
OUTSIDE = ("../secret.txt", "/etc/passwd", "~/secret", "linked/secret.txt", ".flowengine/token")


def ui(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MAIN, "ui", "--no-browser", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_address_that_others_reach_needs_a_word(tmp_path: Path, host: str) -> None:
    done = ui(str(tmp_path), "--host", host)
    assert done.returncode == 2
    assert "--allow-remote" in done.stderr


def test_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = ui(str(tmp_path), "--port", str(port))
    assert (done.returncode, str(port) in done.stderr) == (2, True)


def test_server_ends_within_a_second_whatever_its_threads_are_at(tmp_path: Path) -> None:
    program = f"""
import pathlib, time
from flowengine.server import app, door, serving, site
from flowengine.server.endpoint import Endpoint

def slow(site, call):
    pathlib.Path({str(tmp_path / "asked")!r}).touch()
    time.sleep(60)

app.ENDPOINTS = (Endpoint("GET", "api/slow", slow),)
here = site.Site(pathlib.Path({str(tmp_path)!r}))
listener = door.listen(port=0)
print(door.address("127.0.0.1", listener.getsockname()[1], here.token), flush=True)
serving.serve(here, listener, host="127.0.0.1")
"""
    server = Server(tmp_path)
    server.program = program
    server.start()
    asking = threading.Thread(target=lambda: suppressed(Client(server)))
    asking.start()
    while not (tmp_path / "asked").exists():
        time.sleep(0.01)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 15
    asking.join(20)
    assert server.said[-1] == "stopped\n"


def test_slow_answers_leave_threads_for_quick_ones(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.program = f"""
import pathlib, threading
from flowengine.server import app, door, serving, site
from flowengine.server.endpoint import Endpoint, Nothing

free = threading.Event()

def wait(site, call):
    assert free.wait(30)
    return Nothing()

def let_go(site, call):
    free.set()
    return Nothing()

app.ENDPOINTS = (
    Endpoint("GET", "api/slow", wait, room="slow"),
    Endpoint("GET", "api/look", wait, room="looks"),
    Endpoint("GET", "api/free", let_go),
)
here = site.Site(pathlib.Path({str(tmp_path)!r}))
listener = door.listen(port=0)
print(door.address("127.0.0.1", listener.getsockname()[1], here.token), flush=True)
serving.serve(here, listener, host="127.0.0.1")
"""
    server.start()
    client = Client(server)
    asked = [HTTPConnection(client.host, client.port, timeout=60) for _ in range(90)]
    for number, one in enumerate(asked):
        path = ("/api/slow", "/api/look")[number % 2]
        one.request("GET", path, headers={"authorization": f"Bearer {client.token}"})
    assert client.get("api/free") == {}
    assert {one.getresponse().status for one in asked} == {200}
    for one in asked:
        one.close()
    server.stop()


def test_fault_that_is_no_exception_is_answered_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Panic(BaseException):
        pass

    def handle(site: Site, call: Call) -> Answer:
        raise Panic("not yet implemented")

    reply = _answer(Site(tmp_path), Endpoint("GET", "api/panic", handle), Call())
    assert reply.status_code == 500
    assert b"Panic: not yet implemented" in bytes(reply.body)
    assert "Traceback" in capsys.readouterr().err


def suppressed(client: Client) -> None:
    with suppress(OSError, HTTPException):
        client("GET", "api/slow")


def test_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = ui(str(tmp_path / "absent"))
    assert (done.returncode, "absent" in done.stderr) == (2, True)


def test_file_opens_its_workspace(tmp_path: Path) -> None:
    (tmp_path / ".flowengine").mkdir()
    file = write(tmp_path / "a/flow.json", document({}))
    assert workspace_of(file) == (tmp_path.resolve(), "a/flow.json")
    shown = address("127.0.0.1", 8765, "T", "a/my flow.json")
    assert shown == "http://127.0.0.1:8765/?token=T#workflow=a/my%20flow.json"


def test_token_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    token = read_token(tmp_path)
    assert len(token) >= 32
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    assert read_token(tmp_path) == token
    assert read_token(tmp_path, new=True) != token


@pytest.mark.parametrize("text", ["", "short", "ä" * 40, "x" * 40 + "\n" + "y" * 40])
def test_strange_token_file_is_made_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    assert read_token(tmp_path) not in ("", text)


def test_link_in_the_place_of_the_token_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("z" * 40)
    (tmp_path / "token").symlink_to(tmp_path / "other")
    assert read_token(tmp_path) != "z" * 40
    assert (tmp_path / "other").read_text() == "z" * 40


def test_new_token_shuts_out_the_old_one(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    old = Client(server)
    server.stop()
    server.options = ("--new-token",)
    server.start()
    assert old("GET", "api/workspace").status == 401
    assert Client(server)("GET", "api/workspace").status == 200
    server.stop()


def test_editor_that_is_not_built_is_told(tmp_path: Path) -> None:
    answer = page.entry(tmp_path)
    assert (answer.status, b"make ui" in answer.body) == (503, True)


@pytest.mark.parametrize("host", ["192.168.1.5:8765", "[fe80::1]:8765"])
def test_any_address_means_numbers_and_no_names(host: str) -> None:
    options: Any = {"token": "t", "cookie": "c"}
    assert Guard(None, any_address=True, **options)._is_ours(host)  # type: ignore[arg-type]
    assert not Guard(None, **options)._is_ours(host)  # type: ignore[arg-type]
    assert not Guard(None, any_address=True, **options)._is_ours("evil.example")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_id", "setting", "mode"), PATH_SETTINGS, ids=[f"{t} {s}" for t, s, _ in PATH_SETTINGS]
)
def test_path_of_every_node_stays_in_the_workspace(
    tmp_path: Path, type_id: str, setting: str, mode: str
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("canary")
    (folder / "linked").symlink_to(tmp_path, target_is_directory=True)
    cls = REGISTRY.load(type_id)
    for value in OUTSIDE:
        others = {name: None for name, _ in file_settings(cls)}
        node = cls.model_construct(**{**others, setting: value})
        context = PlanContext("node", folder, folder, REGISTRY.load_layer)
        with pytest.raises((ConfigureError, FlowEngineError)):
            check_files(node, context)


@pytest.mark.parametrize("type_id", REGISTRY.types())
def test_every_setting_that_looks_like_a_path_is_marked_as_one(type_id: str) -> None:
    cls = REGISTRY.load(type_id)
    words = ("path", "file", "folder")
    named = {name for name in cls.model_fields if name.split("_")[-1] in words}
    assert named <= {name for name, _ in file_settings(cls)}
