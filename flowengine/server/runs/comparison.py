"""Earlier runs beside the workflow as it stands: what was set otherwise, and how it came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import FlowEngineError
from flowengine.planning.expansion import Vertex
from flowengine.server.endpoint import Call, Endpoint
from flowengine.server.runs.book import RunBook
from flowengine.server.runs.differences import differences, nodes_of
from flowengine.server.runs.fold import status_of
from flowengine.server.runs.folder import RunFolder
from flowengine.server.site import Site
from flowengine.server.wire import Curves, RunCard, Wire
from flowengine.store import RunInfo
from flowengine.workflow import Workflow


def cards(site: Site, call: Call) -> list[Wire]:
    """Return the runs of a workflow, newest first."""
    name = call.needed("workflow")
    path = site.place(name)
    now = nodes_of(site.study(name).flow, site.folder)
    infos = site.book.runs_of(path)
    makers = _makers(site.book, infos)
    return [_card(site, info, _learned(site.book, info, makers), path, now) for info in infos]


def curves(site: Site, call: Call) -> Curves:
    """Return the metrics of a run."""
    info = site.runs.info(call.places["run"])
    makers = _makers(site.book, site.book.runs_of(Path(info.path)))
    learned = _learned(site.book, info, makers)
    found = {node: site.book.fold(run).curves()[node] for node, run in learned.items()}
    return Curves(id=info.id, metrics=found)


def _card(
    site: Site, info: RunInfo, learned: dict[str, str], path: Path, now: Mapping[str, Vertex]
) -> RunCard:
    return RunCard(
        id=info.id,
        status=status_of(info),
        started=info.started,
        seconds=info.seconds,
        differences=_differences(site, info, path, now),
        metrics={node: site.book.fold(run).last_values()[node] for node, run in learned.items()},
        learned=learned,
    )


def _makers(book: RunBook, infos: Sequence[RunInfo]) -> dict[tuple[str, str], str]:
    """Return the run in which a node learned what it gave, by node and key of the result."""
    makers: dict[tuple[str, str], str] = {}
    for info in infos:
        keys = _keys(info)
        for node in book.fold(info.id).metrics:
            if node in keys:
                makers.setdefault((node, keys[node]), info.id)
    return makers


def _learned(book: RunBook, info: RunInfo, makers: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return for each node with metrics the run they come from: of a kept result, its maker's."""
    fold, keys = book.fold(info.id), _keys(info)
    kept = {
        node: makers[node, keys[node]]
        for node, run in fold.nodes.items()
        if run.cached and (node, keys.get(node, "")) in makers
    }
    return kept | dict.fromkeys(fold.metrics, info.id)


def _keys(info: RunInfo) -> dict[str, str]:
    """Return the keys of a run's results, as far as they were known."""
    return {node: key for node, key in info.keys.items() if key is not None}


def _differences(
    site: Site, info: RunInfo, path: Path, now: Mapping[str, Vertex]
) -> dict[str, Any]:
    try:
        flow = Workflow.load(RunFolder(site.runs.folder / info.id).document)
    except FlowEngineError:
        # a run of an older version, or by a program, kept no workflow
        return {}
    flow.path = path
    then = nodes_of(flow, site.folder, info.changes)
    return differences(then, now, site.registry.catalogue())


ENDPOINTS = (
    Endpoint("GET", "api/runs", cards),
    Endpoint("GET", "api/runs/{run}/curves", curves),
)
