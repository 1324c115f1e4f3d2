"""The store: a record of every node run and the values that are worth keeping, in a folder.

It may be killed at any moment and be open in many processes. A value file is written aside, synced
and renamed before its row is written, so that a row means complete values.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flowengine.blobs import blob_path
from flowengine.errors import StoreError, listing
from flowengine.events import Event
from flowengine.network import LayerLoader
from flowengine.ports import LoadContext, PortType
from flowengine.store.claims import Claims, Owner
from flowengine.store.database import Database
from flowengine.store.digests import FileDigests
from flowengine.store.files import ValueFiles
from flowengine.store.gc import Places, bytes_below, collect
from flowengine.store.kept_values import Keep, Values, blobs_of, damaged
from flowengine.store.memory import MISSING, ValueMemory
from flowengine.store.pulse import Pulse
from flowengine.store.record import Place, Record, Row, kept_ports
from flowengine.store.rows import Rows
from flowengine.store.runs import RunInfo, RunLog
from flowengine.store_folder import RUNS, make_store_folder

__all__ = ["Record", "RunInfo", "Store"]


class Store:
    """Results of a workspace. Threads may share it.

    Args:
        folder: The ``.flowengine`` folder of the workspace; made where it is missing.
        load_layer: Turns type, version and settings into a layer, for networks.
        memory_limit: Bytes of values held in memory.
        size_limit: Bytes on disk that closing brings the store back to.

    Raises:
        StoreError: The folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        load_layer: LayerLoader,
        *,
        memory_limit: int = 2 << 30,
        size_limit: int = 20 << 30,
    ) -> None:
        self.folder = folder
        self.blobs = folder / "blobs"
        self.size_limit = size_limit
        make_store_folder(folder)
        self._run_folders = folder / RUNS
        self._database = Database(folder / "store.db")
        self._files = ValueFiles(folder / "values")
        self._places = Places(self._database, self._files, self.blobs, folder / "checkpoints")
        context = LoadContext(load_layer, self.blobs)
        self._values = Values(self._files, context, memory_limit)
        self._memory = ValueMemory(memory_limit)
        self._digests = FileDigests(self._database)
        owner = Owner()
        self._claims = Claims(self._database, owner)
        self._runs = RunLog(self._database, owner)
        self._rows = Rows(self._database, self._files.remove, lambda: self._pulse.start())
        self._pulse = Pulse(self._rows, self._claims, self._runs)
        self._kept: dict[str, frozenset[str]] = {}
        self._has_saved = False
        self._is_closed = False

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Records and values

    def lookup(self, keys: Collection[str], *, touch: bool = True) -> dict[str, Record]:
        """Return the records there are; one whose files are gone counts as absent.

        Args:
            keys: Their keys.
            touch: Whether they count as used now, which keeps them from ``gc``.
        """
        whole: dict[str, Record] = {}
        blobs: dict[str, bool] = {}
        for key, row in self._rows.find(keys).items():
            if self._is_whole(row, blobs):
                whole[key] = row.record
                self._kept[key] = kept_ports(row.places)
        if touch:
            self._rows.touch(whole)
        return whole

    def has_value(self, key: str, port: str) -> bool:
        """Return whether ``load`` would find the value, in memory or on disk."""
        if self._memory.has(key, port):
            return True
        if key not in self._kept:
            self.lookup([key])
        return port in self._kept.get(key, ())

    def save(
        self,
        record: Record,
        values: Mapping[str, tuple[PortType, object]],
        *,
        keep: Keep = "auto",
    ) -> None:
        """Keep a record and its values, and end this store's claim on the key.

        A value of up to 64 KiB always goes to disk. A larger one does if it is to be kept
        ``always``, if it took longer to compute than writing and reading it takes, if it is a lazy
        table, or if memory could not hold it; otherwise only memory has it. The row is on disk
        within 0.2 seconds, or after ``flush``.

        Raises:
            StoreError: A value is not what its port type takes, or cannot be written.
        """
        places: dict[str, Place] = {}
        inline: dict[str, bytes] = {}
        held: dict[str, tuple[object, int]] = {}
        try:
            for port, (port_type, value) in values.items():
                place, data = self._values.put(record, port, port_type, value, keep)
                places[port] = place
                if data is not None:
                    inline[port] = data
                if not place.is_kept:
                    held[port] = (value, port_type.size(value))
        except BaseException:
            self._files.remove(place.name for place in places.values() if place.kind == "file")
            raise
        self._memory.drop(record.key)
        for port, (value, size) in held.items():
            self._memory.put(record.key, port, value, size)
        self._kept[record.key] = kept_ports(places)
        self._has_saved = True
        row = Row(record, places, blobs_of(values))
        self._rows.put(row, inline)
        self._claims.let_go(record.key)

    def load(self, key: str, port: str, port_type: PortType) -> Any:
        """Return a value from memory, the database or a mapped file.

        Raises:
            StoreError: It is missing or damaged.
        """
        value = self._memory.get(key, port)
        if value is MISSING:
            value = self._read(key, port, port_type)
        self._rows.touch([key])
        return value

    def release(self, key: str) -> None:
        """Let go of the values in memory that nobody waits for; the record stays."""
        self._memory.drop(key)

    def forget(self, key: str) -> None:
        """Delete a record with its values."""
        self._memory.drop(key)
        self._kept.pop(key, None)
        self._rows.remove([key])

    def pin(self, key: str, *, pinned: bool = True) -> None:
        """Keep a record out of the reach of ``gc``, or let it go again."""
        self.flush()
        with self._database.write() as connection:
            connection.execute("UPDATE records SET pinned = ? WHERE key = ?", (pinned, key))

    def checkpoints(self, resume_key: str) -> Path:
        """Return the folder for checkpoints of a piece of work, made and marked as used now."""
        path = self._places.checkpoints / resume_key
        path.mkdir(parents=True, exist_ok=True)
        os.utime(path)
        return path

    def forget_checkpoints(self, resume_key: str) -> None:
        """Remove the checkpoints of a piece of work, which then begins anew."""
        shutil.rmtree(self._places.checkpoints / resume_key, ignore_errors=True)

    def file_digest(self, path: Path) -> str:
        """Return the SHA-256 of a file, or of a folder's visible files with their names.

        Raises:
            PathError: There is nothing at the path, or nothing that can be read.
        """
        return self._digests.digest(path)

    # Claims

    def claim(self, key: str) -> bool:
        """Return whether this store may compute the key now; ``save`` ends the claim.

        Look the key up again afterwards: whoever had claimed it before may have saved it.
        """
        return bool(self.claim_many([key]))

    def claim_many(self, keys: Collection[str]) -> set[str]:
        """Claim all free keys in one transaction and return them."""
        got = self._claims.take(keys)
        if got:
            self._pulse.start()
        return got

    def release_claim(self, key: str) -> None:
        """End a claim without a result; nothing happens where there is none."""
        if self._claims.let_go(key):
            with self._database.write() as connection:
                self._claims.clear(connection, [key])

    # Runs

    def start_run(
        self,
        run_id: str,
        workflow: str,
        path: str = "",
        *,
        keys: Mapping[str, str | None] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Note that a run of this process has begun, with what is known even if it dies."""
        for old in self._runs.start(run_id, workflow, path, keys or {}, changes or {}):
            shutil.rmtree(self._run_folders / old, ignore_errors=True)
        self._pulse.start()

    def finish_run(
        self, run_id: str, status: str, seconds: float, events: Sequence[Event] = ()
    ) -> bool:
        """Write what waits, a run's last events and how it ended, in one transaction.

        Returns whether the store is still there.
        """
        over = self._claims.over

        def finish(connection: sqlite3.Connection) -> None:
            self._runs.finish(connection, run_id, status, seconds, events)
            self._claims.clear(connection, over)

        self._rows.flush(finish)
        self._runs.end(run_id)
        return self._database.is_in_place

    def add_events(self, run_id: str, events: Sequence[Event]) -> None:
        """Append events of a run, together with the rows that they tell of."""
        self._rows.flush(lambda connection: self._runs.add(connection, run_id, events))

    def events_after(self, run_id: str, event_id: int = 0) -> list[tuple[int, Event]]:
        """Return a run's events after an id, each with its growing id."""
        return self._runs.after(run_id, event_id)

    def runs(self) -> list[RunInfo]:
        """Return the latest runs, newest first."""
        return self._runs.all()

    def runs_of(self, path: str) -> list[RunInfo]:
        """Return the latest runs of a workflow file, newest first."""
        return self._runs.all("WHERE path = ?", path)

    def latest_run(self, path: str) -> RunInfo | None:
        """Return the last run of a workflow file, without its keys."""
        where = "WHERE id = (SELECT id FROM runs WHERE path = ? ORDER BY started DESC LIMIT 1)"
        return next(iter(self._runs.all(where, path, with_keys=False)), None)

    def running(self) -> list[RunInfo]:
        """Return the runs that go on now, without their keys."""
        found = self._runs.all("WHERE status = 'running'", with_keys=False)
        return [info for info in found if info.status == "running"]

    def run(self, run_id: str) -> RunInfo | None:
        """Return one run, ``None`` where it is not known any more."""
        return next(iter(self._runs.all("WHERE id = ?", run_id)), None)

    # The store as a whole

    def flush(self) -> None:
        """Write waiting rows now, so that other processes see them, and end their claims."""
        over = self._claims.over  # their rows are among those that wait
        self._rows.flush(partial(self._claims.clear, keys=over) if over else None)

    def gc(self, limit: int | None = None) -> int:
        """Bring the store within ``limit`` bytes (its own by default) and return what was freed.

        The least recently used goes first. What is pinned stays, and what a run in progress uses.
        Files without a row go when they are an hour old.
        """
        self.flush()
        collected = collect(self._places, self.size_limit if limit is None else limit)
        for key in collected.keys:
            self._kept.pop(key, None)
        return collected.freed

    def info(self) -> dict[str, int]:
        """Return how many rows there are and what takes how many bytes."""
        self.flush()
        rows = self._database.read("SELECT COUNT(*) FROM records")[0][0]
        values = self._places.row_bytes()
        blobs = bytes_below(self.blobs)
        checkpoints = bytes_below(self._places.checkpoints)
        return {
            "rows": rows,
            "values": values,
            "blobs": blobs,
            "checkpoints": checkpoints,
            "total": values + blobs + checkpoints,
            "limit": self.size_limit,
        }

    def clear(self) -> None:
        """Delete all records, values, weights, checkpoints, runs and events."""
        self.flush()
        self._memory.clear()
        self._kept.clear()
        with self._database.write() as connection:
            for table in ("records", "inline_values", "runs", "events", "files"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
        self._database.shrink()
        for folder in (self._files.folder, self.blobs, self._places.checkpoints, self._run_folders):
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Write what waits, end claims and threads, and keep the store within its limit."""
        if self._is_closed:
            return
        self._is_closed = True
        self._pulse.stop()
        try:
            self._rows.flush()
            self._claims.end()
            if self._has_saved and self._places.total() > self.size_limit:
                # A little below the limit, or every run would end with a collection.
                self.gc(int(self.size_limit * 0.9))
        finally:
            self._memory.clear()
            self._database.close()

    def _is_whole(self, row: Row, blobs: dict[str, bool]) -> bool:
        for place in row.places.values():
            if place.kind == "file" and not self._files.is_whole(place):
                return False
        for blob in row.blobs:
            if blob not in blobs:
                blobs[blob] = blob_path(self.blobs, blob).exists()
            if not blobs[blob]:
                return False
        return True

    def _read(self, key: str, port: str, port_type: PortType) -> Any:
        # Another process may replace the row and its file while this one reads: look twice.
        for _ in range(2):
            row = self._row(key)
            place = _kept_place(row, port)
            inline = self._rows.inline(key, port) if place.kind == "inline" else None
            try:
                value = self._values.read(row.record, port, port_type, place, inline)
            except FileNotFoundError:
                continue
            if place.kind == "inline":
                # A file is mapped again when it is needed: the system's cache holds its pages.
                self._memory.put(key, port, value, port_type.size(value))
            return value
        raise StoreError(damaged(row.record, port, "its file is missing"))

    def _row(self, key: str) -> Row:
        row = self._rows.find([key]).get(key)
        if row is None:
            raise StoreError(f"the store has no record of {key}; run the workflow again")
        return row


def _kept_place(row: Row, port: str) -> Place:
    place = row.places.get(port)
    if place is None:
        raise StoreError(
            f'the record of node "{row.record.node}" has no port "{port}"; '
            f"known are {listing(row.places)}"
        )
    if not place.is_kept:
        raise StoreError(
            f'the value of node "{row.record.node}" at its port "{port}" was not kept; '
            f"run again with --fresh to compute it anew"
        )
    return place
