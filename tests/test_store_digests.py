"""Digests of input files: remembered until the file changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.store_cases import (
    Open,
)

from flowengine.errors import PathError

pytest_plugins = ["support.store_fixtures"]


def test_a_digest_is_remembered_until_the_file_changes(open_store: Open, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("abc")
    os.utime(file, (1e9, 1e9))
    with open_store() as store:
        digest = store.file_digest(file)
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    # Other content, same size and time: only the memory of the store can give the old digest.
    file.write_text("xyz")
    os.utime(file, (1e9, 1e9))
    store = open_store()
    assert store.file_digest(file) == digest
    os.utime(file, (1e9, 2e9))
    assert store.file_digest(file) != digest


def test_a_file_that_has_just_changed_is_not_remembered(open_store: Open, tmp_path: Path) -> None:
    store, file = open_store(), tmp_path / "data.csv"
    file.write_text("abc")
    facts = file.stat()
    digest = store.file_digest(file)
    file.write_text("xyz")
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert store.file_digest(file) != digest


def test_a_touched_file_has_the_same_digest(open_store: Open, tmp_path: Path) -> None:
    store, file = open_store(), tmp_path / "data.csv"
    file.write_text("abc")
    digest = store.file_digest(file)
    os.utime(file, (1e9, 1e9))
    assert store.file_digest(file) == digest


def test_the_digest_of_a_folder_is_that_of_its_visible_files(
    open_store: Open, tmp_path: Path
) -> None:
    store, folder = open_store(), tmp_path / "images"
    (folder / "cat").mkdir(parents=True)
    (folder / "cat" / "1.png").write_bytes(b"1")
    digest = store.file_digest(folder)
    (folder / ".hidden").write_bytes(b"x")
    assert store.file_digest(folder) == digest
    (folder / "cat" / "1.png").rename(folder / "cat" / "2.png")
    renamed = store.file_digest(folder)
    assert renamed != digest
    (folder / "cat" / "2.png").write_bytes(b"2")
    assert store.file_digest(folder) not in (digest, renamed)


def test_a_missing_file_has_no_digest(open_store: Open, tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r'there is no file ".*gone.csv"'):
        open_store().file_digest(tmp_path / "gone.csv")


def test_a_pipe_has_no_digest(open_store: Open, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PathError, match="neither a file nor a folder"):
        open_store().file_digest(tmp_path / "pipe")
