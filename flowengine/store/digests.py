"""Digests of input files, remembered by path, size and time of change."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path

from flowengine.errors import PathError
from flowengine.store.database import Database

_SETTLED_NS = 2_000_000_000
"""A file changed more recently than this could change again within one tick of its clock."""

_PATHS_A_QUERY = 500

_Stamp = tuple[int, int]


class FileDigests:
    """Works out SHA-256 digests and remembers them in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def digest(self, path: Path) -> str:
        """Return the digest of a file, or of a folder's visible files with their names.

        Raises:
            PathError: There is nothing at the path, or nothing that can be read.
        """
        path = path.absolute()
        try:
            mode = path.stat().st_mode
            if stat.S_ISREG(mode):
                return self._digests([str(path)])[str(path)]
            if stat.S_ISDIR(mode):
                return self._folder(path)
        except FileNotFoundError as error:
            raise PathError(f'there is no file "{error.filename}"') from None
        except OSError as error:
            raise PathError(
                f'"{error.filename or path}" cannot be read: {error.strerror}'
            ) from None
        raise PathError(f'"{path}" is neither a file nor a folder')

    def _folder(self, folder: Path) -> str:
        paths = sorted(_visible(str(folder)))
        digests = self._digests(paths)
        whole = hashlib.sha256()
        for path in paths:
            name = os.path.relpath(path, folder).replace(os.sep, "/")
            whole.update(f"{name}\0{digests[path]}\n".encode("utf-8", "surrogateescape"))
        return whole.hexdigest()

    def _digests(self, paths: list[str]) -> dict[str, str]:
        stamps = {path: _stamp(path) for path in paths}
        digests: dict[str, str] = {}
        for start in range(0, len(paths), _PATHS_A_QUERY):
            part = paths[start : start + _PATHS_A_QUERY]
            marks = ",".join("?" * len(part))
            for path, size, mtime, digest in self._database.read(
                f"SELECT path, size, mtime_ns, digest FROM files WHERE path IN ({marks})",  # noqa: S608
                [os.fsencode(path) for path in part],
            ):
                if stamps[os.fsdecode(path)] == (size, mtime):
                    digests[os.fsdecode(path)] = digest
        fresh = {path: _sha256(path) for path in paths if path not in digests}
        now = time.time_ns()
        settled = [
            (os.fsencode(path), *stamps[path], digest)
            for path, digest in fresh.items()
            if now - stamps[path][1] > _SETTLED_NS and _stamp(path) == stamps[path]
        ]
        if settled:
            with self._database.write() as connection:
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", settled)
        return digests | fresh


def _visible(folder: str) -> list[str]:
    paths = []
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            paths += _visible(entry.path)
        elif entry.is_file():
            paths.append(entry.path)
    return paths


def _stamp(path: str) -> _Stamp:
    facts = os.stat(path)
    return facts.st_size, facts.st_mtime_ns


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
