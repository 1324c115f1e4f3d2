"""The samples that come with the engine, and copying one with the files it uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flowengine
from flowengine.blobs import copy
from flowengine.document import Body, NodeEntry, parse_document
from flowengine.errors import FlowEngineError, PathError
from flowengine.paths import resolve
from flowengine.server.documents.versions import read_text


def folder() -> Path | None:
    """Return the folder of the samples, ``None`` where the installation has none."""
    package = Path(flowengine.__file__).parent
    # in a wheel they lie in the package, in a checkout beside it
    for place in (package / "samples", package.parent / "workflows"):
        if place.is_dir():
            return place.resolve()
    return None


def copy_used(source: Path, root: Path, target: Path, workspace: Path) -> None:
    """Copy the files a workflow uses to the same places beside its copy; none is overwritten.

    Args:
        source: The workflow.
        root: Folder that no file leaves which is copied.
        target: Where its copy will lie.
        workspace: Folder that no copy leaves.

    Raises:
        FlowEngineError: A file cannot be copied.
    """
    if source.parent == target.parent:
        return
    pending, seen = [source], {source}
    while pending:
        for value in _paths_in(pending.pop()):
            try:
                file = resolve(value, base=source.parent, workspace=root)
                place = resolve(value, base=target.parent, workspace=workspace, write=True)
            except PathError:
                continue  # no file of ours: text that is no path, or one that is made by a run
            if not file.is_file() or file in seen:
                continue
            seen.add(file)
            if not place.exists():
                _copy(file, place, value)


def _copy(file: Path, place: Path, value: str) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        copy(file, place)
    except OSError as error:
        raise FlowEngineError(f'"{value}" cannot be copied along: {error.strerror}') from error


def _paths_in(file: Path) -> Iterator[str]:
    try:
        document, _, _ = parse_document(read_text(file).text, file.name)
    except FlowEngineError:
        return
    bodies: list[Body | NodeEntry] = [document]
    while bodies:
        body = bodies.pop()
        for entry in body.nodes.values():
            bodies.append(entry)
            yield from _texts_in(entry.settings)
        yield from _texts_in(body.variables)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value and len(value) < 500:
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)
