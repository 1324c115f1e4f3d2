"""A workflow on its way to a result: planned, run, explained."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import (
    FlowEngineError,
    Problem,
    StoreError,
    WorkflowError,
    listing,
    suggest,
)
from flowengine.events import Event, Listener
from flowengine.paths import check_name, find_workspace
from flowengine.pause import paused_collection, settled_objects
from flowengine.planning.expansion import Source
from flowengine.planning.graph import Planner
from flowengine.planning.relevance import obstacles, unknown_targets
from flowengine.registry import Registry, node_folders
from flowengine.running.execute import is_lazy
from flowengine.running.executors import Workers
from flowengine.running.result import NodeResult, Result, Status, component_results
from flowengine.running.runner import NodeRunner, turns
from flowengine.running.runtime import Control, EventBus, EventLog
from flowengine.running.scheduler import Scheduler
from flowengine.running.selection import ends, reason, select
from flowengine.running.shelf import Shelf
from flowengine.store import Record, Store
from flowengine.store.kept_values import Keep
from flowengine.store_folder import DOCUMENT, RUNS, STORE
from flowengine.wording import kind_of_value
from flowengine.workflow import Workflow, check_named, loaded, plain

DEVICES = ("auto", "cpu", "cuda", "mps")
MOST_WORKERS = 256
"""Processes of one run: each takes some 100 MB, and a slip of a finger may ask for a million."""


class Job:
    """A workflow with its plan and the store of its workspace."""

    def __init__(
        self,
        workflow: str | Path | Workflow,
        *,
        settings: Mapping[str, Any] | None,
        variables: Mapping[str, Any] | None,
        inputs: Mapping[str, Any] | None,
        nodes: str | Path | Sequence[str | Path],
        workspace: str | Path | None,
        store: str | Path | None = None,
    ) -> None:
        check_named(settings=settings, variables=variables, inputs=inputs)
        self.flow = loaded(workflow)
        self.nodes = node_folders(nodes)
        self.registry = Registry.default(self.nodes)
        self.inputs = {name: _whole(value) for name, value in (inputs or {}).items()}
        self.workspace = _workspace(self.flow, workspace)
        check_name(self.workspace)
        self._keeping = _folder(store, "store") or self.workspace
        check_name(Path(self._file))
        self.changes = {
            kind: {name: plain(value, f'"{name}"') for name, value in (given or {}).items()}
            for kind, given in (("settings", settings), ("variables", variables))
        }
        self._store: Store | None = None
        self._turns = turns()
        planner = Planner(
            self.registry,
            workspace=self.workspace,
            settings=settings,
            variables=variables,
            inputs=self.inputs,
            digest=lambda path: self.store.file_digest(path),
        )
        try:
            self.plan = planner.plan(self.flow)
        except BaseException:
            self.close()
            raise

    @property
    def store(self) -> Store:
        """The store, opened where it is not open."""
        if self._store is None:
            self._store = self._opened()
        return self._store

    def _opened(self) -> Store:
        place = self._keeping / STORE
        try:
            return Store(place, self.registry.load_layer)
        except StoreError as error:
            can_write = os.access(place if place.exists() else place.parent, os.W_OK)
            if can_write or self._keeping != self.workspace:
                raise
            raise StoreError(
                f"{error}; results can be kept elsewhere: --store DIR, in Python store="
            ) from error

    def close(self) -> None:
        """Close the store; it is opened again where it is needed."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def run(
        self,
        *,
        until: Sequence[str],
        fresh: bool,
        workers: int,
        device: str,
        on_event: Listener | None,
        control: Control,
        values: Sequence[str] = (),
        keep: Keep = "auto",
        run_id: str | None = None,
    ) -> Result:
        """Run the plan and close the store.

        Args:
            until: Run only these nodes and what they need; empty: everything.
            fresh: Compute everything anew.
            workers: Run nodes in so many processes of their own.
            device: Where networks compute.
            on_event: Called with every event.
            control: By which the run is cancelled.
            values: Nodes whose values must be there afterwards, whatever that costs.
            keep: Whether the store keeps ``always`` what nodes give, so that people can look at
                it, or only what is worth it.
            run_id: Id of the run; a new one by default.
        """
        started, run_id, log = time.perf_counter(), run_id or uuid.uuid4().hex, EventLog()
        bus = EventBus([log.add, *([on_event] if on_event else [])], control)
        results: dict[str, NodeResult] = {}
        status: Status = "failed"
        try:
            with paused_collection():
                self.check(until)
                store = self.store
                remote = Workers(store.folder, bus, control, self.nodes)
                wanted = self._wanted(until)
                shelf = Shelf(self.plan, store)
                runner = NodeRunner(
                    self.plan,
                    store,
                    shelf,
                    remote,
                    bus,
                    control,
                    workers=workers,
                    device=device,
                    inputs=self.inputs,
                    wanted=[*wanted, *values],
                    fresh=fresh,
                    turns=self._turns,
                    keep=keep,
                )
                scheduler = Scheduler(
                    self.plan, store, runner, shelf, bus, log, control, run_id=run_id
                )
            keys = {path: planned.key for path, planned in self.plan.nodes.items()}
            store.start_run(run_id, self.flow.name, self._file, keys=keys, changes=self.changes)
            try:
                self._keep_document(run_id)
                bus.emit("run", status="running", nodes=len(self.plan.nodes))
                with paused_collection():
                    selection = select(self.plan, store, until=until, values=values, fresh=fresh)
                    scheduler.prepare(selection, wanted)
                with settled_objects():
                    results = scheduler.run()
                if control.is_cancelled:
                    status = "cancelled"
                elif not scheduler.errors:
                    status = "done"
            except KeyboardInterrupt:
                status = "cancelled"
                raise
            except BaseException as error:  # who looks at the run later hears of it as well
                log.add(Event("log", "", {"message": _given_up(error)}, time.time()))
                raise
            finally:
                remote.close()
                seconds = time.perf_counter() - started
                bus.emit("run", status=status, seconds=seconds)
                kept = store.finish_run(run_id, status, seconds, log.take())
        finally:
            self.close()
        if bus.fault is not None:
            raise bus.fault
        in_order = {path: results[path] for path in self.plan.nodes if path in results}
        return Result(
            self.plan,
            status,
            seconds,
            {**in_order, **component_results(self.plan, in_order)},
            tuple(scheduler.errors),
            Values(self, shelf.held(wanted), device),
            kept=kept,
        )

    def explain(self, *, until: Sequence[str], fresh: bool) -> dict[str, str]:
        """Return the reason for each node that would run, an empty text for the others."""
        try:
            self.check(until)
            selection = select(self.plan, self.store, until=until, values=(), fresh=fresh)
            old = self._latest_records()
        finally:
            self.close()
        reasons, chosen = {}, set(selection.run)
        for path, planned in self.plan.nodes.items():
            if path in chosen:
                is_known = path in selection.known
                why = reason(planned, old.get(path), is_known=is_known)
                reasons[path] = "--fresh" if fresh else why
            elif path in selection.known:
                reasons[path] = ""
        return reasons

    def check(self, until: Sequence[str]) -> None:
        """Refuse to run what cannot run. What the named nodes do not need may be wrong.

        Raises:
            WorkflowError: A node is not there, not configured, or lacks a file or an input.
        """
        plan = self.plan
        problems = [*unknown_targets(plan, until), *obstacles(plan, until, self.inputs)]
        problems += [
            Problem("", f'the workflow has no input "{name}".{suggest(name, plan.inputs)}')
            for name in self.inputs
            if name not in plan.inputs
        ]
        if problems:
            raise WorkflowError(problems, name=self.flow.name)

    def _keep_document(self, run_id: str) -> None:
        """Keep the workflow as it was, to be compared with; only one in a file has a past."""
        path = self.store.folder / RUNS / run_id / DOCUMENT
        if self.flow.path is None or self.flow.problems or path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.flow.dumps(registry=self.registry), "utf-8")
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}") from error

    @property
    def _file(self) -> str:
        return str(self.flow.path.resolve()) if self.flow.path else ""

    def _wanted(self, until: Sequence[str]) -> list[str]:
        """Return the nodes whose values a caller is likely to ask for."""
        plan = self.plan
        if not until:
            outputs = [source.path for source in plan.outputs.values()]
            return list(dict.fromkeys([*ends(plan, plan.nodes), *outputs]))
        found = [path for path in until if path in plan.nodes]
        for name in until:
            outputs = [source.path for source in plan.components.get(name, {}).values() if source]
            found += [path for path in outputs if path.startswith(f"{name}/")]
        return list(dict.fromkeys(found))

    def _latest_records(self) -> dict[str, Record]:
        """Return each node's latest record of earlier runs of this workflow."""
        earlier: dict[str, list[str]] = {}
        for run in self.store.runs():
            if run.path == self._file:
                for path, key in run.keys.items():
                    if key is not None:
                        earlier.setdefault(path, []).append(key)
        records = self.store.lookup({key for keys in earlier.values() for key in keys})
        found = {path: [key for key in keys if key in records] for path, keys in earlier.items()}
        return {path: records[keys[0]] for path, keys in found.items() if keys}


def check_call(workers: int, device: str, on_event: Listener | None) -> None:
    """Refuse a run that is asked for in a way that cannot be.

    Raises:
        FlowEngineError: Says what was expected.
    """
    if on_event is not None and not callable(on_event):
        raise FlowEngineError(
            f"on_event is {kind_of_value(on_event)}; expected a function that takes an event"
        )
    if not isinstance(workers, int) or not 0 <= workers <= MOST_WORKERS:
        raise FlowEngineError(
            f"workers is {workers!r}; expected a number of processes, 0 to {MOST_WORKERS}"
        )
    if device not in DEVICES:
        raise FlowEngineError(
            f'there is no device "{device}".{suggest(device, DEVICES)} Known are {listing(DEVICES)}'
        )


class Values:
    """Gets values of a finished run: held ones, those in the store, else computed again."""

    def __init__(self, job: Job, held: Mapping[Source, Any], device: str) -> None:
        self._job = job
        self._held = dict(held)
        self._device = device
        self._lock = threading.Lock()

    def __call__(self, source: Source) -> Any:
        """Return the value at a node's output.

        Raises:
            FlowEngineError: It could not be computed again.
        """
        with self._lock:
            if source not in self._held:
                self._held[source] = self._found(source)
            return self._held[source]

    def _found(self, source: Source) -> Any:
        planned = self._job.plan.nodes[source.path]
        port, key = planned.signature.outputs[source.port], planned.key or ""
        try:
            if self._job.store.has_value(key, source.port):
                return self._job.store.load(key, source.port, port.type)
        finally:
            self._job.close()
        again = self._job.run(
            until=[source.path],
            fresh=False,
            workers=0,
            device=self._device,
            on_event=None,
            control=Control(),
            values=[source.path],
        )
        if again.status != "done":
            why = "; ".join(map(str, again.errors)) or again.status
            raise FlowEngineError(f'the value of "{source}" could not be computed again: {why}')
        return again.value(source)


def _given_up(error: BaseException) -> str:
    if isinstance(error, FlowEngineError):
        return f"the run was given up: {error}"
    return f"flowengine itself failed, which is a fault in it: {type(error).__name__}: {error}"


def _whole(value: Any) -> Any:
    """Return a lazy table as a table: its digest is needed, and it is given only once."""
    return value.collect() if is_lazy(value) else value


def _workspace(flow: Workflow, given: str | Path | None) -> Path:
    folder = _folder(given, "workspace")
    if folder is None:
        return find_workspace(flow.path) if flow.path else Path.cwd()
    if not folder.is_dir():
        raise WorkflowError([Problem("", f'the workspace "{given}" is not a folder')])
    return folder


def _folder(given: str | Path | None, name: str) -> Path | None:
    if given is None:
        return None
    if not isinstance(given, str | os.PathLike):
        raise FlowEngineError(f"{name} is {kind_of_value(given)}; expected a folder")
    return Path(given).resolve()
