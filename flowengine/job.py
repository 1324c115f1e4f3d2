"""A workflow on its way to a result: planned, run, explained."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import FlowEngineError, Problem, WorkflowError, suggest
from flowengine.events import Listener
from flowengine.executors import InProcess, Workers
from flowengine.expansion import Source
from flowengine.graph import Planner
from flowengine.paths import find_workspace
from flowengine.registry import Registry
from flowengine.result import Result, Status, component_results
from flowengine.runner import NodeRunner
from flowengine.runtime import Control, EventBus, EventLog
from flowengine.scheduler import Scheduler
from flowengine.selection import ends, reason, select
from flowengine.shelf import Shelf
from flowengine.store import Store
from flowengine.workflow import Workflow

STORE = ".flowengine"


class Job:
    """A workflow on its way to a result."""

    def __init__(
        self,
        workflow: str | Path | Workflow,
        *,
        settings: Mapping[str, Any] | None,
        variables: Mapping[str, Any] | None,
        inputs: Mapping[str, Any] | None,
        nodes: Sequence[str | Path],
        workspace: str | Path | None,
    ) -> None:
        self.flow = loaded(workflow)
        self.nodes = [Path(folder) for folder in nodes]
        self.registry = Registry.default(self.nodes)
        self.inputs = {name: _whole(value) for name, value in (inputs or {}).items()}
        self.workspace = _workspace(self.flow, workspace)
        self.folder = self.workspace / STORE
        with self.open_store() as store:
            planner = Planner(
                self.registry,
                workspace=self.workspace,
                settings=settings,
                variables=variables,
                inputs=self.inputs,
                digest=store.file_digest,
            )
            self.plan = planner.plan(self.flow)
        self._check_plan()

    def run(
        self,
        *,
        until: Sequence[str],
        fresh: bool,
        workers: int,
        device: str,
        on_event: Listener | None,
        control: Control,
        values: Sequence[str] | None = None,
    ) -> Result:
        """Run the plan; ``values`` are the nodes whose values are wanted, by default the ends."""
        self.check_until(until)
        started = time.perf_counter()
        run_id = uuid.uuid4().hex
        log = EventLog()
        bus = EventBus([log.add, *([on_event] if on_event else [])], control)
        wanted = [path for path in (until or ends(self.plan)) if path in self.plan.nodes]
        wanted = list(values) if values is not None else wanted
        status: Status = "cancelled"
        with self.open_store() as store:
            shelf = Shelf(self.plan, store)
            remote = Workers(store, bus, control, self.nodes)
            runner = NodeRunner(
                self.plan,
                store,
                shelf,
                local=InProcess(store, self.registry, bus, control),
                remote=remote,
                workers=workers,
                device=device,
                inputs=self.inputs,
                wanted=wanted,
                fresh=fresh,
            )
            scheduler = Scheduler(self.plan, store, runner, shelf, bus, log, control, run_id=run_id)
            store.start_run(run_id, self.flow.name, str(self.flow.path or ""))
            bus.emit("run", status="running", nodes=len(self.plan.nodes))
            held: dict[Source, Any] = {}
            try:
                selection = select(self.plan, store, until=until, values=wanted, fresh=fresh)
                results = scheduler.run(selection, wanted)
                for path in wanted:
                    if results[path].state in ("done", "stopped"):
                        for port in self.plan.nodes[path].signature.outputs:
                            held[Source(path, port)] = shelf.get(Source(path, port))
                if control.is_cancelled:
                    status = "cancelled"
                else:
                    status = "failed" if scheduler.errors else "done"
            finally:
                remote.close()
                seconds = time.perf_counter() - started
                keys = {path: planned.key for path, planned in self.plan.nodes.items()}
                bus.emit("run", status=status, seconds=seconds)
                store.add_events(run_id, log.take())
                store.finish_run(run_id, status, seconds, {"keys": keys})
        in_order = {path: results[path] for path in self.plan.nodes if path in results}
        return Result(
            self.plan,
            status,
            seconds,
            {**in_order, **component_results(self.plan, in_order)},
            tuple(scheduler.errors),
            Values(self, held, device),
        )

    def explain(self, *, until: Sequence[str], fresh: bool) -> dict[str, str]:
        """Return the reason for each node that would run."""
        self.check_until(until)
        with self.open_store() as store:
            selection = select(self.plan, store, until=until, values=(), fresh=fresh)
            before: dict[str, str] = {}
            for earlier in store.runs():
                if earlier.path == str(self.flow.path or "") and earlier.result:
                    before = {**earlier.result["keys"], **before}
            records = store.lookup([key for key in before.values() if key])
        old = {path: records.get(key) for path, key in before.items()}
        reasons = {}
        for path in {**selection.known, **dict.fromkeys(selection.run)}:
            planned = self.plan.nodes[path]
            if path not in selection.run:
                reasons[path] = ""
            else:
                reasons[path] = "--fresh" if fresh else reason(planned, old.get(path))
        return {path: reasons[path] for path in self.plan.nodes if path in reasons}

    def check_until(self, until: Sequence[str]) -> None:
        """Refuse names of nodes that do not exist."""
        known = [*self.plan.nodes, *self.plan.components]
        problems = [
            Problem("", f'there is no node "{name}" to run until.{suggest(name, known)}')
            for name in until
            if name not in known
        ]
        if problems:
            raise WorkflowError(problems, name=self.flow.name)

    def _check_plan(self) -> None:
        problems = list(self.plan.errors)
        problems += [
            Problem(planned.pointer, planned.missing)
            for planned in self.plan.nodes.values()
            if planned.missing
        ]
        known = self.plan.inputs
        problems += [
            Problem("", f'the workflow has no input "{name}".{suggest(name, known)}')
            for name in self.inputs
            if name not in known
        ]
        problems += [
            Problem(planned.pointer, f'the input "{path}" of the workflow was given no value')
            for path, planned in self.plan.nodes.items()
            if planned.cls is None and path in known and path not in self.inputs
        ]
        if problems:
            raise WorkflowError(problems, name=self.flow.name)

    def open_store(self) -> Store:
        return Store(self.folder, self.registry.load_layer)


class Values:
    """Gets values of a finished run: held ones, those in the store, else computed again."""

    def __init__(self, job: Job, held: dict[Source, Any], device: str) -> None:
        self._job = job
        self._held = held
        self._device = device

    def __call__(self, source: Source) -> Any:
        if source not in self._held:
            planned = self._job.plan.nodes[source.path]
            port = planned.signature.outputs[source.port]
            with self._job.open_store() as store:
                key = planned.key or ""
                if store.has_value(key, source.port):
                    self._held[source] = store.load(key, source.port, port.type)
        if source not in self._held:
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
                raise FlowEngineError(f'the value of "{source}" could not be computed again')
            self._held[source] = again._value(source)
        return self._held[source]


def _whole(value: Any) -> Any:
    """Return a lazy table as a table: its digest is needed, and it is given only once."""
    return value.collect() if type(value).__name__ == "LazyFrame" else value


def loaded(workflow: str | Path | Workflow) -> Workflow:
    return workflow if isinstance(workflow, Workflow) else Workflow.load(workflow)


def _workspace(flow: Workflow, given: str | Path | None) -> Path:
    if given is not None:
        folder = Path(given).resolve()
        if not folder.is_dir():
            raise WorkflowError([Problem("", f'the workspace "{given}" is not a folder')])
        return folder
    return find_workspace(flow.path) if flow.path else Path.cwd()
