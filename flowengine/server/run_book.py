"""Runs of the workspace, from the store, each with its events folded as far as they go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from flowengine.events import Event
from flowengine.server.run_fold import RunFold
from flowengine.store import RunInfo, Store

HELD = 32
"""Runs whose folded events are held."""


@dataclass
class _Page:
    fold: RunFold = field(default_factory=RunFold)
    last: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class RunBook:
    """What is known of the runs of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._lock = threading.Lock()

    def runs_of(self, path: Path) -> list[RunInfo]:
        """Return the runs of a workflow file, newest first."""
        return self.store.runs_of(str(path))

    def fold(self, run_id: str) -> RunFold:
        """Return a run's events so far."""
        return self.read_on(run_id)[0]

    def read_on(self, run_id: str) -> tuple[RunFold, list[Event]]:
        """Return a run's events so far, and those that nobody has read before."""
        page = self._page(run_id)
        with page.lock:
            fresh = self.store.events_after(run_id, page.last)
            for number, event in fresh:
                page.fold.take(event)
                page.last = number
            return page.fold, [event for _, event in fresh]

    def _page(self, run_id: str) -> _Page:
        with self._lock:
            page = self._pages.setdefault(run_id, _Page())
            self._pages.move_to_end(run_id)
            if len(self._pages) > HELD:
                self._pages.popitem(last=False)
            return page
