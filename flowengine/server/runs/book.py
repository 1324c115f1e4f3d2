"""Runs of the workspace, from the store, each with its events folded as far as they go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from flowengine.server.runs.fold import RunFold
from flowengine.server.wire import RunState
from flowengine.store import RunInfo, Store

HELD = 64
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
        page = self._page(run_id)
        with page.lock:
            self._read_on(run_id, page)
            return page.fold

    def state(self, info: RunInfo, workflow: str) -> tuple[RunState, int]:
        """Return a run as it stands, and the number of the last event in that.

        Args:
            info: The run.
            workflow: Path of its workflow in the workspace.
        """
        page = self._page(info.id)
        with page.lock:
            self._read_on(info.id, page)
            return page.fold.state(info, workflow), page.last

    def _read_on(self, run_id: str, page: _Page) -> None:
        for number, event in self.store.events_after(run_id, page.last):
            page.fold.take(event)
            page.last = number

    def _page(self, run_id: str) -> _Page:
        with self._lock:
            page = self._pages.setdefault(run_id, _Page())
            self._pages.move_to_end(run_id)
            if len(self._pages) > HELD:
                self._pages.popitem(last=False)
            return page
