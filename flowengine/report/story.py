"""All that a report tells of a run: the workflow as it was, how each node ended, what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowengine.errors import FlowEngineError, StoreError
from flowengine.planning.graph import Planner
from flowengine.planning.plan import Plan
from flowengine.registry import Registry
from flowengine.server.runs.fold import Points, RunFold, folded
from flowengine.store import Record, RunInfo, Store
from flowengine.store_folder import DOCUMENT, RUNS
from flowengine.workflow import Workflow


@dataclass(frozen=True)
class Story:
    """A run.

    Args:
        info: What the store says of it.
        flow: The workflow as it was.
        plan: Its plan.
        records: What is kept of each node, by path.
        fold: What its events tell.
        curves: Points of each metric, by node; of a kept result those of the run that made it.
        store: Where the values are.
    """

    info: RunInfo
    flow: Workflow
    plan: Plan
    records: Mapping[str, Record]
    fold: RunFold
    curves: Mapping[str, Mapping[str, Points]]
    store: Store

    def state(self, path: str) -> str:
        """Return how a node ended."""
        if path in self.fold.nodes:
            return self.fold.nodes[path].state
        return "done" if path in self.records else "skipped"

    def failed(self, path: str) -> bool:
        """Return whether a node failed."""
        return self.state(path) == "failed"

    def is_result(self, path: str) -> bool:
        """Return whether what a node gave went nowhere, or only into files."""
        if path not in self.records or not self.plan.nodes[path].signature.outputs:
            return False
        return not any(
            other.signature.outputs and any(source.path == path for source in other.sources)
            for name, other in self.plan.nodes.items()
            if name in self.records
        )

    def value(self, path: str, port: str) -> Any:
        """Return the value at a port, ``None`` where it was not kept."""
        record = self.records.get(path)
        if record is None or not self.store.has_value(record.key, port):
            return None
        kind = self.plan.nodes[path].signature.outputs[port].type
        try:
            return self.store.load(record.key, port, kind)
        except StoreError:
            return None


def story_of(store: Store, registry: Registry, workspace: Path, info: RunInfo) -> Story:
    """Return what there is to tell of a run.

    Args:
        store: The store.
        registry: Where node types come from.
        workspace: The workspace.
        info: The run.

    Raises:
        FlowEngineError: The workflow of the run was not kept.
    """
    flow = _workflow(store, info)
    planner = Planner(
        registry,
        workspace=workspace,
        settings=info.changes.get("settings"),
        variables=info.changes.get("variables"),
    )
    plan = planner.plan(flow)
    keys = {path: key for path, key in info.keys.items() if path in plan.nodes and key}
    kept = store.lookup(set(keys.values()))
    fold = folded(event for _, event in store.events_after(info.id))
    return Story(
        info=info,
        flow=flow,
        plan=plan,
        records={path: kept[key] for path, key in keys.items() if key in kept},
        fold=fold,
        curves={**_earlier_curves(store, info, keys), **fold.curves()},
        store=store,
    )


def latest_run(store: Store, path: Path) -> RunInfo:
    """Return the latest run of a workflow file.

    Raises:
        FlowEngineError: It has not run.
    """
    runs = store.runs_of(str(path.resolve()))
    if not runs:
        raise never_ran(path)
    return runs[0]


def never_ran(path: Path) -> FlowEngineError:
    """Return the error for a workflow of which there is nothing to tell."""
    return FlowEngineError(
        f'"{path.name}" has not run yet, so there is nothing to report; '
        f"run it with: flowengine run {path.name}"
    )


def _workflow(store: Store, info: RunInfo) -> Workflow:
    document = store.folder / RUNS / info.id / DOCUMENT
    try:
        flow = Workflow.load(document)
    except FlowEngineError:
        raise FlowEngineError(
            "the workflow of this run was not kept, so nothing can be told of it"
        ) from None
    flow.path = Path(info.path)
    return flow


def _earlier_curves(
    store: Store, info: RunInfo, keys: Mapping[str, str]
) -> dict[str, dict[str, Points]]:
    """Return the curves of kept results, from the runs in which they were computed."""
    found: dict[str, dict[str, Points]] = {}
    for run in store.runs():
        same = {path for path, key in keys.items() if run.keys.get(path) == key} - found.keys()
        if run.id == info.id or run.started > info.started or not same:
            continue
        curves = folded(event for _, event in store.events_after(run.id)).curves()
        found |= {path: curves[path] for path in same if path in curves}
    return found
