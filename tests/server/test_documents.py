"""Workflows are read and saved whole, and never over what somebody else has written meanwhile."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import document

FLOW = document({"one": "local.number", "two": ("local.add", {"plus": 2})}, ["one.out two.numbers"])


def changed(plus: Any) -> dict[str, Any]:
    nodes = {**FLOW["nodes"], "two": {"type": "local.add", "settings": {"plus": plus}}}
    return {**FLOW, "nodes": nodes}


def test_new_workflow_is_written_as_the_engine_writes(client: Client, folder: Path) -> None:
    reply = client("PUT", "api/workflows/a%2Fnew.json", FLOW, if_none_match="*")
    assert reply.status == 200
    text = (folder / "a/new.json").read_text()
    assert text.startswith('{\n  "flowengine": 1,\n')
    assert json.loads(text) == FLOW
    assert reply.json["etag"] == client("GET", "api/workflows/a%2Fnew.json").etag
    assert set(reply.json["report"]["nodes"]) == {"one", "two"}


def test_new_workflow_does_not_replace_another(client: Client, put: Any) -> None:
    path = put("flow.json", {"one": "local.number"})
    before = path.read_bytes()
    assert client("PUT", "api/workflows/flow.json", FLOW, if_none_match="*").status == 412
    assert path.read_bytes() == before


def test_file_is_read_as_it_stands(client: Client, put: Any) -> None:
    path = put("flow.json", {"one": "local.number"})
    reply = client("GET", "api/workflows/flow.json")
    assert reply.body == path.read_bytes()
    assert reply.headers["content-type"] == "application/json"


def test_save_over_a_version_that_is_gone_is_refused(client: Client, folder: Path) -> None:
    first = client("PUT", "api/workflows/flow.json", FLOW, if_none_match="*").json["etag"]
    assert client("PUT", "api/workflows/flow.json", changed(3), if_match=first).status == 200
    reply = client("PUT", "api/workflows/flow.json", changed(4), if_match=first)
    assert reply.status == 412
    assert "changed meanwhile" in reply.json["message"]
    assert json.loads((folder / "flow.json").read_text()) == changed(3)


def test_save_over_a_file_that_was_deleted_is_refused(client: Client, folder: Path) -> None:
    first = client("PUT", "api/workflows/flow.json", FLOW, if_none_match="*").json["etag"]
    (folder / "flow.json").unlink()
    assert client("PUT", "api/workflows/flow.json", FLOW, if_match=first).status == 412


@pytest.mark.parametrize("tag", ["", "*"])
def test_save_says_which_version_it_changes(client: Client, put: Any, tag: str) -> None:
    put("flow.json", {"one": "local.number"})
    assert client("PUT", "api/workflows/flow.json", FLOW, if_match=tag).status == 428


def test_saving_what_stands_there_changes_no_byte(client: Client, folder: Path) -> None:
    path = folder / "flow.json"
    path.write_text(json.dumps(FLOW, indent=7))
    before, time = path.read_bytes(), path.stat().st_mtime_ns
    tag = client("GET", "api/workflows/flow.json").etag
    reply = client("PUT", "api/workflows/flow.json", FLOW, if_match=tag)
    assert reply.json["etag"] == tag
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, time)


@pytest.mark.parametrize("value", ["many", None, [1, 2], {"$variable": "absent"}, 1e308])
def test_wrong_settings_are_saved_and_told(client: Client, folder: Path, value: Any) -> None:
    reply = client("PUT", "api/workflows/flow.json", changed(value), if_none_match="*")
    assert json.loads((folder / "flow.json").read_text()) == changed(value)
    [fault] = reply.json["report"]["faults"]
    assert (fault["node"], fault["setting"], fault["severity"]) == ("two", "plus", "error")
    assert reply.json["report"]["nodes"]["two"]["state"] == "not configured"


@pytest.mark.parametrize(
    "part",
    [
        {"nodes": {"one": {"type": "local.number", "colour": "red"}}},
        {"nodes": {"One": {"type": "local.number"}}},
        {"connections": [{"from": "one.out"}]},
        {"strange": True},
    ],
    ids=["key of a node", "id", "connection", "key"],
)
def test_what_the_engine_cannot_read_is_not_lost(
    client: Client, folder: Path, part: dict[str, Any]
) -> None:
    given = {**FLOW, **part}
    reply = client("PUT", "api/workflows/flow.json", given, if_none_match="*")
    assert reply.status == 200
    assert json.loads((folder / "flow.json").read_text()) == given
    assert reply.json["report"]["faults"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"nodes": {}}', b'{"flowengine": 99}', b"{", b'{"flowengine": 1, "seed": NaN}'],
    ids=["empty", "list", "no workflow", "of the future", "half", "no number"],
)
def test_what_is_no_document_is_refused(client: Client, folder: Path, body: bytes) -> None:
    reply = client(
        "PUT", "api/workflows/flow.json", body, if_none_match="*", content_type="application/json"
    )
    assert reply.status == 422
    assert reply.json["message"]
    assert not (folder / "flow.json").exists()


def test_deleted_workflow_lies_in_the_trash(client: Client, folder: Path, put: Any) -> None:
    path = put("flow.json", {"one": "local.number"})
    before, tag = path.read_bytes(), client("GET", "api/workflows/flow.json").etag
    assert client("DELETE", "api/workflows/flow.json", if_match="other").status == 412
    assert client("DELETE", "api/workflows/flow.json", if_match=tag).status == 200
    assert not path.exists()
    [kept] = (folder / ".flowengine/trash").iterdir()
    assert kept.read_bytes() == before
    assert client("GET", "api/workflows/flow.json").status == 404


def test_check_reports_without_saving(client: Client, folder: Path, put: Any) -> None:
    path = put("flow.json", {"one": "local.number"})
    before = path.read_bytes()
    report = client.post("api/check/flow.json", changed("many"))
    assert report["faults"][0]["setting"] == "plus"
    assert path.read_bytes() == before
    assert client.post("api/check/absent.json", FLOW)["faults"] == []


def test_copy_leaves_the_workflow_and_replaces_none(client: Client, folder: Path) -> None:
    client("PUT", "api/workflows/flow.json", FLOW, if_none_match="*")
    wish = {"source": "flow.json", "target": "other.json"}
    assert client.post("api/copy", wish)["report"]["nodes"].keys() == {"one", "two"}
    assert (folder / "other.json").read_bytes() == (folder / "flow.json").read_bytes()
    assert client("POST", "api/copy", wish).status == 412


def test_names_of_two_lines_are_refused_in_words(client: Client, folder: Path, put: Any) -> None:
    put("flow.json", {})
    wish = {"source": "flow.json", "target": "two\nlines.json"}
    replies = [
        client("POST", "api/copy", wish),
        client("PUT", "api/workflows/two%0Alines.json", FLOW, if_none_match="*"),
        client("POST", "api/files/two%0Alines.csv", b"x", content_type="application/octet-stream"),
        client("GET", "api/workflows/flow.json%0A?plain"),
    ]
    assert [reply.status for reply in replies] == [400] * 4
    assert all('"two⏎lines.' in reply.json["message"] for reply in replies[:3])
    assert [path.name for path in folder.glob("*.json")] == ["flow.json"]


def test_name_of_a_sample_is_no_name_of_a_file(client: Client, folder: Path) -> None:
    wish = {"source": "sample:iris.json", "target": "sample:mine.json"}
    replies = [
        client("POST", "api/copy", wish),
        client("PUT", "api/workflows/sample:iris.json", FLOW, if_none_match="*"),
        client("POST", "api/files/sample:iris.json", b"x", content_type="application/octet-stream"),
    ]
    assert [reply.status for reply in replies] == [400] * 3
    assert all("copied to be changed" in reply.json["message"] for reply in replies)
    assert not list(folder.glob("sample*"))


def test_copied_sample_brings_the_files_it_uses(client: Client, folder: Path) -> None:
    wish = {"source": "sample:iris.json", "target": "lessons/iris.json"}
    report = client.post("api/copy", wish)["report"]
    assert not report["faults"]
    assert (folder / "lessons/data/iris.csv").is_file()


def test_copy_into_a_file_is_refused_in_words(client: Client, folder: Path) -> None:
    (folder / "file").write_text("x")
    reply = client("POST", "api/copy", {"source": "sample:iris.json", "target": "file/iris.json"})
    assert reply.status == 400
    assert '"data/iris.csv" cannot be copied along' in reply.json["message"]


def test_pipe_is_no_workflow_and_nobody_waits_for_it(client: Client, folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    try:
        assert client("GET", "api/workflows/pipe.json").status == 404
        assert client("DELETE", "api/workflows/pipe.json", if_match='"x"').status == 412
        assert client.get("api/workspace")["workflows"] == []
    finally:
        (folder / "pipe.json").unlink()


def test_sample_is_read_but_not_from_outside_of_the_samples(client: Client) -> None:
    assert client.get("api/workflows/sample:iris.json")["name"] == "Iris flowers"
    for path in ("sample:none.json", "sample:../README.json", "sample:data/iris.csv"):
        assert client("GET", f"api/workflows/{path}").status in (400, 404), path


def test_workspace_shows_workflows_and_samples(client: Client, folder: Path, put: Any) -> None:
    put("flow.json", {"one": "local.number"}, name="First")
    (folder / "data.json").write_text('{"rows": []}')
    (folder / "bad.json").write_text('{"flowengine": 1, "nodes": ')
    page = client.get("api/workspace")
    cards = {card["path"]: card for card in page["workflows"]}
    assert set(cards) == {"flow.json", "bad.json"}
    assert (cards["flow.json"]["name"], cards["flow.json"]["node_count"]) == ("First", 1)
    assert cards["bad.json"]["fault"]
    assert {"sample:iris.json", "sample:mnist.json"} <= {card["path"] for card in page["samples"]}


def test_page_of_a_workspace_that_was_served_here_before_is_refused(
    client: Client, put: Any
) -> None:
    path = put("flow.json", {"one": "local.number"})
    reply = client("GET", "api/workflows/flow.json")
    known, before = reply.headers["flowengine-workspace"], path.read_bytes()
    for method, address in (("PUT", "api/workflows/flow.json"), ("POST", "api/run/flow.json")):
        body = FLOW if method == "PUT" else {}
        refused = client(method, address, body, if_match=reply.etag, flowengine_workspace="other")
        assert refused.status == 409
        assert "belongs to another workspace" in refused.json["message"]
    assert path.read_bytes() == before
    taken = client(
        "PUT", "api/workflows/flow.json", FLOW, if_match=reply.etag, flowengine_workspace=known
    )
    assert taken.status == 200


@pytest.mark.parametrize("data", [b"[1]", b"", b'{"flowengine": 1,\n', b'{"flowengine": 99}'])
def test_what_is_no_workflow_is_refused_and_can_be_put_aside(
    client: Client, folder: Path, data: bytes
) -> None:
    (folder / "other.json").write_bytes(data)
    reply = client("GET", "api/workflows/other.json")
    assert reply.status == 422
    assert reply.json["message"]
    plain = client("GET", "api/workflows/other.json?plain=1")
    assert (plain.status, plain.body) == (200, data)
    tag = hashlib.sha256(data).hexdigest()
    assert client("DELETE", "api/workflows/other.json", if_match=tag).status == 200
    [left] = (folder / ".flowengine/trash").iterdir()
    assert left.read_bytes() == data
