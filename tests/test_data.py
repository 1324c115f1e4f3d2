"""Data by name: the catalogue, the cache, the sources and what happens when they fail."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import os
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from support.client import until

from flowengine.data import CATALOGUE, DataSet, data_path, data_root, find, members, verify
from flowengine.data.catalogue import NpmMember, NpmTexts, Source, Web
from flowengine.data.fetch import fetch
from flowengine.data.sources import SourceError, read_npm, read_tarball
from flowengine.errors import DataError, PathError

CONTENT = b"digits" * 1000
OTHER = b"labels" * 10


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWENGINE_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


class _Handler(http.server.BaseHTTPRequestHandler):
    files: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        content = self.files.get(self.path)
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Handler.files = {
        "/digits.gz": gzip.compress(CONTENT),
        "/digits": CONTENT,
        "/other": b"x" * len(CONTENT),
        "/huge.gz": gzip.compress(b"\0" * 10_000_000),
        "/cut.gz": gzip.compress(CONTENT)[:-10],
        "/plain.gz": CONTENT,
    }
    _Handler.asked = []
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def dataset(*sources: Source, name: str = "test/digits", content: bytes = CONTENT) -> DataSet:
    return DataSet(
        name=name,
        file=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        licence="none",
        about="a test",
        sources=sources,
    )


def tarball(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def fake_npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_every_data_set_says_what_it_is() -> None:
    for item in CATALOGUE:
        assert item.size > 0, item.name
        assert len(item.sha256) == 64, item.name
        assert item.licence, item.name
        assert item.about, item.name
        assert item.sources or item.packaged, item.name


def test_mnist_has_four_files_and_three_sources_each() -> None:
    found = members("mnist")
    assert {item.name for item in found} == {
        "mnist/train-images",
        "mnist/train-labels",
        "mnist/test-images",
        "mnist/test-labels",
    }
    assert all(len(item.sources) == 3 for item in found)


def test_web_addresses_of_the_catalogue_are_https() -> None:
    for item in CATALOGUE:
        for source in item.sources:
            assert not isinstance(source, Web) or source.url.startswith("https://")


def test_packaged_data_is_the_data_of_the_catalogue() -> None:
    iris = find("iris")
    content = data_path("iris", fetch=False).read_bytes()
    assert hashlib.sha256(content).hexdigest() == iris.sha256
    assert len(content) == iris.size


def test_iris_beside_the_workflows_is_the_packaged_one() -> None:
    beside = Path(__file__).parents[1] / "workflows" / "data" / "iris.csv"
    assert beside.read_bytes() == data_path("iris", fetch=False).read_bytes()


def test_unknown_name_is_told_with_what_is_near() -> None:
    with pytest.raises(DataError, match=r'Did you mean "mnist"\?'):
        members("mnits")


def test_a_name_of_several_files_is_told() -> None:
    with pytest.raises(DataError, match="stands for several files"):
        find("mnist")


def test_missing_data_is_not_fetched_unless_asked(server: str) -> None:
    item = dataset(Web(f"{server}/digits"))
    with pytest.raises(PathError, match="flowengine data fetch test"):
        data_path(item.name, fetch=False, catalogue=(item,))
    assert _Handler.asked == []


@pytest.mark.parametrize(("file", "gzipped"), [("digits", False), ("digits.gz", True)])
def test_data_comes_from_the_web(server: str, file: str, gzipped: bool) -> None:
    item = dataset(Web(f"{server}/{file}", gzipped=gzipped))
    found = data_path(item.name, fetch=True, catalogue=(item,))
    assert found.read_bytes() == CONTENT
    assert verify(item)


def test_cached_data_is_not_fetched_again(server: str) -> None:
    item = dataset(Web(f"{server}/digits"))
    assert fetch(item.name, catalogue=(item,)) == [item]
    assert fetch(item.name, catalogue=(item,)) == []
    data_path(item.name, fetch=True, catalogue=(item,))
    assert _Handler.asked == ["/digits"]


def test_damaged_cache_is_fetched_anew(server: str, cache: Path) -> None:
    item = dataset(Web(f"{server}/digits"))
    fetch(item.name, catalogue=(item,))
    (cache / item.file).write_bytes(b"x" * item.size)
    assert fetch(item.name, catalogue=(item,)) == [item]
    assert (cache / item.file).read_bytes() == CONTENT


def test_next_source_is_tried_when_one_fails(server: str) -> None:
    item = dataset(
        Web(f"{server}/missing"),
        Web(f"{server}/other"),
        Web(f"{server}/cut.gz", gzipped=True),
        Web(f"{server}/digits.gz", gzipped=True),
    )
    assert data_path(item.name, fetch=True, catalogue=(item,)).read_bytes() == CONTENT


def test_failure_says_what_was_tried_and_why_each_failed(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    item = dataset(
        NpmMember("digits", "1.0.0", "package/digits"),
        Web(f"{server}/missing"),
        Web(f"{server}/other"),
        Web(f"{server}/huge.gz", gzipped=True),
        Web(f"{server}/plain.gz", gzipped=True),
        Web(f"{server}/cut.gz", gzipped=True),
        Web("http://127.0.0.1:9/closed"),
    )
    with pytest.raises(DataError) as caught:
        fetch(item.name, catalogue=(item,))
    message = str(caught.value)
    assert "npm package digits 1.0.0: the npm command is not installed" in message
    assert "/missing: the server answered 404" in message
    assert "/other: the SHA-256 of 6,000 bytes is" in message
    assert "/huge.gz: more than the expected 6,000 bytes" in message
    assert "/plain.gz: the file is damaged" in message
    assert "/cut.gz: the connection broke (the file ends in the middle)" in message
    assert "/closed: not reachable" in message
    assert f"put it at {data_root() / item.file}" in message
    assert not verify(item)


def test_another_file_of_the_same_size_is_never_read(server: str, cache: Path) -> None:
    item = dataset(Web(f"{server}/missing"))
    path = cache / item.file
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(len(CONTENT)))
    assert not verify(item)
    with pytest.raises(DataError, match="Another file of the same size lies there"):
        data_path(item.name, fetch=True, catalogue=(item,))
    path.write_bytes(CONTENT)
    assert data_path(item.name, fetch=True, catalogue=(item,)) == path


def test_nothing_half_written_is_left(server: str, cache: Path) -> None:
    item = dataset(Web(f"{server}/other"))
    with pytest.raises(DataError):
        fetch(item.name, catalogue=(item,))
    assert [path.name for path in cache.rglob("*") if path.is_file()] == [".lock"]


def test_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr("flowengine.data.sources.CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        item = dataset(Web(f"http://127.0.0.1:{silent.getsockname()[1]}/x"))
        with pytest.raises(DataError, match=r"no answer within 0\.2 s"):
            fetch(item.name, catalogue=(item,))


def test_cache_is_private_and_report_is_told(server: str, cache: Path) -> None:
    item = dataset(Web(f"{server}/digits"))
    said: list[str] = []
    fetch(item.name, report=said.append, catalogue=(item,))
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert said[0] == f"fetching {item.name} from {server}/digits"


def test_report_can_cancel(server: str) -> None:
    class Stop(Exception):
        pass

    def report(_: str) -> None:
        raise Stop

    item = dataset(Web(f"{server}/digits"))
    with pytest.raises(Stop):
        fetch(item.name, report=report, catalogue=(item,))


def test_unwritable_cache_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOWENGINE_DATA", str(tmp_path / "file" / "cache"))
    with pytest.raises(DataError, match="set FLOWENGINE_DATA to another folder"):
        fetch("mnist")


def test_cache_follows_the_users_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert data_root() == tmp_path / "cache"
    monkeypatch.delenv("FLOWENGINE_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert data_root() == tmp_path / "xdg" / "flowengine" / "data"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_root() == tmp_path / ".cache" / "flowengine" / "data"


def test_members_of_a_tarball_are_chosen_by_name_and_size() -> None:
    packed = tarball({"package/a": CONTENT, "package/b": OTHER, "../a": b"evil"})
    found = read_tarball(io.BytesIO(packed), {"package/b": len(OTHER)})
    assert found == {"package/b": OTHER}


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        (tarball({"package/a": b"short"}), "package/a has 5 bytes, expected 6,000"),
        (tarball({"package/c": CONTENT}), "has no package/a"),
        (tarball({"package/a": CONTENT})[:-20], "damaged"),
        (b"no tarball at all", "damaged"),
        (gzip.compress(b"no tarball at all"), "damaged"),
    ],
)
def test_bad_tarball_is_told(packed: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_tarball(io.BytesIO(packed), {"package/a": len(CONTENT)})


def test_tarball_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowengine.data.sources.TARBALL_BYTES", 100_000)
    packed = tarball({"package/bomb": b"\0" * 1_000_000, "package/a": CONTENT})
    with pytest.raises(SourceError, match="more than the expected 100,000"):
        read_tarball(io.BytesIO(packed), {"package/a": len(CONTENT)})


def test_files_of_one_package_come_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "digits.tgz").write_bytes(tarball({"package/a": CONTENT, "package/b": OTHER}))
    fake_npm(
        tmp_path / "bin",
        f'echo "$@" >> "{tmp_path}/calls"; cp "{tmp_path}/digits.tgz" digits-1.0.0.tgz',
        monkeypatch,
    )
    images = dataset(NpmMember("digits", "1.0.0", "package/a"), name="test/a")
    labels = dataset(NpmMember("digits", "1.0.0", "package/b"), name="test/b", content=OTHER)
    assert data_path("test/a", fetch=True, catalogue=(images, labels)).read_bytes() == CONTENT
    assert data_path("test/b", fetch=False, catalogue=(images, labels)).read_bytes() == OTHER
    [call] = (tmp_path / "calls").read_text().splitlines()
    assert call.startswith("pack --ignore-scripts ")
    assert call.endswith(" digits@1.0.0")


def test_text_in_several_files_becomes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chapters = {"package/1": b"One.\n", "package/3": b"no", "package/2": b"\nTwo.\n\nEnd.\n"}
    (tmp_path / "novel.tgz").write_bytes(tarball(chapters))
    fake_npm(tmp_path / "bin", f'cp "{tmp_path}/novel.tgz" novel-1.0.0.tgz', monkeypatch)
    item = dataset(
        NpmTexts("novel", "1.0.0", ("package/1", "package/2")),
        name="novel",
        content=b"One.\n\nTwo.\n\nEnd.\n",
    )
    found = data_path("novel", fetch=True, catalogue=(item,))
    assert found.read_bytes() == b"One.\n\nTwo.\n\nEnd.\n"


def test_text_that_lacks_a_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "novel.tgz").write_bytes(tarball({"package/1": b"One.\n"}))
    fake_npm(tmp_path / "bin", f'cp "{tmp_path}/novel.tgz" novel-1.0.0.tgz', monkeypatch)
    item = dataset(NpmTexts("novel", "1.0.0", ("package/1", "package/2")), name="novel")
    with pytest.raises(DataError, match="the package has no package/2"):
        fetch("novel", catalogue=(item,))


def test_npm_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = "case $* in *--silent*) ;; *) echo 'npm error code ENOTFOUND' >&2 ;; esac; exit 1"
    fake_npm(tmp_path / "bin", says, monkeypatch)
    with pytest.raises(SourceError, match="npm pack failed: code ENOTFOUND"):
        read_npm("digits", "1.0.0", {}, lambda _: None)


def test_npm_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_npm(tmp_path / "bin", f'sleep 60 & echo $! > "{tmp_path}/child"; wait', monkeypatch)
    with pytest.raises(SourceError, match=r"longer than 1\.5 s"):
        read_npm("digits", "1.0.0", {}, lambda _: None, seconds=1.5)
    child = int((tmp_path / "child").read_text())

    def is_over() -> bool:
        try:
            status = Path(f"/proc/{child}/stat").read_text()
        except OSError:
            return True
        return status.rpartition(")")[2].split()[0] in "ZX"

    until(is_over, bool)  # whom a signal has reached still takes a moment to end


def test_two_processes_fetch_once(server: str, tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_data import dataset
from flowengine.data.catalogue import Web
from flowengine.data.fetch import fetch
item = dataset(Web({server!r} + "/digits"))
fetch(item.name, catalogue=(item,))
"""
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert _Handler.asked == ["/digits"]
    assert (data_root() / "test/digits").read_bytes() == CONTENT
