"""Runs one planned node: gathers its inputs, executes it where it belongs, keeps what it gives."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cached_property, partial
from typing import Any

from flowengine.errors import NodeError
from flowengine.node import Node
from flowengine.planning.expansion import OUT, Source
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.running.execute import Outcome, execute_node, is_lazy
from flowengine.running.executors import Workers
from flowengine.running.result import NodeResult
from flowengine.running.runtime import Control, EventBus, RunContext
from flowengine.running.shelf import Shelf
from flowengine.running.task import Task, files_read, node_with, record_of
from flowengine.store import Record, Store
from flowengine.store.kept_values import Keep

POLL_SECONDS = 0.05

# Nodes that use torch's global random state run one at a time in a process, across all its runs.
_EXCLUSIVE = threading.Lock()
_TRAINING: set[int] = set()
"""The threads whose node has its turn."""
_NO_TURN = nullcontext()


def turns() -> threading.Lock:
    """Return the lock by which the exclusive nodes of a run that is asked for here take turns.

    What such a node runs itself has a lock of its own: it would wait for itself.
    """
    return threading.Lock() if threading.get_ident() in _TRAINING else _EXCLUSIVE


class NodeRunner:
    """Runs nodes of one plan; all threads of a run share it.

    Args:
        plan: The plan.
        store: Where results are kept.
        shelf: Where values wait for those who need them.
        remote: Executes in worker processes.
        bus: Takes events.
        control: Says when to end.
        workers: Number of worker processes; 0: only nodes with a timeout leave this process.
        device: Device for nodes that compute on one.
        inputs: Value of each ``flow.input`` of the workflow.
        wanted: Nodes whose values the caller wants.
        fresh: Whether nodes begin anew, without checkpoints of earlier runs.
        turns: By which exclusive nodes take turns.
        keep: Whether the store keeps all values (``always``) or those that are worth it.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        shelf: Shelf,
        remote: Workers,
        bus: EventBus,
        control: Control,
        *,
        workers: int,
        device: str,
        inputs: Mapping[str, Any],
        wanted: Collection[str],
        fresh: bool,
        turns: threading.Lock,
        keep: Keep = "auto",
    ) -> None:
        self.plan = plan
        self.store = store
        self.shelf = shelf
        self.remote = remote
        self.bus = bus
        self.control = control
        self.workers = workers
        self.device = device
        self.inputs = inputs
        self.fresh = fresh
        self.turns = turns
        self.keep = keep
        cores = os.cpu_count() or 1
        self.threads = max(1, cores // workers) if workers else cores
        self._wanted = {plan.nodes[path].key for path in wanted}

    @cached_property
    def _takers(self) -> dict[tuple[str | None, str], list[tuple[PlannedNode, str]]]:
        """For each value, by key and port, the nodes and ports that take it."""
        nodes = self.plan.nodes
        takers: dict[tuple[str | None, str], list[tuple[PlannedNode, str]]] = {}
        for planned in nodes.values():
            for port, item in planned.inputs.items():
                for source in item if isinstance(item, list) else [item] if item else []:
                    if source.path in nodes:  # else on a circle, which this run does not need
                        place = (nodes[source.path].key, source.port)
                        takers.setdefault(place, []).append((planned, port))
        return takers

    @cached_property
    def _taken_away(self) -> frozenset[tuple[str | None, str]]:
        """The values that nodes in worker processes take."""
        if not any(map(self._is_remote, self.plan.nodes.values())):
            return frozenset()
        return frozenset(
            place
            for place, takers in self._takers.items()
            if any(self._is_remote(planned) for planned, _ in takers)
        )

    def run(self, path: str) -> NodeResult:
        """Run a node and return its result.

        Raises:
            NodeError: It failed.
            Cancelled: The run is to end.
        """
        planned = self.plan.nodes[path]
        if planned.cls is None:
            record = self._pass_in(planned)
        else:
            if self.fresh and planned.resume_key is not None:
                self.store.forget_checkpoints(planned.resume_key)
            record = self._away(planned) if self._is_remote(planned) else self._here(planned)
        return NodeResult(
            state=record.state,
            seconds=record.seconds,
            warnings=record.warnings,
            outputs=record.summary,
        )

    def is_exclusive(self, path: str) -> bool:
        """Return whether a node has to wait for others like it in this process."""
        planned = self.plan.nodes[path]
        return (
            planned.cls is not None
            and planned.cls.__node__.exclusive
            and not self._is_remote(planned)
        )

    def _pass_in(self, planned: PlannedNode) -> Record:
        """Take the value of an input of the workflow from the caller."""
        if planned.path not in self.inputs:
            raise NodeError(planned.path, "Input", "the workflow's input was given no value")
        value, port = self.inputs[planned.path], planned.signature.outputs[OUT].type
        record = Record(
            key=planned.key or "",
            node=planned.path,
            type=planned.type,
            spec={OUT: port.describe(planned.specs[OUT])},
            summary={OUT: port.summary(value)},
        )
        self._keep(planned, record, {OUT: value})
        return record

    def _here(self, planned: PlannedNode) -> Record:
        """Execute a node in this thread."""
        node = planned.node or self._configured(planned)
        context = RunContext(
            planned.path,
            planned.base,
            self.plan.workspace,
            bus=self.bus,
            control=self.control,
            # who takes no context cannot ask for it
            seed=planned.seed_with(node) if planned.signature.execute_ctx else 0,
            device=self.device,
            threads=self.threads,
            blobs=self.store.blobs,
            resume=partial(self.store.checkpoints, planned.resume_key)
            if planned.resume_key
            else None,
            load_layer=self.plan.registry.load_layer,
        )
        inputs = {
            port: list(map(self.shelf.get, item))
            if isinstance(item, list)
            else self.shelf.get(item)
            for port, item in planned.inputs.items()
            if item is not None
        }
        promised = planned.specs if planned.state == "ready" else None
        read = files_read(node, planned.key_parts)
        with self._turn(context) if node.__node__.exclusive else _NO_TURN:
            outcome = execute_node(node, inputs, context, promised, self.store.file_digest, read)
        record = self._record(planned, node, outcome)
        self._keep(planned, record, outcome.values)
        return record

    def _away(self, planned: PlannedNode) -> Record:
        """Execute a node in a worker process."""
        node = planned.node or self._configured(planned)
        self.store.flush()  # the worker reads its inputs from disk
        fed: dict[str, list[tuple[str, str]]] = {}
        for port, item in planned.inputs.items():
            sources = item if isinstance(item, list) else [item] if item else []
            fed[port] = [(self.plan.nodes[each.path].key or "", each.port) for each in sources]
        task = Task(
            path=planned.path,
            type=planned.type,
            settings=node.model_dump(mode="json"),
            key=planned.key or "",
            resume_key=planned.resume_key,
            inputs=fed,
            many=tuple(port.id for port in planned.signature.inputs.values() if port.many),
            base=str(planned.base),
            workspace=str(self.plan.workspace),
            seed=planned.seed_with(node),
            device=self.device,
            threads=self.threads,
            timeout=planned.entry.timeout,
            parts=planned.key_parts,
        )
        self.remote.execute(task, planned.title)
        self.store.release_claim(task.key)
        record = self.store.lookup([task.key]).get(task.key)
        if record is None:
            text = f"what it gave is not in the store; was {self.store.folder} removed meanwhile?"
            raise NodeError(planned.path, planned.title, text)
        return record

    def _configured(self, planned: PlannedNode) -> Node:
        """Return a node whose settings come from connections, in part."""
        assert planned.cls is not None  # noqa: S101  # for mypy: only called for known types
        connected = {name: self.shelf.get(item) for name, item in planned.setting_sources.items()}
        settings = {**planned.settings_given, **connected}
        return node_with(planned.cls, settings, self.plan.registry)

    def _record(self, planned: PlannedNode, node: Node, outcome: Outcome) -> Record:
        return record_of(
            planned.key or "",
            planned.path,
            node,
            outcome,
            device=self.device,
            threads=self.threads,
            parts=planned.key_parts,
        )

    def _keep(self, planned: PlannedNode, record: Record, values: Mapping[str, Any]) -> None:
        """Put what a node gave into the store and on the shelf."""
        kept: dict[str, tuple[Any, Any]] = {}
        for name, port in planned.signature.outputs.items():
            source, value = Source(planned.path, name), values[name]
            if is_lazy(value):
                if self._can_fuse(planned, source):
                    self.shelf.put(source, value)
                else:
                    kept[name] = (port.type, value)
                continue
            kept[name] = (port.type, value)
            self.shelf.put(source, value)
        self.store.save(record, kept, keep="always" if self._is_worth(planned) else self.keep)

    def _can_fuse(self, planned: PlannedNode, source: Source) -> bool:
        """Return whether a lazy table can go straight into its only taker, without a file."""
        takers = self._takers.get((planned.key, source.port), [])
        if len(takers) != 1 or planned.key in self._wanted or self.shelf.takers(source) != 1:
            return False
        taker, port = takers[0]
        return taker.signature.inputs[port].lazy and not self._is_remote(taker)

    def _is_worth(self, planned: PlannedNode) -> bool:
        """Return whether values go to disk whatever they cost: read, learned, or for a worker."""
        if not planned.inputs or (planned.cls is not None and planned.cls.__node__.exclusive):
            return True
        away = self._taken_away
        return bool(away) and any((planned.key, port) in away for port in planned.signature.outputs)

    def _is_remote(self, planned: PlannedNode) -> bool:
        return planned.cls is not None and (self.workers > 0 or planned.entry.timeout is not None)

    @contextmanager
    def _turn(self, context: RunContext) -> Iterator[None]:
        """Wait until an exclusive node may run."""
        is_told = False
        while not self.turns.acquire(timeout=POLL_SECONDS):
            context.check()
            if not is_told:
                is_told = True
                context.progress(0.0, "waits for another training of this process")
        _TRAINING.add(threading.get_ident())
        try:
            yield
        finally:
            _TRAINING.discard(threading.get_ident())
            self.turns.release()
