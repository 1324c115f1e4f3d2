"""The scheduler: fires ready nodes, keeps other branches going when one fails.

There is no central loop. A thread that finishes a node settles, under one lock, who has become
ready, and goes on with one of those itself, so that a chain of quick nodes costs no hand-over. The
latest ready node goes first: a branch is followed to its end, and few values stand in memory. The
thread that called ``run`` looks on: every few milliseconds it calls more threads where nodes lie
ready, unless nodes end so fast that another thread would only be in the way (Python runs one of
them at a time), passes events to the store, and asks for results that another process is computing.

State of a run, all under the lock: ``_waiting`` (for each node, how many others it still waits
for), ``_ready`` (a stack), ``_exclusive`` (ready too, but one at a time), ``_foreign`` (ready, but
claimed by another process), ``_running``, ``results``, ``_left`` (how many have no result yet).
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flowengine.errors import Cancelled, FlowEngineError, NodeError
from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan
from flowengine.running.bell import Bell
from flowengine.running.executors import GRACE_SECONDS
from flowengine.running.result import NodeResult
from flowengine.running.runner import NodeRunner
from flowengine.running.runtime import Control, EventBus, EventLog
from flowengine.running.selection import Selection
from flowengine.running.shelf import Shelf
from flowengine.store import Record, Store

TICK_SECONDS = 0.005
"""How often the calling thread looks whether more threads are of use."""
QUICK_NODES = 10
"""So many nodes that end within a tick are done soonest by the threads that are at it."""
FOREIGN_SECONDS = 0.05
EVENT_SECONDS = 0.1
PATIENCE_SECONDS = GRACE_SECONDS + 0.2
"""After a cancel, a node that does not listen is waited for so long, then left behind."""


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
        self._wake = threading.Condition(self._lock)
        self._sources: dict[str, tuple[Source, ...]] = {}
        self._waiting: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}
        self._twins: dict[str, list[str]] = {}
        self._ready: list[str] = []
        self._exclusive: deque[str] = deque()
        self._foreign: list[str] = []
        self._running: dict[str, float] = {}
        self._granted: set[str] = set()
        self._seen: Mapping[str, Record] = {}
        self._left = 0
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._most_threads = runner.workers or max(2, os.cpu_count() or 1)
        self._over = Bell()
        self._fault: BaseException | None = None

    def run(self) -> dict[str, NodeResult]:
        """Run what was prepared and return the result of every node of the selection."""
        try:
            with self._lock:
                self._fire([path for path, count in self._waiting.items() if not count])
                self._call_threads(1)
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

    def prepare(self, selection: Selection, wanted: Iterable[str]) -> None:
        """Take what is known, and claim what has to run.

        Args:
            selection: What to run, and what is known.
            wanted: Nodes whose values the caller will take.
        """
        nodes, chosen = self.plan.nodes, dict.fromkeys(selection.run)
        self._seen = selection.seen
        for path, record in selection.known.items():
            if path not in chosen:
                self._report(path, _known(record))
        self._left = len(chosen)
        first: dict[str, str] = {}
        for path in chosen:
            planned = nodes[path]
            other = first.setdefault(planned.key or "", path)
            if other != path:
                # equal work is done once: this node gets the other one's result
                self._twins.setdefault(other, []).append(path)
                continue
            sources = self._sources[path] = planned.sources
            before = {source.path for source in sources if source.path in chosen}
            self._waiting[path] = len(before)
            for name in before:
                self._followers.setdefault(name, []).append(path)
            self.shelf.expect(sources)
        for path in wanted:
            if path in chosen:
                self.shelf.expect(Source(path, port) for port in nodes[path].signature.outputs)
        if not self._left:
            self._over.set()
        # All at once: two processes can then never wait for each other in a circle. What is known
        # and only computed again for its value needs no claim.
        claimed = self.store.claim_many(
            [key for key, path in first.items() if path not in selection.known]
        )
        # What another process finished since we looked is taken when its turn comes.
        finished = self._finished_elsewhere(claimed)
        for key in finished:
            self.store.release_claim(key)
        self._granted.update(first[key] for key in claimed if key not in finished)
        self._granted.update(path for path in first.values() if path in selection.known)

    # The caller's thread

    def _wait(self) -> None:
        told = asked = time.monotonic()
        patience, left = 0.0, self._left
        while not self._over.wait(TICK_SECONDS):
            now = time.monotonic()
            if now - told >= EVENT_SECONDS:
                told = now
                self._tell()
            if now - asked >= FOREIGN_SECONDS:
                asked = now
                self._ask_for_foreign()
            with self._lock:
                if self._ready and (left - self._left < QUICK_NODES or not self._running):
                    self._call_threads(len(self._ready))
                left = self._left
                if self.control.is_cancelled:
                    patience = patience or now + PATIENCE_SECONDS
                    if not self._running or now > patience:
                        self._over.set()

    def _tell(self) -> None:
        events = self.log.take()
        if events:
            self.store.add_events(self.run_id, events)

    def _ask_for_foreign(self) -> None:
        """Take results that another process has finished, and work that it has given up."""
        with self._lock:
            foreign, self._foreign = self._foreign, []
        if not foreign:
            return
        keys = {path: self.plan.nodes[path].key or "" for path in foreign}
        records = self._finished_elsewhere(keys.values())
        claimed = self.store.claim_many([key for key in keys.values() if key not in records])
        # a claim may have been given up because its work was finished, between our two questions
        finished = self._finished_elsewhere(claimed)
        for key in finished:
            self.store.release_claim(key)
        records |= finished
        with self._lock:
            for path, key in keys.items():
                record = records.get(key)
                if record is not None and not self.shelf.lacks(path):
                    self._fire(self._settle(path, _known(record)))
                elif record is not None or key in claimed:
                    self._granted.add(path)
                    self._fire([path])
                else:
                    self._foreign.append(path)

    def _finished_elsewhere(self, keys: Iterable[str]) -> dict[str, Record]:
        """Return the whole results that others have made since the selection."""
        return {
            key: record
            for key, record in self.store.lookup(list(keys)).items()
            if record.state == "done"
            and (key not in self._seen or self._seen[key].created != record.created)
        }

    def _end(self) -> None:
        """End the threads; one whose node does not hear "cancel" is left behind."""
        with self._lock:
            self._over.set()
            self._wake.notify_all()
            is_stuck = bool(self._running)
            for path in itertools.chain(self._waiting, *self._twins.values()):
                if path not in self.results:
                    self._report(path, NodeResult("cancelled", seconds=self._took(path)))
        if is_stuck:
            self.control.cancel()
        deadline = time.monotonic() + (TICK_SECONDS if is_stuck else GRACE_SECONDS)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    # The working threads

    def _work(self) -> None:
        try:
            with self._lock:
                path = self._next()
            while path is not None:
                self.bus.emit("state", path, state="running")
                result = self._run(path)
                path, dropped = self._finish(path, result)
                for key in dropped:
                    self.store.release_claim(key)
        except BaseException as error:  # a fault of ours must end the run, not hang it
            self._fault = error
            self._over.set()

    def _run(self, path: str) -> NodeResult:
        try:
            return self.runner.run(path)
        except Cancelled:
            if self.control.is_cancelled:
                return NodeResult("cancelled", seconds=self._took(path))
            text = "it raised Cancelled, though nobody has cancelled the run"
            failure = NodeError(path, self.plan.nodes[path].title, text)
        except NodeError as error:
            failure = error
        except FlowEngineError as error:
            failure = NodeError(path, self.plan.nodes[path].title, str(error))
        # the frames behind it hold the node's inputs; what they tell stands in ``detail``
        failure.__cause__ = failure.__context__ = failure.__traceback__ = None
        with self._lock:
            self.errors.append(failure)
        seconds = self._took(path)
        return NodeResult("failed", seconds=seconds, error=failure.message, detail=failure.detail)

    def _took(self, path: str) -> float:
        """Return for how many seconds a node has been at work, 0 for one that has not begun."""
        began = self._running.get(path)
        return 0.0 if began is None else time.perf_counter() - began

    def _finish(self, path: str, result: NodeResult) -> tuple[str | None, list[str]]:
        """Settle a node; return the one to go on with, and the claims that nobody needs now."""
        dropped: list[str] = []
        with self._lock:
            self._running.pop(path, None)
            if self._over.is_set():
                return None, dropped
            if result.state not in ("done", "stopped"):
                dropped.append(self.plan.nodes[path].key or "")
            self._fire(self._settle(path, result, dropped))
            return self._next(), dropped

    # The lock is held

    def _fire(self, paths: Iterable[str]) -> None:
        """Make nodes ready that wait for nothing."""
        for path in paths:
            if path not in self._granted:
                self._foreign.append(path)
            elif self.runner.is_exclusive(path):
                self._exclusive.append(path)
            else:
                self._ready.append(path)
        if self._exclusive and not any(map(self.runner.is_exclusive, self._running)):
            # others of its kind would only keep threads waiting
            self._ready.append(self._exclusive.popleft())

    def _call_threads(self, wanted: int) -> None:
        """Wake so many threads, and start those that are lacking."""
        self._wake.notify(wanted)
        for _ in range(min(wanted - self._idle, self._most_threads - len(self._threads))):
            thread = threading.Thread(target=self._work, name="flowengine-run", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _next(self) -> str | None:
        """Return the next node to run, waiting for one; ``None`` when the run is over."""
        while not (self._ready or self._over.is_set()):
            self._idle += 1
            self._wake.wait()
            self._idle -= 1
        if self._over.is_set() or self.control.is_cancelled:
            return None
        path = self._ready.pop()
        self._running[path] = time.perf_counter()
        return path

    def _settle(self, path: str, result: NodeResult, dropped: list[str] | None = None) -> list[str]:
        """Give a node its result and return the nodes that are ready now."""
        self._report(path, result)
        self._left -= 1
        ready = []
        if result.state != "cancelled":
            for follower in self._followers.get(path, ()):
                self._waiting[follower] -= 1
                if result.state not in ("done", "stopped"):
                    self._skip(follower, dropped)
                elif not self._waiting[follower] and follower not in self.results:
                    ready.append(follower)
        self.shelf.let_go(self._sources.get(path, ()))
        for twin in self._twins.get(path, ()):
            ready += self._settle(twin, self._for_twin(twin, result), dropped)
        if not self._left:
            self._over.set()
            self._wake.notify_all()
        return ready

    def _for_twin(self, path: str, result: NodeResult) -> NodeResult:
        if result.state == "failed":
            title = self.plan.nodes[path].title
            self.errors.append(NodeError(path, title, result.error or ""))
        return replace(result, cached=result.state in ("done", "stopped"))

    def _skip(self, path: str, dropped: list[str] | None) -> None:
        pending = [path]
        while pending:
            path = pending.pop()
            if path in self.results:
                continue
            self._report(path, NodeResult("skipped"))
            self._left -= 1
            self.shelf.let_go(self._sources.get(path, ()))
            if dropped is not None:
                dropped.append(self.plan.nodes[path].key or "")
            pending += [*self._followers.get(path, ()), *self._twins.get(path, ())]

    def _report(self, path: str, result: NodeResult) -> None:
        self.results[path] = result
        self.bus.emit(
            "state",
            path,
            state=result.state,
            cached=result.cached,
            seconds=result.seconds,
            error=result.error,
            **({"detail": result.detail} if result.detail else {}),
        )


def _known(record: Record) -> NodeResult:
    return NodeResult(
        "done",
        cached=True,
        seconds=record.seconds,
        warnings=record.warnings,
        outputs=record.summary,
    )
