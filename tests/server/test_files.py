"""Files of the workspace are listed, and brought in without replacing others."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from support.client import Client

from flowengine.blobs import copy, move

RAW = {"content_type": "application/octet-stream", "if_none_match": "*"}


def test_folder_shows_folders_and_files_with_a_suffix(client: Client, folder: Path) -> None:
    for name in ("b.csv", "A.CSV", "c.txt", ".hidden.csv"):
        (folder / name).write_text("x")
    (folder / "inner").mkdir()
    listed = client.get("api/files?folder=&suffixes=.csv,.tsv")["files"]
    assert [(item["name"], item["is_folder"]) for item in listed] == [
        ("inner", True),
        ("A.CSV", False),
        ("b.csv", False),
    ]


def test_folder_inside_is_named_from_the_workspace(client: Client, folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner/a.csv").write_text("x")
    listed = client.get("api/files?folder=inner")
    assert [item["path"] for item in listed["files"]] == ["inner/a.csv"]


def test_folder_elsewhere_is_refused(client: Client) -> None:
    for name in ("..", "../x", ".flowengine", "absent"):
        assert client("GET", f"api/files?folder={name}").status == 400


def test_uploaded_file_is_there_whole(client: Client, folder: Path) -> None:
    data = bytes(range(256)) * 40_000
    reply = client("POST", "api/files/data%2Fbig.bin", data, **RAW)
    assert reply.json == {
        "name": "big.bin",
        "path": "data/big.bin",
        "is_folder": False,
        "size": len(data),
    }
    assert (folder / "data/big.bin").read_bytes() == data
    assert not list((folder / ".flowengine/blobs").glob(".writing-*"))


def test_upload_replaces_only_where_that_is_wished(client: Client, folder: Path) -> None:
    (folder / "a.csv").write_text("old")
    assert client("POST", "api/files/a.csv", b"new", **RAW).status == 412
    assert (folder / "a.csv").read_text() == "old"
    assert not list((folder / ".flowengine/blobs").glob(".writing-*"))
    kind = {"content_type": "application/octet-stream"}
    assert client("POST", "api/files/a.csv", b"new", **kind).status == 200
    assert (folder / "a.csv").read_text() == "new"


def test_upload_that_cannot_be_kept_is_told(client: Client, folder: Path) -> None:
    blobs = folder / ".flowengine/blobs"
    shutil.rmtree(blobs, ignore_errors=True)
    blobs.touch()
    try:
        reply = client("POST", "api/files/a.csv", b"new", **RAW)
    finally:
        blobs.unlink()
    assert (reply.status, "cannot be kept" in reply.json["message"]) == (507, True)


def test_file_is_moved_to_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.replace

    def replace(source: Path, target: Path) -> None:
        if source.parent != target.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("x")
    move(tmp_path / "a/b", tmp_path / "c")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "c"]
    assert (tmp_path / "c").read_text() == "x"


def test_a_copy_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(source: Path, target: Path) -> None:
        target.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", breaks_off)
    with pytest.raises(OSError, match="No space"):
        copy(tmp_path / "a", tmp_path / "b")
    assert not list(tmp_path.iterdir())


def test_hidden_files_are_not_brought_in(client: Client, folder: Path) -> None:
    assert client("POST", "api/files/.bashrc", b"x", **RAW).status == 400
    assert not (folder / ".bashrc").exists()


def test_a_name_that_no_route_takes_hides_no_other(client: Client, folder: Path) -> None:
    for name in (b"caf\xe9.json", b"two\nlines.json", b"tea.json"):
        (folder / os.fsdecode(name)).write_text('{"flowengine": 1}')
    assert [item["name"] for item in client.get("api/files?folder=")["files"]] == ["tea.json"]
    assert [item["path"] for item in client.get("api/workspace")["workflows"]] == ["tea.json"]
