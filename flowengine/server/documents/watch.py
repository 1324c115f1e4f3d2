"""One open workflow: what it looks like now, and what each open editor has been told of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flowengine.errors import FlowEngineError, WorkflowError
from flowengine.server.documents.used_files import Stamp, stamps, used_files
from flowengine.server.documents.versions import etag_of
from flowengine.server.reports.report import report_on
from flowengine.server.site import Site
from flowengine.server.wire import (
    DocumentChanged,
    Events,
    Report,
    ReportChanged,
    RunChanged,
    RunEvent,
    Snapshot,
)
from flowengine.store import RunInfo

REPORT_SECONDS = 1.0
"""While a workflow runs, its report is made anew at most this often."""

Push = DocumentChanged | ReportChanged | RunChanged | Events
ENDED = ("done", "stopped", "failed")


@dataclass
class Told:
    """What one open editor has been told.

    Args:
        etag: Version of the document.
        report: The report.
        run: Id and status of the run.
        last: Number of the last event of that run.
    """

    etag: str
    report: Report
    run: tuple[str, str] | None = None
    last: int = 0


class Watch:
    """A workflow that is open.

    Args:
        site: The workspace.
        name: Its path in it.
    """

    def __init__(self, site: Site, name: str) -> None:
        self.site = site
        self.name = name
        self.place = site.place(name)
        self.etag = ""
        self.report = Report(nodes={}, components={}, faults=(), total=None)
        # before the report: of what ends meanwhile, the next look makes it anew
        self.run: RunInfo | None = site.runs.latest(self.place)
        self._files: tuple[Path, ...] = ()
        self._stamps: tuple[Stamp, ...] = ()
        self._reported = 0.0
        self._is_due = False
        self.refresh()

    @property
    def is_running(self) -> bool:
        """Whether the workflow runs."""
        return self.run is not None and self.run.status == "running"

    def snapshot(self) -> tuple[Snapshot, Told]:
        """Return how everything stands, and what an editor that gets it has been told by it."""
        before, self.run = self.run, self.site.runs.latest(self.place)
        if _has_ended(before, self.run):
            self.refresh()
        told, state = Told(self.etag, self.report), None
        if self.run is not None:
            state, told.last = self.site.runs.state(self.run, self.name)
            told.run = (self.run.id, self.run.status)
        return Snapshot(etag=told.etag, report=told.report, run=state), told

    def look(self, *, closely: bool) -> None:
        """See what has changed.

        Args:
            closely: Whether to look at files too.
        """
        if closely or self.is_running:
            before, self.run = self.run, self.site.runs.latest(self.place)
            self._is_due = self._is_due or _has_ended(before, self.run)
        is_time = self._is_due and time.monotonic() - self._reported >= REPORT_SECONDS
        if (closely and stamps((self.place, *self._files)) != self._stamps) or (
            self._is_due and (is_time or not self.is_running)
        ):
            self.refresh()

    def refresh(self) -> None:
        """Make the report anew; that of a file that has gone stays as it was."""
        self._is_due, self._reported = False, time.monotonic()
        # before they are read, so that a change meanwhile is seen the next time
        self._files, self._stamps = (), stamps((self.place,))
        self.etag = etag_of(self.place)
        with suppress(FlowEngineError):
            self.report = self._reported_on()

    def _reported_on(self) -> Report:
        study = None
        with suppress(WorkflowError):  # the report says what is wrong with it
            study = self.site.study(self.name, fresh=True)
            self._files = used_files(study.plan)
            self._stamps = (*self._stamps, *stamps(self._files))
        return report_on(self.site, self.name, study)

    def news(self, told: Told) -> Iterator[Push]:
        """Yield what an editor has not been told yet."""
        if told.etag != self.etag:
            told.etag = self.etag
            yield DocumentChanged(etag=self.etag)
        yield from self._run_news(told)
        if told.report is not self.report:
            is_other = told.report != self.report
            told.report = self.report
            if is_other:
                yield ReportChanged(etag=self.etag, report=self.report)

    def _run_news(self, told: Told) -> Iterator[Push]:
        run = self.run
        if run is None or told.run == (run.id, run.status) != (run.id, "running"):
            return
        if told.run == (run.id, "running"):
            found = self.site.store.events_after(run.id, told.last)
            if found:
                told.last = found[-1][0]
                events = tuple(
                    RunEvent(kind=event.kind, node=event.node, data=event.data, time=event.time)
                    for _, event in found
                )
                self._is_due = self._is_due or any(map(_has_finished, events))
                yield Events(run=run.id, events=events)
        if told.run != (run.id, run.status):
            state, told.last = self.site.runs.state(run, self.name)
            told.run = (run.id, run.status)
            yield RunChanged(run=state)


def _has_finished(event: RunEvent) -> bool:
    return event.kind == "state" and event.data.get("state") in ENDED


def _has_ended(before: RunInfo | None, now: RunInfo | None) -> bool:
    """Return whether a run ended, or another one came and went."""
    if now is None or now.status == "running":
        return False
    return before is None or (before.id, before.status) != (now.id, now.status)
