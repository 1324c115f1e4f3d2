"""Value files: one per large value, either absent or complete."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from flowengine.store.record import Place

DIGEST_LIMIT = 1 << 20
"""Files up to this size carry a digest that loading checks; of larger ones only the size."""

ASIDE = ".writing-"
"""Prefix of files that are being written."""


class ValueFiles:
    """The folder of value files.

    Args:
        folder: Where they lie, in subfolders by the first two letters of their names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, suffix: str, write: Callable[[BinaryIO], None]) -> Place:
        """Write a file by calling ``write`` and return its place."""
        with self._aside(suffix) as (aside, place_of):
            with aside.open("wb") as file:
                write(file)
            return place_of()

    def write_path(self, suffix: str, write: Callable[[Path], None]) -> Place:
        """Write a file by calling ``write`` with a path and return its place."""
        with self._aside(suffix) as (aside, place_of):
            write(aside)
            return place_of()

    def path(self, name: str) -> Path:
        """Return where the file of that name lies."""
        return self.folder / name[:2] / name

    def is_whole(self, place: Place) -> bool:
        """Return whether the file is there in its full size."""
        try:
            return self.path(place.name).stat().st_size == place.size
        except OSError:
            return False

    def checked(self, place: Place) -> Path:
        """Return the path of a file after a look at its size and, for a small one, its digest.

        Raises:
            ValueError: The file is damaged.
            FileNotFoundError: It is missing.
        """
        path = self.path(place.name)
        size = path.stat().st_size
        if size != place.size:
            raise ValueError(f"{path.name} has {size:,} bytes instead of {place.size:,}")
        if place.digest and hashlib.sha256(path.read_bytes()).hexdigest() != place.digest:
            raise ValueError(f"{path.name} does not hold what was written")
        return path

    def remove(self, names: Iterable[str]) -> None:
        """Delete files; who has one mapped into memory keeps its content."""
        for name in names:
            self.path(name).unlink(missing_ok=True)

    def all(self) -> Iterator[os.DirEntry[str]]:
        """Yield every file, also those being written."""
        yield from files_below(self.folder)

    @contextmanager
    def _aside(self, suffix: str) -> Iterator[tuple[Path, Callable[[], Place]]]:
        name = f"{uuid.uuid4().hex}.{suffix}"
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(ASIDE + name)

        def place_of() -> Place:
            # Data first, then the name: a power cut leaves no name without its data.
            with aside.open("rb") as file:
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
                small = file.read() if size <= DIGEST_LIMIT else None
            aside.rename(path)
            digest = "" if small is None else hashlib.sha256(small).hexdigest()
            return Place("file", size, name, digest)

        try:
            yield aside, place_of
        except BaseException:
            aside.unlink(missing_ok=True)
            raise


def files_below(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a folder, which another process may be changing."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(entry.path)
        else:
            yield entry


def size_of(entry: os.DirEntry[str]) -> int:
    """Return a file's size, 0 where it has gone meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def time_of(path: Path | os.DirEntry[str]) -> float:
    """Return when a file or folder was changed, now where it has gone meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
