"""Runs of the workspace: begun in processes of their own, spoken to, found after a restart."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flowengine.errors import FlowEngineError, Problem, StoreError, WorkflowError
from flowengine.events import Event
from flowengine.planning.plan import Plan
from flowengine.planning.relevance import obstacles, require_nodes, startable, unknown_targets
from flowengine.running.selection import ends, select
from flowengine.server.runs.book import RunBook
from flowengine.server.runs.folder import CANCEL, RUN_ID, STOP, Order, RunFolder
from flowengine.server.wire import NodeRun, RunRequest, RunState
from flowengine.store import RunInfo, Store

PATIENCE_SECONDS = 5.0
"""After a wish to cancel that was not heard for so long, the next one kills the process."""


class Busy(FlowEngineError):
    """Raised when a workflow runs already."""


class NoRun(FlowEngineError):
    """Raised when there is no such run."""


class Runs:
    """Begins runs and speaks to them.

    Args:
        store: The workspace's store.
        book: What is known of runs.
        nodes: Loose folders of nodes.
    """

    def __init__(self, store: Store, book: RunBook, nodes: Sequence[Path]) -> None:
        self.store = store
        self.book = book
        self.nodes = nodes
        self.folder = store.folder / "runs"
        self._begun: dict[str, tuple[RunInfo, subprocess.Popen[bytes]]] = {}
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()
        self._settling = threading.Lock()

    def begin(
        self, plan: Plan, path: Path, document: bytes, wish: RunRequest
    ) -> tuple[RunInfo, list[Problem]]:
        """Begin a run of a workflow, and return it with what keeps nodes out of it.

        A run of everything is one of all that can run: who builds has a node that is not ready.

        Args:
            plan: Its plan, with keys.
            path: Its file.
            document: What stands in the file.
            wish: What is to run.

        Raises:
            Busy: It runs already.
            WorkflowError: It cannot be run, or nothing of it can.
            FlowEngineError: It has no such node to keep values of.
        """
        until = wish.until
        problems = [*unknown_targets(plan, until), *obstacles(plan, until)]
        if problems and not until:
            until = tuple(ends(plan, startable(plan)))
        if problems and until == wish.until:
            raise WorkflowError(problems, name=plan.name)
        require_nodes(plan, wish.keep, "to keep values of")
        keep = [node for node in (*wish.keep, *wish.until) if node in plan.nodes]
        chosen = select(plan, self.store, until=until, values=keep, fresh=wish.fresh)
        order = Order(
            workflow=str(path),
            workspace=str(plan.workspace),
            nodes=tuple(map(str, self.nodes)),
            until=until,
            keep=tuple(dict.fromkeys(keep)),
            fresh=wish.fresh,
            queued=chosen.run,
        )
        with self._lock:
            if self.active(path) is not None:
                raise Busy(f'"{path.name}" runs already; cancel that run or wait for its end')
            folder = RunFolder(self.folder / uuid.uuid4().hex)
            folder.make(order, document)
            process = _start(folder)
            info = RunInfo(folder.id, plan.name, str(path), "running", process.pid, time.time())
            self._begun[folder.id] = (info, process)
        return info, problems

    def active(self, path: Path) -> RunInfo | None:
        """Return the run of a workflow that goes on now, ours or another program's."""
        for info in self.all_active():
            if info.path == str(path):
                return info
        return None

    def all_active(self) -> list[RunInfo]:
        """Return the runs that go on now. What has ended is settled on the way."""
        self._settle()
        running = {info.id: info for info in self.store.running()}
        for run_id, (info, _) in list(self._begun.items()):
            # a process that has just begun is not in the store yet
            if run_id not in running and self.store.run(run_id) is None:
                running[run_id] = info
        return list(running.values())

    def info(self, run_id: str) -> RunInfo:
        """Return a run.

        Raises:
            NoRun: It is not known.
        """
        if RUN_ID.fullmatch(run_id):
            self._settle()
            found = self.store.run(run_id)
            begun = self._begun.get(run_id)
            if found is not None:
                return found
            if begun is not None:
                return begun[0]
            if RunFolder(self.folder / run_id).is_ours:  # of a server before this one
                raise NoRun("this run has not begun; if it does not in a few seconds, run it again")
        raise NoRun("there is no such run; only the latest runs are kept")

    def latest(self, path: Path) -> RunInfo | None:
        """Return the run of a workflow that goes on now, else its last one."""
        return self.active(path) or self.store.latest_run(str(path))

    def state(self, info: RunInfo, workflow: str) -> tuple[RunState, int]:
        """Return a run as it stands, and the number of the last event in that.

        Args:
            info: The run.
            workflow: Path of its workflow in the workspace.
        """
        state, last = self.book.state(info, workflow)
        queued = self._queued(info) if state.status == "running" else ()
        waiting = {path: NodeRun(state="queued") for path in queued if path not in state.nodes}
        return state.model_copy(update={"nodes": {**waiting, **state.nodes}}), last

    def cancel(self, run_id: str) -> None:
        """Ask a run to end; one that does not hear is killed when it is asked again.

        Raises:
            NoRun: There is none, or none of ours.
        """
        info, folder = self._ours(run_id)
        first = self._asked.setdefault(run_id, time.monotonic())
        if time.monotonic() - first > PATIENCE_SECONDS:
            with suppress(ProcessLookupError):  # it has ended in this moment
                os.killpg(info.pid, signal.SIGKILL)  # with what its nodes have started
        else:
            folder.tell(CANCEL)

    def stop(self, run_id: str, node: str) -> None:
        """Ask a node of a run to end early and keep what it has.

        Raises:
            NoRun: There is no such run, none of ours, or no such node in it.
        """
        _, folder = self._ours(run_id)
        run = self.book.fold(run_id).nodes.get(node)
        if run is None or run.state != "running":
            raise NoRun(f'"{node[:80]}" does not run now')
        folder.tell(STOP, node)

    def document(self, run_id: str) -> bytes:
        """Return the workflow of a run as it was.

        Raises:
            NoRun: It is not known.
        """
        self.info(run_id)
        try:
            return RunFolder(self.folder / run_id).document.read_bytes()
        except FileNotFoundError:
            raise NoRun("the workflow of this run was not kept") from None

    def _ours(self, run_id: str) -> tuple[RunInfo, RunFolder]:
        info = self.info(run_id)
        if info.status != "running":
            raise NoRun("this run has ended")
        folder = RunFolder(self.folder / run_id)
        if not folder.is_ours:
            raise NoRun("another program began this run; cancel it there")
        return info, folder

    def _queued(self, info: RunInfo) -> Sequence[str]:
        folder = RunFolder(self.folder / info.id)
        return folder.order().queued if folder.is_ours else ()

    def _settle(self) -> None:
        """Take note of processes that have ended; one that never began a run is told as failed."""
        with self._settling:  # each is told once, however many ask
            for run_id, (info, process) in list(self._begun.items()):
                if process.poll() is None:
                    continue
                if self.store.run(run_id) is None:
                    self._tell_failed(info)
                self._begun.pop(run_id, None)
                self._asked.pop(run_id, None)

    def _tell_failed(self, info: RunInfo) -> None:
        try:
            lines = RunFolder(self.folder / info.id).log.read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        text = next((line for line in reversed(lines) if line.strip()), "")
        message = f"the run did not begin: {text.strip() or 'its process ended without a word'}"
        seconds = time.time() - info.started
        self.store.start_run(info.id, info.workflow, info.path)
        self.store.add_events(info.id, [Event("log", "", {"message": message}, time.time())])
        self.store.finish_run(info.id, "failed", seconds)


def _start(folder: RunFolder) -> subprocess.Popen[bytes]:
    """Start the process of a run, in a session of its own: nothing that ends us ends it."""
    try:
        with folder.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "flowengine.server.runs.child", str(folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # it finds the modules that we find, also those of a path relative to here
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,
                cwd=folder.path.parent,
            )
    except OSError as error:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise StoreError(f"the process of the run cannot be started: {error.strerror}") from error
