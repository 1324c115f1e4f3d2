"""The page people start on: workflows of the workspace with their last runs, and samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flowengine
from flowengine.document import Document, parse_document
from flowengine.errors import FlowEngineError, WorkflowError
from flowengine.server.documents import samples
from flowengine.server.documents.places import SAMPLE, is_plain
from flowengine.server.documents.sketch import sketch_of
from flowengine.server.documents.versions import read_text
from flowengine.server.endpoint import Call, Endpoint
from flowengine.server.runs.fold import status_of
from flowengine.server.site import Site
from flowengine.server.wire import LastRun, Sketch, WorkflowCard, Workspace
from flowengine.store import RunInfo

LEFT_ASIDE = {"node_modules", "__pycache__", "site-packages", "venv"}
"""Folders without workflows of people."""
DEEPEST, MOST = 6, 500
LARGEST = 8 << 20
"""Bytes of a JSON file that may be a workflow."""

MARK = b'"flowengine"'


@dataclass(frozen=True)
class _Known:
    stamp: tuple[int, int]
    card: WorkflowCard | None


_CARDS: dict[Path, _Known] = {}
"""Cards of files by size and time, so that the page is there at once."""


def workspace(site: Site, call: Call) -> Workspace:
    """Return the page people start on."""
    latest: dict[str, RunInfo] = {}
    for info in site.store.runs():
        latest.setdefault(info.path, info)
    home = samples.folder()
    workflows = []
    for path in _json_files(site.folder):
        card = _card(path, site.name_of(path))
        if card is not None:
            update = {
                "last_run": _last_run(latest.get(str(path))),
                "is_sample": home is not None and home in path.parents,
            }
            workflows.append(card.model_copy(update=update))
    found = []
    # a workspace that holds the samples shows them once
    if home is not None and home != site.folder and site.folder not in home.parents:
        for path in _json_files(home):
            name = f"{SAMPLE}{path.relative_to(home).as_posix()}"
            card = _card(path, name)
            if card is not None:
                found.append(card.model_copy(update={"is_sample": True}))
    return Workspace(
        name=site.folder.name or str(site.folder),
        version=flowengine.__version__,
        workflows=tuple(sorted(workflows, key=_recent_first)),
        samples=tuple(sorted(found, key=lambda card: card.path)),
    )


def _recent_first(card: WorkflowCard) -> tuple[float, str]:
    last = card.last_run.started if card.last_run else 0.0
    return -max(card.modified, last), card.path


def _json_files(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(
            name
            for name in folders
            if is_plain(name) and name[0] != "_" and name not in LEFT_ASIDE and depth < DEEPEST
        )
        for name in sorted(names):
            if name.endswith(".json") and is_plain(name) and count < MOST:
                count += 1
                yield Path(place, name)


def _card(path: Path, name: str) -> WorkflowCard | None:
    """Return the card of a file, ``None`` where it is no workflow."""
    try:
        stat = path.stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
        known = _CARDS.get(path)
        if known is None or known.stamp != stamp:
            known = _CARDS[path] = _Known(stamp, _read(path, stat.st_size, stat.st_mtime))
    except OSError:
        return None
    return known.card.model_copy(update={"path": name}) if known.card else None


def _read(path: Path, size: int, modified: float) -> WorkflowCard | None:
    if size > LARGEST or not path.is_file() or MARK not in path.read_bytes():
        return None
    fault, document = "", Document()
    try:
        document, problems, _ = parse_document(read_text(path).text, path.name)
        fault = problems[0].message if problems else ""
    except WorkflowError as error:
        fault = error.problems[0].message
    except FlowEngineError as error:
        fault = str(error)
    return WorkflowCard(
        path="",
        name=document.name or path.stem,
        description=document.description,
        modified=modified,
        node_count=len(document.nodes),
        sketch=sketch_of(document) if document.nodes else Sketch(nodes=(), wires=()),
        last_run=None,
        fault=fault,
    )


def _last_run(info: RunInfo | None) -> LastRun | None:
    if info is None:
        return None
    return LastRun(id=info.id, status=status_of(info), started=info.started, seconds=info.seconds)


ENDPOINTS = (Endpoint("GET", "api/workspace", workspace),)
