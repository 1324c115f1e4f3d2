"""The scheduler: fires ready nodes, keeps other branches going when one fails.

There is no central loop. A thread that finishes a node settles, under one lock, who has become
ready, goes on with one of those itself and leaves the others to its fellows, so that a chain of
quick nodes costs no hand-over. The thread that called ``run`` only waits, passes events to the
store, and asks for results that another process is computing.

State of a run: ``_waiting`` (for each node, the nodes it still waits for), ``_ready`` (a queue),
``_running``, ``_foreign`` (claimed by another process), ``results``, ``_left`` (how many nodes
have no result yet).
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Collection

from flowengine.errors import Cancelled, FlowEngineError, NodeError
from flowengine.executors import GRACE_SECONDS
from flowengine.expansion import Source
from flowengine.plan import Plan
from flowengine.result import NodeResult
from flowengine.runner import NodeRunner
from flowengine.runtime import Control, EventBus, EventLog
from flowengine.selection import Selection
from flowengine.shelf import Shelf
from flowengine.store import Record, Store

TICK_SECONDS = 0.05
EVENT_SECONDS = 0.1


class Scheduler:
    """Runs a plan once.

    Args:
        plan: What to run, without errors.
        store: Where results are kept.
        runner: Runs one node.
        shelf: Where values wait for those who need them.
        bus: Takes events.
        log: Holds those that are not in the store yet.
        control: Says when to end.
        run_id: Under which events go to the store.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        runner: NodeRunner,
        shelf: Shelf,
        bus: EventBus,
        log: EventLog,
        control: Control,
        *,
        run_id: str,
    ) -> None:
        self.plan = plan
        self.store = store
        self.runner = runner
        self.shelf = shelf
        self.bus = bus
        self.log = log
        self.control = control
        self.run_id = run_id
        self.results: dict[str, NodeResult] = {}
        self.errors: list[NodeError] = []
        self._lock = threading.Lock()
        self._waiting: dict[str, set[str]] = {}
        self._followers: dict[str, list[str]] = {}
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._running: set[str] = set()
        self._foreign: list[str] = []
        self._granted: set[str] = set()
        self._left = 0
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._most_threads = max(2, os.cpu_count() or 1, runner.workers)
        self._finished = threading.Event()
        self._fault: BaseException | None = None

    def run(self, selection: Selection, wanted: Collection[str]) -> dict[str, NodeResult]:
        """Run what has to run and return the result of every node of the selection.

        Args:
            selection: What to run, and what is known.
            wanted: Nodes whose values the caller will take.
        """
        for path, record in selection.known.items():
            if path not in selection.run:
                self._take(path, record)
        self._prepare(selection, wanted)
        with self._lock:
            self._fire([path for path in selection.run if not self._waiting[path]])
        try:
            self._wait()
        except KeyboardInterrupt:
            self.control.cancel()
            self._wait()
            raise
        finally:
            self._end()
        if self._fault is not None:
            raise self._fault
        return self.results

    def _prepare(self, selection: Selection, wanted: Collection[str]) -> None:
        chosen = set(selection.run)
        self._left = len(chosen)
        for path in selection.run:
            sources = self.plan.nodes[path].sources()
            self.shelf.expect(sources)
            self._waiting[path] = {item.path for item in sources if item.path in chosen}
            for before in self._waiting[path]:
                self._followers.setdefault(before, []).append(path)
        for path in wanted:
            outputs = self.plan.nodes[path].signature.outputs
            self.shelf.expect(Source(path, port) for port in outputs)
        if not self._left:
            self._finished.set()
        # All at once: two processes can then never wait for each other in a circle. What is known
        # and only computed again for its value needs no claim.
        new = {self.plan.nodes[path].key or "": path for path in selection.run}
        claimed = self.store.claim_many(
            [k for k, path in new.items() if path not in selection.known]
        )
        self._granted.update(new[key] for key in claimed)
        self._granted.update(path for path in selection.run if path in selection.known)

    # The caller's thread

    def _wait(self) -> None:
        told = time.monotonic()
        given_up = 0.0
        while not self._finished.wait(TICK_SECONDS):
            now = time.monotonic()
            if now - told >= EVENT_SECONDS:
                told = now
                self.store.add_events(self.run_id, self.log.take())
            self._ask_for_foreign()
            if self.control.is_cancelled:
                given_up = given_up or now + GRACE_SECONDS
                with self._lock:
                    if not self._running or now > given_up:
                        self._finished.set()

    def _ask_for_foreign(self) -> None:
        """Take results that another process has finished, and work that it has given up."""
        with self._lock:
            foreign, self._foreign = self._foreign, []
        for path in foreign:
            key = self.plan.nodes[path].key or ""
            record = self.store.lookup([key]).get(key)
            if record is None and self.store.claim(key):
                # it may have been finished between our two questions
                record = self.store.lookup([key]).get(key)
                if record is not None:
                    self.store.release_claim(key)
            elif record is None:
                with self._lock:
                    self._foreign.append(path)
                continue
            with self._lock:
                if record is None or self.shelf.lacks(path):
                    self._granted.add(path)
                    self._fire([path])
                else:
                    self._take(path, record)
                    self._fire(self._settle(path))

    def _end(self) -> None:
        self._finished.set()
        with self._lock:
            for path in self._waiting:
                if path not in self.results:
                    self._report(path, NodeResult("cancelled"))
        for _ in self._threads:
            self._ready.put(None)
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in self._threads:
            # one that does not hear "cancel" is left behind; its result is not taken
            thread.join(max(0.0, deadline - time.monotonic()))
        for path in self._granted:
            self.store.release_claim(self.plan.nodes[path].key or "")
        self.store.add_events(self.run_id, self.log.take())

    # The working threads

    def _fire(self, paths: Collection[str]) -> None:
        """Hand nodes to the threads, starting one where none is idle; the lock is held."""
        for path in paths:
            if path not in self._granted:
                self._foreign.append(path)
                continue
            self._ready.put(path)
            if self._ready.qsize() > self._idle and len(self._threads) < self._most_threads:
                thread = threading.Thread(target=self._work, name="flowengine-run", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        while not self._finished.is_set():
            with self._lock:
                self._idle += 1
            path = self._ready.get()
            with self._lock:
                self._idle -= 1
            while path is not None:
                try:
                    path = self._step(path)
                except BaseException as error:  # a fault of ours must end the run, not hang it
                    self._fault = error
                    self._finished.set()
                    return

    def _step(self, path: str) -> str | None:
        """Run one node and return one that has become ready by it."""
        with self._lock:
            if self.control.is_cancelled or self._finished.is_set():
                return None
            self._running.add(path)
        self.bus.emit("state", path, state="running")
        result = self._run(path)
        with self._lock:
            self._running.discard(path)
            if self._finished.is_set():
                return None
            self._report(path, result)
            ready = self._settle(path)
            here = ready.pop() if ready and ready[-1] in self._granted else None
            self._fire(ready)
        return here

    def _run(self, path: str) -> NodeResult:
        try:
            return self.runner.run(path)
        except Cancelled:
            return NodeResult("cancelled")
        except NodeError as error:
            failure = error
        except FlowEngineError as error:
            failure = NodeError(path, self.plan.nodes[path].title, str(error))
        self.errors.append(failure)
        return NodeResult("failed", error=failure.message)

    # Results; the lock is held

    def _settle(self, path: str) -> list[str]:
        """Take a node off the list and return those that are ready now."""
        self._left -= 1
        failed = self.results[path].state not in ("done", "stopped")
        ready = []
        for follower in self._followers.get(path, ()):
            self._waiting[follower].discard(path)
            if failed:
                self._skip(follower)
            elif not self._waiting[follower] and follower not in self.results:
                ready.append(follower)
        for source in self.plan.nodes[path].sources():
            self.shelf.let_go(source)
        if not self._left:
            self._finished.set()
        return ready

    def _skip(self, path: str) -> None:
        pending = [path]
        while pending:
            path = pending.pop()
            if path not in self.results:
                self._report(path, NodeResult("skipped"))
                self._left -= 1
                pending += self._followers.get(path, ())

    def _take(self, path: str, record: Record) -> None:
        known = NodeResult(
            "done",
            cached=True,
            seconds=record.seconds,
            warnings=record.warnings,
            outputs=dict(record.summary),
        )
        self._report(path, known)

    def _report(self, path: str, result: NodeResult) -> None:
        self.results[path] = result
        self.bus.emit(
            "state",
            path,
            state=result.state,
            cached=result.cached,
            seconds=result.seconds,
            error=result.error,
        )
