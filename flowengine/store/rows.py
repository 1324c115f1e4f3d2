"""Rows of the store: found in bulk, buffered and written in batches.

A durable row in a transaction of its own costs 80 µs, in a batch a tenth of that. Rows that wait
are seen by this process at once.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from flowengine.errors import StoreError
from flowengine.store.database import Database, as_list, insert
from flowengine.store.record import Record, Row, places_from_json, places_to_json

FLUSH_ROWS = 1_000
"""A batch of more rows takes longer for each: the pages it touches do not fit SQLite's cache."""

_OF_KEYS = "WHERE key IN (SELECT value FROM json_each(?))"

_INSERT = "INSERT INTO records (key, record, places, blobs, size, used)"
_REPLACE = """
ON CONFLICT (key) DO UPDATE SET record = excluded.record, places = excluded.places,
    blobs = excluded.blobs, size = excluded.size, used = excluded.used
"""


_Encoded = tuple[str, bytes, bytes, str, int]


@dataclass
class _Batch:
    rows: dict[str, Row] = field(default_factory=dict)
    encoded: dict[str, _Encoded] = field(default_factory=dict)
    inline: dict[tuple[str, str], bytes] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or self.used)


class Rows:
    """Reads rows, and writes them when it is told to.

    Args:
        database: Where they stand.
        remove_files: Deletes value files that a newer row replaced.
        wake: Called when something waits to be written.
    """

    def __init__(
        self,
        database: Database,
        remove_files: Callable[[Iterable[str]], None],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._remove_files = remove_files
        self._wake = wake
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._waiting = _Batch()
        self._writing = _Batch()
        self.flushed = 0.0
        """When rows were written last, on the clock of ``time.monotonic``."""

    @property
    def is_waiting(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._waiting)

    def put(self, row: Row, inline: Mapping[str, bytes]) -> None:
        """Take a row to be written soon.

        Raises:
            StoreError: Its record is no JSON.
        """
        key = row.record.key
        try:
            # Here and not when it is written, so that what is no JSON fails its own node only.
            encoded = _encode(row)
        except TypeError as error:
            self._remove_files(row.files)
            text = f'what is told of node "{row.record.node}" is no JSON: {error}'
            raise StoreError(text) from error
        with self._lock:
            replaced = self._waiting.rows.get(key)
            self._waiting.rows[key] = row
            self._waiting.encoded[key] = encoded
            self._waiting.used[key] = time.time()
            for port, data in inline.items():
                self._waiting.inline[key, port] = data
            full = len(self._waiting.rows) >= FLUSH_ROWS
        if replaced is not None:
            self._remove_files(replaced.files)
        if full:
            self.flush()
        else:
            self._wake()

    def touch(self, keys: Iterable[str]) -> None:
        """Note that rows were used now."""
        now = time.time()
        with self._lock:
            self._waiting.used.update(dict.fromkeys(keys, now))
        self._wake()

    def find(self, keys: Collection[str]) -> dict[str, Row]:
        """Return the rows there are."""
        found: dict[str, Row] = {}
        with self._lock:
            for rows in (self._writing.rows, self._waiting.rows):
                if rows:
                    found.update((key, rows[key]) for key in keys if key in rows)
        others = [key for key in keys if key not in found]
        if not others:
            return found
        for key, record, places, blobs in self._database.read(
            f"SELECT key, record, places, blobs FROM records {_OF_KEYS}",  # noqa: S608
            (as_list(others),),
        ):
            found[key] = Row(
                Record.from_json(key, record), places_from_json(places), tuple(blobs.split())
            )
        return found

    def inline(self, key: str, port: str) -> bytes | None:
        """Return an encoded value that stands in the database."""
        with self._lock:
            for batch in (self._waiting, self._writing):
                data = batch.inline.get((key, port))
                if data is not None:
                    return data
        rows = self._database.read(
            "SELECT data FROM inline_values WHERE key = ? AND port = ?", (key, port)
        )
        return rows[0][0] if rows else None

    def remove(self, keys: Collection[str]) -> None:
        """Delete rows with their values."""
        self.flush()
        with self._database.write() as connection:
            files = _files_of(connection, keys)
            delete(connection, keys)
        self._remove_files(files)

    def flush(self, also: Callable[[sqlite3.Connection], None] | None = None) -> None:
        """Write what waits, in one transaction.

        Args:
            also: Writes what is to be seen together with the rows.

        Raises:
            StoreError: It could not be written; it goes on waiting.
        """
        with self._flushing:
            with self._lock:
                batch = self._writing = self._waiting
                self._waiting = _Batch()
            if not batch and also is None:
                return
            try:
                with self._database.write() as connection:
                    replaced = _write(connection, batch) if batch else []
                    if also is not None:
                        also(connection)
            except BaseException:
                with self._lock:
                    self._waiting = _merged(batch, self._waiting)
                    self._writing = _Batch()
                raise
            with self._lock:
                self._writing = _Batch()
            self.flushed = time.monotonic()
        self._remove_files(replaced)


def _write(connection: sqlite3.Connection, batch: _Batch) -> list[str]:
    """Write a batch and return the value files that it replaces."""
    # In the order of the index, so that each of its pages is touched once.
    encoded = [(*item, batch.used[key]) for key, item in sorted(batch.encoded.items())]
    inline = [(key, port, data) for (key, port), data in sorted(batch.inline.items())]
    touched: dict[float, list[str]] = {}
    for key, used in batch.used.items():
        if key not in batch.rows:
            touched.setdefault(used, []).append(key)
    replaced = _files_of(connection, batch.rows)
    insert(connection, _INSERT, encoded, _REPLACE)
    insert(connection, "INSERT OR REPLACE INTO inline_values", inline)
    for used, keys in touched.items():
        connection.execute(f"UPDATE records SET used = ? {_OF_KEYS}", (used, as_list(keys)))  # noqa: S608
    return replaced


def delete(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Delete rows and inline values, as part of a transaction."""
    listed = as_list(keys)
    for table in ("records", "inline_values"):
        connection.execute(f"DELETE FROM {table} {_OF_KEYS}", (listed,))  # noqa: S608


def _files_of(connection: sqlite3.Connection, keys: Iterable[str]) -> list[str]:
    found = connection.execute(f"SELECT places FROM records {_OF_KEYS}", (as_list(keys),))  # noqa: S608
    return [
        at.name
        for (places,) in found
        for at in places_from_json(places).values()
        if at.kind == "file"
    ]


def _encode(row: Row) -> _Encoded:
    record = row.record.to_json()
    size = len(record) + sum(place.size for place in row.places.values())
    return row.record.key, record, places_to_json(row.places), " ".join(row.blobs), size


def _merged(first: _Batch, second: _Batch) -> _Batch:
    return _Batch(
        rows={**first.rows, **second.rows},
        encoded={**first.encoded, **second.encoded},
        inline={**first.inline, **second.inline},
        used={**first.used, **second.used},
    )
