"""The Python door: ``run`` and ``start``; ``validate`` is in ``planning``, as it runs nothing.

A run takes place in the caller's process, in threads of its own that are gone when it ends. No
global state is left behind, so that it works in a notebook, in a thread, and twice at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import FlowEngineError, RunCancelled, RunError, suggest
from flowengine.events import Listener
from flowengine.planning.validate import validate
from flowengine.running.job import Job, check_call
from flowengine.running.result import Outputs, Result
from flowengine.running.runtime import Control
from flowengine.workflow import Workflow

__all__ = ["Outputs", "Result", "RunHandle", "explain", "run", "start", "validate"]


def run(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    until: str | Sequence[str] = (),
    fresh: bool = False,
    workers: int = 0,
    device: str = "auto",
    nodes: str | Path | Sequence[str | Path] = (),
    workspace: str | Path | None = None,
    store: str | Path | None = None,
    on_event: Listener | None = None,
    check: bool = True,
) -> Result:
    """Run a workflow and return its result.

    Args:
        workflow: A workflow or its file.
        settings: Settings that stand in place of the written ones, by ``node.setting``.
        variables: Variables that stand in place of the written ones.
        inputs: Value of each ``flow.input`` of the workflow.
        until: Run only these nodes (or this one) and what they need; empty: everything.
        fresh: Compute everything anew, whatever the store has.
        workers: Run nodes in so many processes of their own; 0: in this one.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        nodes: Loose folders (or one) of nodes, whose types begin with ``local.``.
        workspace: Folder that no path leaves and that holds ``.flowengine``; by default the
            nearest one above the workflow's file that has ``.flowengine`` or ``.git``.
        store: Folder that holds ``.flowengine`` in place of the workspace, such as one that cannot
            be written; made where it is missing.
        on_event: Called with every event, from the thread in which it happened. What it raises
            ends the run, and is raised here.
        check: Whether to raise when a node fails or the run is cancelled.

    Raises:
        WorkflowError: The workflow cannot be run; carries every problem.
        RunError: A node failed; ``error.result`` has what the others gave.
        RunCancelled: The run was cancelled.
        StoreError: The results cannot be kept, as in a folder that cannot be written.
        FlowEngineError: An argument is wrong.
    """
    check_call(workers, device, on_event)
    names = _names(until)
    job = Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=inputs,
        nodes=nodes,
        workspace=workspace,
        store=store,
    )
    result = job.run(
        until=names,
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
    until: str | Sequence[str] = (),
    fresh: bool = False,
    workers: int = 0,
    device: str = "auto",
    nodes: str | Path | Sequence[str | Path] = (),
    workspace: str | Path | None = None,
    store: str | Path | None = None,
    on_event: Listener | None = None,
    check: bool = True,
) -> RunHandle:
    """Start a run in a thread of its own, and return a handle at once; see ``run``.

    Raises:
        WorkflowError: The workflow cannot be run; carries every problem.
    """
    check_call(workers, device, on_event)
    names = _names(until)
    job = Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=inputs,
        nodes=nodes,
        workspace=workspace,
        store=store,
    )
    try:
        job.check(names)
    except BaseException:
        job.close()
        raise
    handle = RunHandle(job.plan.nodes, check=check)
    handle._begin(
        lambda: job.run(
            until=names,
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

    def __init__(self, nodes: Collection[str], *, check: bool = True) -> None:
        self.control = Control()
        self._nodes = nodes
        self._check = check
        self._result: Result | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def _begin(self, work: Callable[[], Result]) -> None:
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
        """Let a node (a learner) end early and keep what it has.

        Raises:
            FlowEngineError: The run has no node of that name.
        """
        if node not in self._nodes:
            raise FlowEngineError(f'the run has no node "{node}".{suggest(node, self._nodes)}')
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


def explain(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    until: str | Sequence[str] = (),
    fresh: bool = False,
    nodes: str | Path | Sequence[str | Path] = (),
    workspace: str | Path | None = None,
    store: str | Path | None = None,
) -> dict[str, str]:
    """Return why each node that would run would run, and an empty text for the others.

    Raises:
        WorkflowError: The workflow cannot be run.
    """
    names = _names(until)
    job = Job(
        workflow,
        settings=settings,
        variables=variables,
        inputs=None,
        nodes=nodes,
        workspace=workspace,
        store=store,
    )
    return job.explain(until=names, fresh=fresh)


def _names(until: str | Sequence[str]) -> Sequence[str]:
    names = (until,) if isinstance(until, str) else until
    if not isinstance(names, Collection) or not all(isinstance(name, str) for name in names):
        raise FlowEngineError(f"until is {until!r:.80}; expected the name of a node, or several")
    return tuple(names)


def _checked(result: Result) -> Result:
    if result.status == "failed":
        raise RunError(result.errors, result)
    if result.status == "cancelled":
        raise RunCancelled(result)
    return result
