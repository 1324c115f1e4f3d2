"""Workflow files on disk, each version with its tag: read, saved, discarded, never lost."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from flowengine.blobs import move, write_atomically
from flowengine.canonical import render
from flowengine.document import parse_document
from flowengine.errors import FlowEngineError, PathError


class Stale(FlowEngineError):
    """Raised when somebody else has changed the file meanwhile."""


class Absent(PathError):
    """Raised when there is no such file."""


@dataclass(frozen=True)
class Text:
    """The text of a file.

    Args:
        text: The text.
        etag: Tag of this version: the digest of its bytes.
    """

    text: str
    etag: str

    @staticmethod
    def of(data: bytes, name: str) -> Text:
        """Return the text of bytes.

        Raises:
            FlowEngineError: They are not UTF-8.
        """
        try:
            return Text(data.decode("utf-8-sig"), hashlib.sha256(data).hexdigest())
        except UnicodeDecodeError as error:
            raise FlowEngineError(
                f'"{name}" is not UTF-8 text (byte {error.start}), so it is no workflow'
            ) from None


def read_text(path: Path) -> Text:
    """Return the text of a file.

    Raises:
        Absent: There is none.
        FlowEngineError: It cannot be read.
    """
    try:
        return Text.of(_bytes(path), path.name)
    except FileNotFoundError:
        raise Absent(f'there is no workflow "{path.name}" in "{path.parent.name}"') from None
    except OSError as error:
        raise FlowEngineError(f'"{path.name}" cannot be read: {error.strerror}') from error


def _bytes(path: Path) -> bytes:
    if not path.is_file():  # nor is a pipe one, whose reader waits for who may never write
        raise FileNotFoundError(path)
    return path.read_bytes()


def etag_of(path: Path) -> str:
    """Return the tag of the version on disk, whatever it is; empty where there is none."""
    try:
        return hashlib.sha256(_bytes(path)).hexdigest()
    except OSError:
        return ""


def save(path: Path, data: bytes, *, expected: str) -> Text:
    """Save a document as the engine writes it, and return what stands in the file now.

    A file that says the same already is left as it is, however it is laid out. What the engine
    cannot read in whole is written as it came, so that nothing is lost.

    Args:
        path: The file.
        data: The document as JSON.
        expected: Tag of the version that was changed; empty: there is no file yet.

    Raises:
        Stale: Another version stands there.
        WorkflowError: It is no document at all.
        FlowEngineError: It cannot be written.
    """
    given = Text.of(data, path.name)
    document, problems, _ = parse_document(given.text, path.name)
    text = given.text if problems else render(document)
    before = _checked(path, expected)
    if before is not None and (before.text == text or _says_the_same(before, text, path.name)):
        return before
    write(path, text.encode())
    return Text.of(text.encode(), path.name)


def write(path: Path, data: bytes) -> None:
    """Write a file whole, with the rights it has or that new files get.

    Raises:
        FlowEngineError: It cannot be written.
    """
    try:
        mode = path.stat().st_mode if path.exists() else None
        write_atomically(path, data)
        if mode is not None:
            path.chmod(mode)
    except OSError as error:
        raise FlowEngineError(f'"{path.name}" cannot be written: {error.strerror}') from error


def discard(path: Path, trash: Path, *, expected: str) -> Path:
    """Move a file to the trash and return where it lies there.

    Raises:
        Stale: Another version stands there, or none.
        FlowEngineError: It cannot be moved.
    """
    found = etag_of(path)
    if found != expected:
        raise _stale(path, found, expected)
    try:
        trash.mkdir(parents=True, exist_ok=True)
        place = trash / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9}-{path.name}"
        move(path, place)
    except OSError as error:
        raise FlowEngineError(f'"{path.name}" cannot be moved: {error.strerror}') from error
    return place


def _checked(path: Path, expected: str) -> Text | None:
    """Return what stands in the file, if it is the version that was expected."""
    try:
        before = read_text(path)
    except Absent:
        before = None
    found = before.etag if before else ""
    if found != expected:
        raise _stale(path, found, expected)
    return before


def _stale(path: Path, found: str, expected: str) -> Stale:
    if not expected:
        return Stale(f'there is a "{path.name}" already; choose another name')
    if not found:
        return Stale(f'"{path.name}" has been deleted or moved meanwhile')
    return Stale(f'"{path.name}" has been changed meanwhile, by another tab or program')


def _says_the_same(before: Text, text: str, name: str) -> bool:
    """Return whether a file stands for a text, which is written as the engine writes."""
    try:
        document, problems, _ = parse_document(before.text, name)
    except FlowEngineError:
        return False
    return not problems and render(document) == text
