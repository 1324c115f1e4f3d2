"""Runs and their events: the one channel by which command line, server and others watch."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from flowengine.events import Event
from flowengine.store.claims import Owner, is_abandoned
from flowengine.store.database import Database, as_list
from flowengine.store.record import LENIENT

KEPT_RUNS = 50
"""Older runs that have ended go, with their events, when a new one starts."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as the store knows it.

    Args:
        id: Its id.
        workflow: Name of the workflow.
        path: Path of the workflow file, empty for one without.
        status: As ``finish_run`` set it; before that ``running``, or ``interrupted`` where the
            process has gone.
        pid: The process.
        started: Seconds since the epoch.
        seconds: How long it took, ``None`` before the end.
        keys: Key of each node, by path, as far as it could be known before.
        changes: Settings and variables given for this run, by name under ``settings`` and
            ``variables``.
    """

    id: str
    workflow: str
    path: str
    status: str
    pid: int
    started: float
    seconds: float | None = None
    keys: Mapping[str, str | None] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class RunLog:
    """Writes and reads runs and events."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner
        self._lock = threading.Lock()
        self._open: set[str] = set()

    @property
    def is_running(self) -> bool:
        """Whether this store has started a run that has not finished."""
        return bool(self._open)

    def start(
        self,
        run_id: str,
        workflow: str,
        path: str,
        keys: Mapping[str, str | None],
        changes: Mapping[str, Any],
    ) -> list[str]:
        """Add a run, let the oldest go, and return their ids."""
        now, owner = time.time(), self._owner
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, NULL, ?)",
                (
                    *(run_id, workflow, path, owner.id, owner.host, owner.pid, now, now),
                    orjson.dumps({"keys": keys, "changes": changes}, option=LENIENT).decode(),
                ),
            )
            rows = connection.execute(
                "SELECT id, status, host, pid, beat FROM runs ORDER BY started DESC "
                "LIMIT -1 OFFSET ?",
                (KEPT_RUNS,),
            )
            # a long one that goes on is still told what to do, and will tell how it ended
            old = [
                (run,)
                for run, status, *owner in rows.fetchall()
                if status != "running" or is_abandoned(*owner)
            ]
            connection.executemany("DELETE FROM events WHERE run = ?", old)
            connection.executemany("DELETE FROM runs WHERE id = ?", old)
        with self._lock:
            self._open.add(run_id)
        return [run for (run,) in old]

    def finish(
        self,
        connection: sqlite3.Connection,
        run_id: str,
        status: str,
        seconds: float,
        events: Sequence[Event],
    ) -> None:
        """Append a run's last events and note how it ended, as part of a transaction."""
        self.add(connection, run_id, events)
        connection.execute(
            "UPDATE runs SET status = ?, seconds = ? WHERE id = ?", (status, seconds, run_id)
        )

    def end(self, run_id: str) -> None:
        """Say no more that a run goes on."""
        with self._lock:
            self._open.discard(run_id)

    @staticmethod
    def add(connection: sqlite3.Connection, run_id: str, events: Sequence[Event]) -> None:
        """Append events, as part of a transaction."""
        listed = as_list([at.kind, at.node, at.data, at.time] for at in events)
        connection.execute(
            "INSERT INTO events (run, event) SELECT ?, value FROM json_each(?)", (run_id, listed)
        )

    def after(self, run_id: str, event_id: int) -> list[tuple[int, Event]]:
        """Return the events of a run that came after one, each with its growing id."""
        return [
            (number, Event(*orjson.loads(event)))
            for number, event in self._database.read(
                "SELECT id, event FROM events WHERE run = ? AND id > ? ORDER BY id",
                (run_id, event_id),
            )
        ]

    def all(self, where: str = "", *values: Any, with_keys: bool = True) -> list[RunInfo]:
        """Return the runs, newest first; ``where`` is a condition of our own."""
        given = "result" if with_keys else "NULL"
        columns = f"id, workflow, path, status, host, pid, started, beat, seconds, {given}"
        runs = []
        for (
            run_id, workflow, path, status, host, pid, started, beat, seconds, facts,
        ) in self._database.read(
            f"SELECT {columns} FROM runs {where} ORDER BY started DESC",  # noqa: S608
            values,
        ):  # fmt: skip
            if status == "running" and is_abandoned(host, pid, beat):
                status = "interrupted"
            known = {} if facts is None else orjson.loads(facts)
            keys, changes = known.get("keys", {}), known.get("changes", {})
            runs.append(
                RunInfo(run_id, workflow, path, status, pid, started, seconds, keys, changes)
            )
        return runs

    def beat(self, connection: sqlite3.Connection) -> None:
        """Say that the runs of this store go on."""
        connection.execute(
            "UPDATE runs SET beat = ? WHERE owner = ? AND status = 'running'",
            (time.time(), self._owner.id),
        )
