"""Keeping the store small: what was used longest ago goes first."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flowengine.blobs import blob_path
from flowengine.claims import is_abandoned
from flowengine.store_database import Database, chunks
from flowengine.store_files import ValueFiles, files_below, size_of
from flowengine.store_record import places_from_json
from flowengine.store_rows import delete

ORPHAN_SECONDS = 3600.0
"""A file without a row may be one whose row comes in a moment; after this time it is none."""


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
class _Row:
    key: str
    size: int
    used: float
    files: list[str]
    blobs: list[str]


@dataclass
class _Checkpoint:
    folder: Path
    size: int
    used: float


@dataclass
class Collected:
    """What a collection did.

    Args:
        freed: Bytes given back.
        keys: Keys of the rows that went.
    """

    freed: int = 0
    keys: list[str] = field(default_factory=list)


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(map(size_of, files_below(folder)))


def collect(places: Places, limit: int) -> Collected:
    """Delete orphans, then the least recently used until the store is within ``limit`` bytes.

    Pinned rows stay, and what runs in progress have used.
    """
    collected = Collected()
    rows, pinned = _rows(places.database)
    references = Counter(blob for row in rows + pinned for blob in row.blobs)
    named = {name for row in rows + pinned for name in row.files}
    collected.freed += _remove_orphans(places, named, references)
    excess = places.total() - limit
    protected = _oldest_live_run(places.database)
    doomed: list[_Row] = []
    items: list[_Row | _Checkpoint] = [*rows, *_checkpoints(places.checkpoints)]
    for item in sorted(items, key=lambda item: item.used):
        if excess <= 0 or item.used >= protected:
            break
        if isinstance(item, _Checkpoint):
            shutil.rmtree(item.folder, ignore_errors=True)
            collected.freed += item.size
            excess -= item.size
            continue
        doomed.append(item)
        excess -= item.size
        references.subtract(item.blobs)
        excess -= sum(_blob_bytes(places.blobs, blob) for blob in _unused(item, references))
    for row in _delete_rows(places.database, doomed):
        places.values.remove(row.files)
        collected.keys.append(row.key)
        collected.freed += row.size
        for blob in _unused(row, references):
            collected.freed += _blob_bytes(places.blobs, blob)
            blob_path(places.blobs, blob).unlink(missing_ok=True)
    places.database.shrink()
    return collected


def _rows(database: Database) -> tuple[list[_Row], list[_Row]]:
    free: list[_Row] = []
    pinned: list[_Row] = []
    for key, size, used, is_pinned, places, blobs in database.read(
        "SELECT key, size, used, pinned, places, blobs FROM records"
    ):
        files = [at.name for at in places_from_json(places).values() if at.kind == "file"]
        (pinned if is_pinned else free).append(_Row(key, size, used, files, blobs.split()))
    return free, pinned


def _checkpoints(folder: Path) -> list[_Checkpoint]:
    if not folder.is_dir():
        return []
    found = []
    for child in folder.iterdir():
        entries = list(files_below(child))
        times = [child.stat().st_mtime, *(entry.stat().st_mtime for entry in entries)]
        found.append(_Checkpoint(child, sum(map(size_of, entries)), max(times)))
    return found


def _remove_orphans(places: Places, named: set[str], references: Counter[str]) -> int:
    freed = 0
    old = time.time() - ORPHAN_SECONDS
    orphans = [entry for entry in places.values.all() if entry.name not in named]
    orphans += [
        entry for entry in files_below(places.blobs) if entry.name.split(".")[0] not in references
    ]
    for entry in orphans:
        if entry.stat().st_mtime < old:
            freed += size_of(entry)
            Path(entry.path).unlink(missing_ok=True)
    return freed


def _oldest_live_run(database: Database) -> float:
    runs = database.read("SELECT host, pid, beat, started FROM runs WHERE status = 'running'")
    return min(
        (started for host, pid, beat, started in runs if not is_abandoned(host, pid, beat)),
        default=float("inf"),
    )


def _delete_rows(database: Database, rows: list[_Row]) -> Iterable[_Row]:
    # Another process may have used or replaced a row since it was read; that one stays.
    by_key = {row.key: row for row in rows}
    with database.write() as connection:
        for part, marks in chunks(by_key):
            for key, used in connection.execute(
                f"SELECT key, used FROM records WHERE key IN ({marks})",  # noqa: S608
                part,
            ):
                if used > by_key[key].used:
                    del by_key[key]
        delete(connection, by_key)
    return list(by_key.values())


def _unused(row: _Row, references: Counter[str]) -> list[str]:
    return [blob for blob in row.blobs if references[blob] <= 0]


def _blob_bytes(folder: Path, digest: str) -> int:
    try:
        return blob_path(folder, digest).stat().st_size
    except FileNotFoundError:
        return 0
