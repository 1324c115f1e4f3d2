"""The SQLite file of the store: one schema, short transactions, many processes at once."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from flowengine.errors import StoreError
from flowengine.store.record import LENIENT

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY, record BLOB NOT NULL, places BLOB NOT NULL, blobs TEXT NOT NULL,
    size INTEGER NOT NULL, used REAL NOT NULL, pinned INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS records_size ON records (size);
CREATE TABLE IF NOT EXISTS inline_values (
    key TEXT NOT NULL, port TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (key, port)
);
CREATE TABLE IF NOT EXISTS claims (
    key TEXT PRIMARY KEY, owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    beat REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, workflow TEXT NOT NULL, path TEXT NOT NULL, status TEXT NOT NULL,
    owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL,
    beat REAL NOT NULL, seconds REAL, result TEXT
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, event BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS events_run ON events (run, id);
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL
);
"""

_BUSY_SECONDS = 30.0
_CACHE_KILOBYTES = 16_384
_ROWS_A_STATEMENT = 100
_CHECKPOINT_PAGES = 4_000

_BEGIN_ANEW = "if this stays so, delete {name} and run again (weights and checkpoints are kept)"
_MAKE_ROOM = "the disk may be full: make room and run again, nothing that was kept is lost"
_ALLOW = "its folder must be one that may be written to; choose another workspace with --workspace"
_ADVICE = {
    sqlite3.SQLITE_FULL: _MAKE_ROOM,
    sqlite3.SQLITE_IOERR: _MAKE_ROOM,
    sqlite3.SQLITE_READONLY: _ALLOW,
    sqlite3.SQLITE_PERM: _ALLOW,
    sqlite3.SQLITE_CANTOPEN: _ALLOW,
    sqlite3.SQLITE_BUSY: "another process holds it for long; run again when that has ended",
}
"""What helps, by SQLite's code."""


class Database:
    """An open SQLite file.

    One connection does all; a second is opened when somebody first wants to read while it writes.

    Args:
        path: The file; made where it is missing.

    Raises:
        StoreError: It cannot be opened, is no database, or is of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = threading.Lock()
        self._writing = threading.RLock()
        with self._sentences():
            self._writer = self._open()
        self._reader: sqlite3.Connection | None = None
        self._file = _identity(path)

    @property
    def is_in_place(self) -> bool:
        """Whether the file still stands where it was opened, so that others find what is in it."""
        return self._file is not None and _identity(self._path) == self._file

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""
        with self._sentences():
            if self._writing.acquire(blocking=False):
                try:
                    return self._writer.execute(sql, values).fetchall()
                finally:
                    self._writing.release()
            with self._reading:
                if self._reader is None:
                    self._reader = self._open()
                return self._reader.execute(sql, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one transaction, which an exception rolls back."""
        with self._writing, self._sentences():
            try:
                # Within: an interrupt may come when it has begun, before anybody is told.
                _retry(lambda: self._writer.execute("BEGIN IMMEDIATE"))
                yield self._writer
                _retry(lambda: self._writer.execute("COMMIT"))
            except BaseException:
                # SQLite has rolled back by itself where the disk is full.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def shrink(self) -> None:
        """Give the pages that deleted rows left behind back to the file system."""
        with self._writing, self._sentences():
            self._writer.execute("PRAGMA incremental_vacuum").fetchall()

    def close(self) -> None:
        """Close what is open."""
        with self._reading, self._writing:
            if self._reader is not None:
                self._reader.close()
            self._writer.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _retry(lambda: _prepare(connection))
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                raise StoreError(
                    f"the store {self._path} has version {version}, this flowengine reads version "
                    f"{SCHEMA_VERSION}; delete the folder {self._path.parent} to begin a new one"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _BEGIN_ANEW)
            raise StoreError(
                f"the store {self._path} cannot be used: {error}; "
                f"{advice.format(name=self._path.name)}"
            ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def as_list(values: Iterable[Any]) -> str:
    """Return JSON data as one parameter, whose items ``json_each(?)`` gives to a statement.

    A statement for all rows is quicker than one for each, and above all it lets Python's lock go
    only once: beside a thread that computes, getting it back takes 5 ms.
    """
    return orjson.dumps(list(values), option=LENIENT).decode()


def insert(
    connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[Any]], then: str = ""
) -> None:
    """Insert rows, as part of a transaction, a hundred by one statement.

    Args:
        connection: The connection of ``Database.write``.
        into: The statement up to its values.
        rows: The values of each row, also bytes, which no JSON holds.
        then: The rest of the statement.
    """
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[start : start + _ROWS_A_STATEMENT]
        marks = ",".join([f"({','.join('?' * len(part[0]))})"] * len(part))
        values = [value for row in part for value in row]
        connection.execute(f"{into} VALUES {marks} {then}", values)


def _prepare(connection: sqlite3.Connection) -> None:
    is_new = connection.execute("PRAGMA user_version").fetchone()[0] == 0
    if is_new:
        # Of a database that has it this would be a transaction, with all its waiting for the disk.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("PRAGMA journal_mode=WAL")
    # A power cut may cost the last rows, never the file: they are computed again.
    connection.execute("PRAGMA synchronous=NORMAL")
    # The pages of a large batch, so that none is written twice in one transaction.
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KILOBYTES}")
    # Each checkpoint waits for the disk twice; of 10,000 nodes there were six.
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    if is_new:
        connection.executescript(
            f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
        )


def _retry(step: Callable[[], object]) -> None:
    # SQLite's own wait does not cover every case, such as several processes changing to WAL.
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            step()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return
