"""The editor in what is built and installed: it is in every archive, and its lack is said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from support.editor import need_editor
from support.tree import ROOT, own_files
from support.ui import Server

import build_ui

PREFIX = "flowengine/server/static/"


def build(kind: str, into: Path) -> Path:
    """Build an archive with the editor as it stands."""
    need_editor()
    subprocess.run(
        [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(into)],
        cwd=ROOT,
        env={**os.environ, "FLOWENGINE_UI": "skip"},
        check=True,
        capture_output=True,
    )
    (archive,) = into.iterdir()
    return archive


def without_npm(folder: Path) -> str:
    """Return a PATH on which there is Python, and neither Node.js nor npm."""
    folder.mkdir()
    for name in ("python3", "git", "sh", "env"):
        (folder / name).symlink_to(shutil.which(name) or sys.executable)
    return str(folder)


def test_the_wheel_has_the_editor_and_all_it_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path)) as wheel:
        names = set(wheel.namelist())
        page = wheel.read(PREFIX + "index.html").decode()
    named = re.findall(r'(?:src|href)="\./([^"]+)"', page)
    assert any(name.endswith(".js") for name in named)
    assert any(name.endswith(".css") for name in named)
    assert {PREFIX + name for name in named} <= names
    built = {path.name for path in (build_ui.STATIC / "assets").iterdir()}
    assert {PREFIX + "assets/" + name for name in built} <= names


def test_the_source_archive_has_the_editor_and_its_sources(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {PREFIX + "index.html", PREFIX + ".stamp", "web/package.json", "build_ui.py"} <= names
    assert not [name for name in names if "node_modules" in name]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return the repository as a clone has it: without anything built."""
    top = tmp_path / "clone"
    for path in own_files():
        if path.exists() and path.relative_to(ROOT).parts[0] not in ("tests", "docs", "workflows"):
            target = top / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return top


def install(tree: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(into), str(tree)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_without_npm_all_but_the_editor_is_installed(tree: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    done = install(tree, site, PATH=without_npm(tmp_path / "bin"))
    assert done.returncode == 0, done.stderr
    server = Server(tmp_path, PYTHONPATH=str(site))
    server.start()
    with pytest.raises(HTTPError) as answer:
        build_opener(HTTPCookieProcessor()).open(server.url)
    server.stop()
    assert answer.value.code == 503
    assert "The editor is not built in this installation." in answer.value.read().decode()


def test_required_the_editor_that_cannot_be_built_is_an_error(tree: Path, tmp_path: Path) -> None:
    path = without_npm(tmp_path / "bin")
    done = install(tree, tmp_path / "site", PATH=path, FLOWENGINE_UI="require")
    assert done.returncode != 0
    assert "the editor is built with Node.js 20.19 or newer, and there is no npm" in done.stderr


def test_the_stamp_tells_changed_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_ui, "WEB", tmp_path)
    (tmp_path / "main.ts").write_text("1")
    before = build_ui.stamp()
    (tmp_path / "main.test.ts").write_text("tests are no part of what is built")
    assert build_ui.stamp() == before
    (tmp_path / "main.ts").write_text("2")
    assert build_ui.stamp() != before


def test_a_wrong_wish_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWENGINE_UI", "yes")
    with pytest.raises(build_ui.NoEditor, match='FLOWENGINE_UI is "yes"; it may be auto, skip'):
        build_ui.mode()
