"""Edited nodes of loose folders are there at once; a broken one is told with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from support.client import Client, until
from support.engine import document, write, write_node
from support.ui import Server


def source(default: int) -> str:
    return dedent(f'''
        @node(title="Mine")
        class Mine(Node):
            """Give a number."""

            number: int = {default}
            """The number."""

            def execute(self) -> int:
                return self.number
        ''')


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    write_node(tmp_path / "nodes", "mine", source(1))
    write(tmp_path / "work/flow.json", document({"mine": "local.mine", "other": "layer.input"}))
    server = Server(tmp_path / "work", "--nodes", str(tmp_path / "nodes"), "--reload")
    server.start()
    yield Client(server)
    server.stop()


def default_of(client: Client) -> Any:
    found = [node for node in client.get("api/catalogue")["nodes"] if node["type"] == "local.mine"]
    return found[0]["settings"][0]["default"] if found else None


def test_edited_node_is_told_and_used(client: Client, tmp_path: Path) -> None:
    assert default_of(client) == 1
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        write_node(tmp_path / "nodes", "mine", source(22))
        tab.next("catalogue")
        assert default_of(client) == 22
    run = client.ended(client.post("api/run/flow.json", {"until": ["mine"]})["id"])
    assert run["status"] == "done"
    assert client.get("api/value/flow.json?node=mine&port=out")["value"] == 22


def test_broken_node_turns_red_alone_and_mends(client: Client, tmp_path: Path) -> None:
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        write_node(tmp_path / "nodes", "mine", source(1) + "\n1 / 0\n")
        report = tab.next("report")["report"]
        assert report["nodes"]["mine"]["state"] == "not configured"
        assert report["nodes"]["other"]["state"] != "not configured" or report["faults"]
        [fault] = [item for item in report["faults"] if item["node"] == "mine"]
        assert "mine.py, line" in fault["message"]
        packs = {pack["id"]: pack for pack in client.get("api/catalogue")["packs"]}
        assert "mine.py, line" in packs["local"]["fault"]
        write_node(tmp_path / "nodes", "mine", source(1))
        fine = tab.next("report", lambda push: push["report"]["nodes"]["mine"]["state"] == "ready")
        assert not [item for item in fine["report"]["faults"] if item["node"] == "mine"]


def test_new_node_file_is_found(client: Client, tmp_path: Path) -> None:
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        write_node(tmp_path / "nodes", "second", source(3).replace("Mine", "Second"))
        tab.next("catalogue")
    until(
        lambda: [node["type"] for node in client.get("api/catalogue")["nodes"]],
        lambda types: "local.second" in types,
    )


def test_an_editor_s_mark_and_a_broken_link_stop_nothing(client: Client, tmp_path: Path) -> None:
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        (tmp_path / "nodes" / ".#mine.py").symlink_to("somebody@somewhere.1:2")
        (tmp_path / "nodes" / "gone.py").symlink_to(tmp_path / "nothing.py")
        write_node(tmp_path / "nodes", "mine", source(22))
        tab.next("catalogue")
        assert default_of(client) == 22
    packs = {pack["id"]: pack for pack in client.get("api/catalogue")["packs"]}
    assert "gone.py" in packs["local"]["fault"]
    run = client.ended(client.post("api/run/flow.json", {"until": ["mine"]})["id"])
    assert run["status"] == "done"


def test_a_setting_renamed_and_a_file_deleted_are_told(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "work" / "flow.json"
    write(path, document({"mine": ("local.mine", {"number": 5})}))
    with client.socket("flow.json") as tab:
        tab.next("snapshot")
        for change, sentence in (
            (lambda text: text.replace("number", "amount"), 'no setting "number"'),
            (lambda _: None, 'has no type "local.mine"'),
        ):
            file = tmp_path / "nodes" / "mine.py"
            new = change(file.read_text())
            file.write_text(new) if new else file.unlink()
            report = tab.next("report", lambda push: push["report"]["faults"])["report"]
            assert sentence in report["faults"][0]["message"]
            write_node(tmp_path / "nodes", "mine", source(1))
            tab.next("report", lambda push: not push["report"]["faults"])
