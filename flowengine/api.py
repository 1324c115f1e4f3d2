"""The Python door: ``run``, ``start`` and ``validate``.

A run takes place in the caller's process, in threads of its own that are gone when it ends. No
global state is left behind, so that it works in a notebook, in a thread, and twice at once.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import (
    FlowEngineError,
    Problem,
    RunCancelled,
    RunError,
    WorkflowError,
    suggest,
)
from flowengine.events import Listener
from flowengine.executors import InProcess, Workers
from flowengine.expansion import Source
from flowengine.graph import Planner
from flowengine.paths import find_workspace
from flowengine.plan import Plan
from flowengine.registry import Registry
from flowengine.result import Outputs, Result, Status, component_results
from flowengine.runner import NodeRunner
from flowengine.runtime import Control, EventBus
from flowengine.scheduler import Scheduler
from flowengine.selection import ends, reason, select
from flowengine.shelf import Shelf
from flowengine.store import Store
from flowengine.workflow import Workflow

__all__ = ["Outputs", "Result", "RunHandle", "explain", "run", "start", "validate"]

STORE = ".flowengine"


def run(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    until: Sequence[str] = (),
    fresh: bool = False,
    workers: int = 0,
    device: str = "auto",
    nodes: Sequence[str | Path] = (),
    workspace: str | Path | None = None,
    on_event: Listener | None = None,
    check: bool = True,
) -> Result:
    """Run a workflow and return its result.

    Args:
        workflow: A workflow or its file.
        settings: Settings that stand in place of the written ones, by ``node.setting``.
        variables: Variables that stand in place of the written ones.
        inputs: Value of each ``flow.input`` of the workflow.
        until: Run only these nodes and what they need; empty: everything.
        fresh: Compute everything anew, whatever the store has.
        workers: Run nodes in so many processes of their own; 0: in this one.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        nodes: Loose folders of nodes, whose types begin with ``local.``.
        workspace: Folder that no path leaves and that holds ``.flowengine``; by default the
            nearest one above the workflow's file that has ``.flowengine`` or ``.git``.
        on_event: Called with every event, from the thread in which it happened.
        check: Whether to raise when a node fails or the run is cancelled.

    Raises:
        WorkflowError: The workflow cannot be run; carries every problem.
        RunError: A node failed; ``error.result`` has what the others gave.
        RunCancelled: The run was cancelled.
    """
    job = _Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=inputs,
        nodes=nodes,
        workspace=workspace,
    )
    result = job.run(
        until=until,
        fresh=fresh,
        workers=workers,
        device=device,
        on_event=on_event,
        control=Control(),
    )
    return _checked(result) if check else result


def start(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    until: Sequence[str] = (),
    fresh: bool = False,
    workers: int = 0,
    device: str = "auto",
    nodes: Sequence[str | Path] = (),
    workspace: str | Path | None = None,
    on_event: Listener | None = None,
    check: bool = True,
) -> RunHandle:
    """Start a run in a thread of its own, and return a handle at once; see ``run``.

    Raises:
        WorkflowError: The workflow cannot be run; carries every problem.
    """
    job = _Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=inputs,
        nodes=nodes,
        workspace=workspace,
    )
    job.check_until(until)
    handle = RunHandle(check=check)
    handle.begin(
        lambda: job.run(
            until=until,
            fresh=fresh,
            workers=workers,
            device=device,
            on_event=on_event,
            control=handle.control,
        )
    )
    return handle


class RunHandle:
    """A run that goes on elsewhere."""

    def __init__(self, *, check: bool = True) -> None:
        self.control = Control()
        self._check = check
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def begin(self, work: Any) -> None:
        """Start the thread of the run."""

        def go() -> None:
            try:
                self._result = work()
            except BaseException as error:  # handed to whoever waits
                self._error = error

        self._thread = threading.Thread(target=go, name="flowengine-start")
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the run has ended."""
        return self._thread is not None and not self._thread.is_alive()

    def cancel(self) -> None:
        """End the run; what is finished stays in the store."""
        self.control.cancel()

    def stop_and_keep(self, node: str) -> None:
        """Let a node (a learner) end early and keep what it has."""
        self.control.stop_and_keep(node)

    def wait(self, timeout: float | None = None) -> Result:
        """Wait for the end and return the result.

        Raises:
            TimeoutError: It has not ended within ``timeout`` seconds.
            RunError: A node failed.
            RunCancelled: It was cancelled.
        """
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                raise TimeoutError(f"the run has not ended within {timeout} s")
        if self._error is not None:
            raise self._error
        assert self._result is not None  # noqa: S101  # one of the two is set when it ends
        return _checked(self._result) if self._check else self._result


def validate(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    nodes: Sequence[str | Path] = (),
    workspace: str | Path | None = None,
) -> Plan:
    """Return the plan of a workflow with every problem in it; nothing is run.

    Raises:
        WorkflowError: The file cannot be read as a workflow at all.
    """
    planner = Planner(
        Registry.default([Path(folder) for folder in nodes]),
        workspace=Path(workspace).resolve() if workspace is not None else None,
        settings=settings,
        variables=variables,
    )
    return planner.plan(_loaded(workflow))


def explain(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    until: Sequence[str] = (),
    fresh: bool = False,
    nodes: Sequence[str | Path] = (),
    workspace: str | Path | None = None,
) -> dict[str, str]:
    """Return why each node that would run would run, and an empty text for the others.

    Raises:
        WorkflowError: The workflow cannot be run.
    """
    job = _Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=None,
        nodes=nodes,
        workspace=workspace,
    )
    return job.explain(until=until, fresh=fresh)


class _Job:
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
        self.flow = _loaded(workflow)
        self.nodes = [Path(folder) for folder in nodes]
        self.registry = Registry.default(self.nodes)
        self.inputs = {name: _whole(value) for name, value in (inputs or {}).items()}
        self.workspace = _workspace(self.flow, workspace)
        self.folder = self.workspace / STORE
        with self._store() as store:
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
        bus = EventBus([on_event] if on_event else [])
        wanted = [path for path in (until or ends(self.plan)) if path in self.plan.nodes]
        wanted = list(values) if values is not None else wanted
        status: Status = "cancelled"
        with self._store() as store:
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
            )
            scheduler = Scheduler(self.plan, store, runner, shelf, bus, control, run_id=run_id)
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
                store.add_events(run_id, bus.take())
                store.finish_run(run_id, status, seconds, {"keys": keys})
        in_order = {path: results[path] for path in self.plan.nodes if path in results}
        return Result(
            self.plan,
            status,
            seconds,
            {**in_order, **component_results(self.plan, in_order)},
            tuple(scheduler.errors),
            _Values(self, held, device),
        )

    def explain(self, *, until: Sequence[str], fresh: bool) -> dict[str, str]:
        """Return the reason for each node that would run."""
        self.check_until(until)
        with self._store() as store:
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

    def _store(self) -> Store:
        return Store(self.folder, self.registry.load_layer)


class _Values:
    """Gets values of a finished run: held ones, those in the store, else computed again."""

    def __init__(self, job: _Job, held: dict[Source, Any], device: str) -> None:
        self._job = job
        self._held = held
        self._device = device

    def __call__(self, source: Source) -> Any:
        if source not in self._held:
            planned = self._job.plan.nodes[source.path]
            port = planned.signature.outputs[source.port]
            with self._job._store() as store:
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


def _loaded(workflow: str | Path | Workflow) -> Workflow:
    return workflow if isinstance(workflow, Workflow) else Workflow.load(workflow)


def _workspace(flow: Workflow, given: str | Path | None) -> Path:
    if given is not None:
        folder = Path(given).resolve()
        if not folder.is_dir():
            raise WorkflowError([Problem("", f'the workspace "{given}" is not a folder')])
        return folder
    return find_workspace(flow.path) if flow.path else Path.cwd()


def _checked(result: Result) -> Result:
    if result.status == "failed":
        raise RunError(result.errors, result)
    if result.status == "cancelled":
        raise RunCancelled(result)
    return result
