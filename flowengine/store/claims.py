"""Claims: two processes on one workspace never compute the same key at the same time."""

from __future__ import annotations

import os
import socket
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
    """The claims that one open store holds."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner
        self._lock = threading.Lock()
        self._held: set[str] = set()

    @property
    def held(self) -> frozenset[str]:
        """The keys claimed now."""
        with self._lock:
            return frozenset(self._held)

    def take(self, keys: Collection[str]) -> set[str]:
        """Claim what is free or abandoned, in one transaction, and return what was got."""
        # Looking first costs no lock, and who waits for others asks often.
        wanted = set(keys)
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
        return set(got)

    def let_go(self, key: str) -> bool:
        """Forget a claim in memory and return whether it was held; ``delete`` ends it for all."""
        with self._lock:
            if key not in self._held:
                return False
            self._held.remove(key)
            return True

    def delete(self, connection: Any, keys: Iterable[str]) -> None:
        """End claims for all processes, as part of a transaction."""
        connection.execute(
            "DELETE FROM claims WHERE owner = ? AND key IN (SELECT value FROM json_each(?))",
            (self._owner.id, as_list(keys)),
        )

    def beat(self, connection: Any) -> None:
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
