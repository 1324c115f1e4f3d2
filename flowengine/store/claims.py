"""Claims: two processes on one workspace never compute the same key at the same time."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from flowengine.store.database import Database, as_list

STALE_SECONDS = 10.0
"""A claim or run that has not been heard of for so long belongs to nobody."""


class Owner:
    """Who claims and runs: one open store in one process."""

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.host = socket.gethostname()
        self.pid = os.getpid()


def is_abandoned(host: str, pid: int, beat: float) -> bool:
    """Return whether the process behind a claim or run is gone."""
    if time.time() - beat > STALE_SECONDS:
        return True
    if host != socket.gethostname():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Claims:
    """The claims of one open store.

    A claim that is not needed any more may stay in the database for some seconds: whoever wants
    its key asks for the result first, and finds it.
    """

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._over: set[str] = set()

    def __bool__(self) -> bool:
        """Whether any stands in the database."""
        return bool(self._held or self._over)

    @property
    def over(self) -> frozenset[str]:
        """The keys whose claims are to be cleared, once their results can be seen."""
        with self._lock:
            return frozenset(self._over)

    def take(self, keys: Collection[str]) -> set[str]:
        """Claim what is free or abandoned, in one transaction, and return what was got."""
        wanted = set(keys) - self._over
        # Looking first costs no lock, and who waits for others asks often.
        taken = _taken(wanted, self._database.read(_ALL))
        if taken.issuperset(keys):
            return set()
        with self._database.write() as connection:
            taken = _taken(wanted, connection.execute(_ALL))
            got = [key for key in keys if key not in taken]
            connection.execute(
                "INSERT OR REPLACE INTO claims SELECT value, ?, ?, ?, ? FROM json_each(?)",
                (self._owner.id, self._owner.host, self._owner.pid, time.time(), as_list(got)),
            )
            with self._lock:
                self._held.update(got)
                self._over.difference_update(got)
        return set(got)

    def let_go(self, key: str) -> bool:
        """Say that a claim is over, to be cleared soon; return whether it was held."""
        with self._lock:
            if key not in self._held:
                return False
            self._held.remove(key)
            self._over.add(key)
            return True

    def clear(self, connection: sqlite3.Connection, keys: Collection[str]) -> None:
        """Take claims that are over out of the database, as part of a transaction."""
        # Looked at within it, where nobody can claim one of them again meanwhile.
        with self._lock:
            over = self._over.intersection(keys)
            self._over -= over
        if over:
            connection.execute(
                "DELETE FROM claims WHERE owner = ? AND key IN (SELECT value FROM json_each(?))",
                (self._owner.id, as_list(over)),
            )

    def end(self) -> None:
        """Take all out of the database; nothing is computed any more."""
        if not self:
            return
        with self._database.write() as connection:
            connection.execute("DELETE FROM claims WHERE owner = ?", (self._owner.id,))
        with self._lock:
            self._held.clear()
            self._over.clear()

    def beat(self, connection: sqlite3.Connection) -> None:
        """Say that this store still works on what it claims."""
        connection.execute(
            "UPDATE claims SET beat = ? WHERE owner = ?", (time.time(), self._owner.id)
        )


_ALL = "SELECT key, host, pid, beat FROM claims"
"""Mostly there are none, so that looking at all costs less than naming those that are asked for."""


def _taken(wanted: Collection[str], claims: Iterable[Any]) -> set[str]:
    """Return which keys are claimed by somebody who is still there."""
    return {
        key
        for key, host, pid, beat in claims
        if key in wanted and not is_abandoned(host, pid, beat)
    }
