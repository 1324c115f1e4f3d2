"""Runs one planned node: gathers its inputs, executes it where it belongs, keeps what it gives."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from flowengine.errors import Cancelled, NodeError
from flowengine.execute import Outcome, is_lazy
from flowengine.executors import InProcess, Workers
from flowengine.expansion import Source
from flowengine.plan import Plan, PlannedNode
from flowengine.result import NodeResult
from flowengine.shelf import Shelf
from flowengine.store import Record, Store
from flowengine.task import Task

POLL_SECONDS = 0.05

# Nodes that use torch's global random state run one at a time in a process, across all its runs.
_EXCLUSIVE = threading.Lock()


class NodeRunner:
    """Runs nodes of one plan; all threads of a run share it.

    Args:
        plan: The plan.
        store: Where results are kept.
        shelf: Where values wait for those who need them.
        local: Executes in this process.
        remote: Executes in worker processes.
        workers: Number of worker processes; 0: only nodes with a timeout leave this process.
        device: Device for nodes that compute on one.
        inputs: Value of each ``flow.input`` of the workflow.
        wanted: Nodes whose values the caller wants.
        fresh: Whether nodes begin anew, without checkpoints of earlier runs.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        shelf: Shelf,
        *,
        local: InProcess,
        remote: Workers,
        workers: int,
        device: str,
        inputs: Mapping[str, Any],
        wanted: Collection[str],
        fresh: bool,
    ) -> None:
        self.plan = plan
        self.store = store
        self.shelf = shelf
        self.local = local
        self.remote = remote
        self.workers = workers
        self.device = device
        self.inputs = inputs
        self.wanted = frozenset(wanted)
        self.fresh = fresh
        self.cores = os.cpu_count() or 1
        self._takers: dict[Source, list[tuple[PlannedNode, str]]] = {}
        for planned in plan.nodes.values():
            for port, item in planned.inputs.items():
                for source in item if isinstance(item, list) else [item] if item else []:
                    self._takers.setdefault(source, []).append((planned, port))

    def run(self, path: str) -> NodeResult:
        """Run a node and return its result.

        Raises:
            NodeError: It failed.
            Cancelled: The run is to end.
        """
        planned = self.plan.nodes[path]
        if planned.cls is None:
            return self._pass_in(planned)
        task = self._task(planned)
        if self.fresh and task.resume_key is not None:
            self.store.forget_checkpoints(task.resume_key)
        node = planned.node if planned.node is not None else task.node(self.plan.registry)
        if self._is_remote(planned):
            outcome = self.remote.execute(task, node, {}, None)
            self.store.release_claim(task.key)
            record = self.store.lookup([task.key])[task.key]
        else:
            inputs = self._inputs(planned)
            promised = planned.specs if planned.state == "ready" else None
            with _Turn(self.local, exclusive=node.__node__.exclusive):
                outcome = self.local.execute(task, node, inputs, promised)
            record = self._keep(planned, task.record(node, outcome), outcome)
        return NodeResult(
            state=record.state,
            seconds=record.seconds,
            warnings=record.warnings,
            outputs=dict(record.summary),
        )

    def _pass_in(self, planned: PlannedNode) -> NodeResult:
        """Take the value of an input of the workflow from the caller."""
        if planned.path not in self.inputs:
            raise NodeError(planned.path, "Input", "the workflow's input was given no value")
        value, port = self.inputs[planned.path], planned.signature.outputs["out"].type
        record = Record(
            key=planned.key or "",
            node=planned.path,
            type=planned.type,
            spec={"out": port.describe(planned.specs["out"])},
            summary={"out": port.summary(value)},
        )
        outcome = Outcome({"out": value}, planned.specs, 0.0)
        self._keep(planned, record, outcome)
        return NodeResult("done", outputs=dict(record.summary))

    def _task(self, planned: PlannedNode) -> Task:
        connected = {name: self.shelf.get(item) for name, item in planned.setting_sources.items()}
        if planned.node is None:
            settings = {**planned.settings_given, **connected}
        else:
            settings = planned.key_parts["settings"]
        fed: dict[str, list[tuple[str, str]]] = {}
        for port, item in planned.inputs.items():
            sources = item if isinstance(item, list) else [item] if item else []
            fed[port] = [(self.plan.nodes[each.path].key or "", each.port) for each in sources]
        return Task(
            path=planned.path,
            type=planned.type,
            settings=settings,
            key=planned.key or "",
            resume_key=planned.resume_key,
            inputs=fed,
            many=tuple(port.id for port in planned.signature.inputs.values() if port.many),
            base=str(planned.base),
            workspace=str(self.plan.workspace),
            seed=planned.seed,
            device=self.device,
            threads=max(1, self.cores // self.workers) if self.workers else self.cores,
            timeout=planned.entry.timeout,
            libraries=tuple(planned.key_parts["libraries"]),
        )

    def _inputs(self, planned: PlannedNode) -> dict[str, Any]:
        return {
            port: [self.shelf.get(source) for source in item]
            if isinstance(item, list)
            else self.shelf.get(item)
            for port, item in planned.inputs.items()
            if item is not None
        }

    def _keep(self, planned: PlannedNode, record: Record, outcome: Outcome) -> Record:
        """Put what a node gave into the store and on the shelf."""
        kept: dict[str, tuple[Any, Any]] = {}
        for name, port in planned.signature.outputs.items():
            source, value = Source(planned.path, name), outcome.values[name]
            if is_lazy(value) and self._can_fuse(source):
                self.shelf.put(source, value)
                continue
            kept[name] = (port.type, value)
            if not is_lazy(value):
                self.shelf.put(source, value)
        parts = {**record.provenance, "parts": planned.key_parts}
        record = replace(record, provenance=parts)
        self.store.save(record, kept, keep="always" if self._is_worth(planned) else "auto")
        return record

    def _can_fuse(self, source: Source) -> bool:
        """Return whether a lazy table can go straight into its only taker, without a file."""
        takers = self._takers.get(source, [])
        if len(takers) != 1 or source.path in self.wanted or self.shelf.takers(source) != 1:
            return False
        taker, port = takers[0]
        return taker.signature.inputs[port].lazy and not self._is_remote(taker)

    def _is_worth(self, planned: PlannedNode) -> bool:
        """Return whether values go to disk whatever they cost: read, learned, or for a worker."""
        learned = planned.cls is not None and planned.cls.__node__.exclusive
        outputs = planned.signature.outputs
        takers = (t for port in outputs for t in self._takers.get(Source(planned.path, port), ()))
        return not planned.inputs or learned or any(self._is_remote(taker) for taker, _ in takers)

    def _is_remote(self, planned: PlannedNode) -> bool:
        return planned.cls is not None and (self.workers > 0 or planned.entry.timeout is not None)


class _Turn:
    """Waits until an exclusive node may run; for others it does nothing."""

    def __init__(self, local: InProcess, *, exclusive: bool) -> None:
        self._control = local.control
        self._exclusive = exclusive

    def __enter__(self) -> None:
        while self._exclusive and not _EXCLUSIVE.acquire(timeout=POLL_SECONDS):
            if self._control.is_cancelled:
                raise Cancelled

    def __exit__(self, *_: object) -> None:
        if self._exclusive:
            _EXCLUSIVE.release()
