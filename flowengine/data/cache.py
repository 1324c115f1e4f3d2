"""The user's cache of public data: where files lie, and how they get there whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flowengine.blobs import ASIDE, write_atomically
from flowengine.data.catalogue import CATALOGUE, DataSet, find
from flowengine.errors import DataError, PathError

if sys.platform != "win32":
    import fcntl


Report = Callable[[str], None]
"""Told every moment what is going on; may raise to cancel."""


def data_root() -> Path:
    """Return the folder of the cache: ``FLOWENGINE_DATA``, else in the user's cache folder."""
    if chosen := os.environ.get("FLOWENGINE_DATA"):
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):
        return Path(base) / "flowengine" / "data"
    try:
        return Path.home() / ".cache" / "flowengine" / "data"
    except RuntimeError:
        raise DataError(
            "this user has no home folder to keep data in; set FLOWENGINE_DATA to a folder"
        ) from None


def path_of(item: DataSet) -> Path:
    """Return where a data set lies, or will lie."""
    return item.packaged_path if item.packaged else data_root() / item.file


def is_cached(item: DataSet) -> bool:
    """Return whether a file of a data set's size is there; ``verify`` looks at its bytes too."""
    try:
        return path_of(item).stat().st_size == item.size
    except OSError:
        return False


def data_path(
    name: str,
    *,
    fetch: bool,
    report: Report | None = None,
    catalogue: tuple[DataSet, ...] = CATALOGUE,
) -> Path:
    """Return the file of a data set.

    Args:
        name: Its name in the catalogue, without ``data://``.
        fetch: Whether to read its bytes through, and to fetch it where they are not there or not
            the right ones: a person may have put a file there, and Fashion-MNIST's have the names
            and the sizes of MNIST's.
        report: Told what is going on while it is fetched; may raise to cancel.
        catalogue: The data sets known.

    Raises:
        PathError: It is not in the cache, and ``fetch`` is false.
        DataError: There is no such data set, or it could not be fetched.
    """
    item = find(name, catalogue)
    # What a package brings is that package's own, and cannot be fetched.
    is_there = verify if fetch and not item.packaged else is_cached
    if not is_there(item):
        if not fetch:
            raise PathError(
                f'the data set "{name}" is not on this machine yet; "flowengine run" fetches it, '
                f'so does "flowengine data fetch {name.partition("/")[0]}"'
            )
        from flowengine.data.fetch import fetch as fetch_now

        fetch_now(name, report=report, catalogue=catalogue)
    return path_of(item)


def keep(item: DataSet, data: bytes) -> None:
    """Write a data set's bytes into the cache, whole or not at all.

    Raises:
        DataError: They are not the bytes the catalogue names, or cannot be written.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != item.sha256:
        raise DataError(
            f"the SHA-256 of {len(data):,} bytes is {found[:12]}…, expected {item.sha256[:12]}…"
        )
    write_atomically(path_of(item), data)


def verify(item: DataSet) -> bool:
    """Return whether a data set is there to be read, and has its digest."""
    if not is_cached(item):
        return False
    try:
        with path_of(item).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == item.sha256
    except OSError:
        return False


@contextlib.contextmanager
def locked(report: Report, *, poll: float = 0.1) -> Iterator[None]:
    """Hold the cache's lock, so that two processes do not fetch the same thing.

    The lock dies with its process. Files are renamed into place, so it saves work, not correctness.

    Raises:
        DataError: The cache's folder cannot be made or written.
    """
    root = data_root()
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (root / ".lock").open("ab")
    except OSError as error:
        raise DataError(
            f"cannot keep data in {root} ({error.strerror}); set FLOWENGINE_DATA to another folder"
        ) from error
    with file:
        if sys.platform != "win32":
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    report("waiting for another process that fetches data")
                    time.sleep(poll)
        if sys.platform != "win32":
            # Whoever holds the lock is alone: what stands aside was left by somebody killed.
            for left in root.rglob(f"{ASIDE}*"):
                left.unlink(missing_ok=True)
        yield
