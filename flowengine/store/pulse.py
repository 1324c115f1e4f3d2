"""The thread of an open store: it writes rows that have waited, and says that the store works."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress

from flowengine.errors import StoreError
from flowengine.store.claims import Claims
from flowengine.store.rows import Rows
from flowengine.store.runs import RunLog
from flowengine.store.ticker import Ticker

FLUSH_SECONDS = 0.1
"""A row waits so long, at most twice as long where a run writes meanwhile."""
BEAT_SECONDS = 2.0
"""How often a store says that it still works on what it has claimed and runs."""


class Pulse:
    """Beats while rows wait, claims are held or runs go on; an idle store has no thread.

    Args:
        rows: What waits to be written.
        claims: What this store computes.
        runs: What it runs.
    """

    def __init__(self, rows: Rows, claims: Claims, runs: RunLog) -> None:
        self._rows = rows
        self._claims = claims
        self._runs = runs
        self._beaten = 0.0
        self._ticker = Ticker("flowengine-store", FLUSH_SECONDS, self._tick)
        self.start = self._ticker.start
        self.stop = self._ticker.stop

    def _tick(self) -> bool:
        is_working = bool(self._claims or self._runs.is_running)
        now = time.monotonic()
        # Rows go on waiting, a beat that is missed does no harm, and whoever writes next hears
        # what is wrong.
        with suppress(StoreError):
            if is_working and now - self._beaten >= BEAT_SECONDS:
                self._beaten = now
                self._beat()
            elif now - self._rows.flushed >= FLUSH_SECONDS * 0.9:
                # Else a run has just written, with its events. Of two who take turns each would
                # write half as many rows as often, and both nearly all pages of the indexes.
                self._rows.flush()
        return is_working or self._rows.is_waiting

    def _beat(self) -> None:
        over = self._claims.over  # their rows are among those that wait

        def beat(connection: sqlite3.Connection) -> None:
            self._claims.clear(connection, over)
            self._claims.beat(connection)
            self._runs.beat(connection)

        self._rows.flush(beat)
