"""The state of every node between runs: what the store keeps, and how the latest runs ended."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flowengine.blobs import ASIDE
from flowengine.events import NodeState
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.running.selection import is_good
from flowengine.server.runs.book import RunBook
from flowengine.server.wire import NodeRun
from flowengine.store import Record, RunInfo, Store

LOOKED_AT = 5
"""Runs back that a failure is remembered."""


@dataclass(frozen=True)
class Standing:
    """How a node stands.

    Args:
        state: Its state.
        record: Its kept result, where it fits the node as it is now.
        error: Why it failed at last.
        details: The trace of that.
        warning: What a person should know of its last run.
    """

    state: NodeState
    record: Record | None = None
    error: str = ""
    details: str = ""
    warning: str = ""


@dataclass
class _Past:
    """What earlier runs say of a workflow's nodes."""

    keys: dict[str, set[str]] = field(default_factory=dict)
    latest: dict[str, tuple[RunInfo, NodeRun, str]] = field(default_factory=dict)


def standings(plan: Plan, path: Path, store: Store, book: RunBook) -> dict[str, Standing]:
    """Return how each node of a plan stands.

    Args:
        plan: The plan, with keys.
        path: The workflow's file.
        store: Where results are.
        book: What is known of runs.
    """
    keys = {planned.key for planned in plan.nodes.values() if planned.key is not None}
    past = _past(book, path)
    earlier = {key for found in past.keys.values() for key in found}
    records = store.lookup(keys | earlier, touch=False)
    return {node: _standing(planned, records, past, store) for node, planned in plan.nodes.items()}


def _standing(
    planned: PlannedNode, records: Mapping[str, Record], past: _Past, store: Store
) -> Standing:
    if planned.state == "not configured":
        return Standing("not configured")
    record = records.get(planned.key) if planned.key is not None else None
    if record is not None and (record.state == "stopped" or is_good(record, store)):
        return Standing(record.state, record)
    told = _told(planned, past, store)
    if told is not None:
        return told
    if any(key in records for key in past.keys.get(planned.path, ())):
        return Standing("changed")
    return Standing(planned.state)


def _told(planned: PlannedNode, past: _Past, store: Store) -> Standing | None:
    """Return how a node stands whose last run did not end well, if it is still as it was then."""
    if planned.path not in past.latest:
        return None
    info, node, details = past.latest[planned.path]
    key = info.keys.get(planned.path)
    if node.state == "failed" and key == planned.key:
        return Standing("failed", error=node.error, details=details)
    is_cut = node.state == "cancelled" or (node.state == "running" and info.status != "running")
    if is_cut and node.started is not None and _has_checkpoint(planned, store):
        where = node.message.partition(" · ")[0]
        clock = time.strftime("%H:%M", time.localtime(node.started + (node.seconds or 0.0)))
        told = f"stopped in {where}" if where else "stopped before its end"
        return Standing("stopped", warning=f"{told} (run of {clock}); running again resumes there")
    return None


def _has_checkpoint(planned: PlannedNode, store: Store) -> bool:
    if planned.resume_key is None:
        return False
    folder = store.folder / "checkpoints" / planned.resume_key
    return folder.is_dir() and any(
        not entry.name.startswith(ASIDE)  # one that a kill left half written
        for entry in folder.iterdir()
    )


def _past(book: RunBook, path: Path) -> _Past:
    past, forgotten = _Past(), set[str]()
    for number, info in enumerate(book.runs_of(path)):
        for node, key in info.keys.items():
            if key is not None:
                past.keys.setdefault(node, set()).add(key)
        if number < LOOKED_AT:
            fold = book.fold(info.id)
            forgotten |= set(fold.forgotten)
            for node, run in dict(fold.nodes).items():
                if node not in past.latest and node not in forgotten:
                    past.latest[node] = (info, run, fold.details.get(node, ""))
    return past
