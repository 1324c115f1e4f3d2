"""Keeping the store small: what was used longest ago goes first."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flowengine.blobs import blob_path
from flowengine.store.claims import is_abandoned
from flowengine.store.database import Database
from flowengine.store.files import ValueFiles, files_below, size_of, time_of
from flowengine.store.record import places_from_json
from flowengine.store.rows import delete

ORPHAN_SECONDS = 3600.0
"""A file without a row may be one whose row comes in a moment; after this time it is none."""

_LAG_SECONDS = 1.0
"""File systems stamp files with a clock that is a little behind; so much counts as the same."""


@dataclass(frozen=True)
class Places:
    """The parts of a store's folder that take space.

    Args:
        database: Rows and small values.
        values: Large values.
        blobs: Weight files.
        checkpoints: One folder for each piece of work that can be continued.
    """

    database: Database
    values: ValueFiles
    blobs: Path
    checkpoints: Path

    def row_bytes(self) -> int:
        """Bytes of all rows with their values, in the database and in files."""
        return int(self.database.read("SELECT COALESCE(SUM(size), 0) FROM records")[0][0])

    def total(self) -> int:
        """Bytes that count against the limit."""
        return self.row_bytes() + bytes_below(self.blobs) + bytes_below(self.checkpoints)


@dataclass
class Collected:
    """What a collection did.

    Args:
        freed: Bytes given back.
        keys: Keys of the rows that went.
    """

    freed: int = 0
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    key: str
    size: int
    used: float
    is_pinned: bool
    files: list[str]
    blobs: list[str]


@dataclass(frozen=True)
class _Checkpoint:
    folder: Path
    size: int
    used: float


class _Weights:
    """The weight files and how many rows refer to each."""

    def __init__(self, folder: Path, rows: list[_Row]) -> None:
        self.folder = folder
        self.references = Counter(blob for row in rows for blob in row.blobs)

    def orphans(self) -> Iterator[os.DirEntry[str]]:
        return (
            entry
            for entry in files_below(self.folder)
            if entry.name.split(".")[0] not in self.references
        )

    def drop(self, row: _Row, protected: float) -> int:
        """Delete what only this row refers to, but not what a run in progress has written."""
        freed = 0
        self.references.subtract(row.blobs)
        for blob in row.blobs:
            path = blob_path(self.folder, blob)
            is_new = time_of(path) + _LAG_SECONDS >= protected
            if self.references[blob] == 0 and not is_new and path.exists():
                freed += path.stat().st_size
                path.unlink()
        return freed


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(map(size_of, files_below(folder)))


def collect(places: Places, limit: int) -> Collected:
    """Delete orphans, then the least recently used until the store is within ``limit`` bytes.

    Pinned rows stay, and what runs in progress have used.
    """
    collected = Collected()
    rows = _rows(places.database)
    weights = _Weights(places.blobs, rows)
    collected.freed += _remove_orphans(places.values, rows, weights)
    excess = places.total() - limit
    protected = _oldest_live_run(places.database)
    for item in _candidates(rows, _checkpoints(places.checkpoints), protected):
        if excess <= 0:
            break
        freed = item.size
        if isinstance(item, _Checkpoint):
            shutil.rmtree(item.folder, ignore_errors=True)
        elif _delete(places.database, item):
            places.values.remove(item.files)
            freed += weights.drop(item, protected)
            collected.keys.append(item.key)
        else:
            continue
        excess -= freed
        collected.freed += freed
    places.database.shrink()
    return collected


def _rows(database: Database) -> list[_Row]:
    rows = []
    for key, size, used, pinned, places, blobs in database.read(
        "SELECT key, size, used, pinned, places, blobs FROM records"
    ):
        files = [at.name for at in places_from_json(places).values() if at.kind == "file"]
        rows.append(_Row(key, size, used, bool(pinned), files, blobs.split()))
    return rows


def _checkpoints(folder: Path) -> list[_Checkpoint]:
    found = []
    for child in folder.iterdir() if folder.is_dir() else ():
        entries = list(files_below(child))
        used = max([time_of(child), *map(time_of, entries)]) + _LAG_SECONDS
        found.append(_Checkpoint(child, sum(map(size_of, entries)), used))
    return found


def _candidates(
    rows: list[_Row], checkpoints: list[_Checkpoint], protected: float
) -> list[_Row | _Checkpoint]:
    items: list[_Row | _Checkpoint] = [row for row in rows if not row.is_pinned]
    items += checkpoints
    return sorted((item for item in items if item.used < protected), key=lambda item: item.used)


def _remove_orphans(values: ValueFiles, rows: list[_Row], weights: _Weights) -> int:
    named = {name for row in rows for name in row.files}
    orphans = [entry for entry in values.all() if entry.name not in named]
    freed = 0
    for entry in [*orphans, *weights.orphans()]:
        if time_of(entry) < time.time() - ORPHAN_SECONDS:
            freed += size_of(entry)
            Path(entry.path).unlink(missing_ok=True)
    return freed


def _oldest_live_run(database: Database) -> float:
    runs = database.read("SELECT host, pid, beat, started FROM runs WHERE status = 'running'")
    return min(
        (started for host, pid, beat, started in runs if not is_abandoned(host, pid, beat)),
        default=float("inf"),
    )


def _delete(database: Database, row: _Row) -> bool:
    # Another process may have used or replaced the row since it was read; then it stays.
    with database.write() as connection:
        current = connection.execute("SELECT used FROM records WHERE key = ?", (row.key,))
        if current.fetchone() != (row.used,):
            return False
        delete(connection, [row.key])
    return True
