"""Reports made of what a workspace keeps."""

from __future__ import annotations

from pathlib import Path

from flowengine.blobs import write_atomically
from flowengine.document import read_text
from flowengine.errors import FlowEngineError
from flowengine.paths import find_workspace
from flowengine.registry import Registry
from flowengine.report.page import report_page
from flowengine.report.story import latest_run, never_ran, story_of
from flowengine.store import Store
from flowengine.store_folder import STORE


def latest_report(
    file: Path, registry: Registry, workspace: Path | None = None, store: Path | None = None
) -> str:
    """Return the report of the latest run of a workflow file.

    Args:
        file: The workflow's file.
        registry: Where node types come from.
        workspace: The workspace; by default the one the file lies in.
        store: Folder that holds the results; by default the workspace.

    Raises:
        FlowEngineError: It is not there, or has not run.
    """
    read_text(file)
    folder = workspace or find_workspace(file)
    place = (store or folder) / STORE
    if not place.is_dir():
        # Opening a store would make one.
        raise never_ran(file)
    with Store(place, registry.load_layer) as kept:
        return report_page(story_of(kept, registry, folder, latest_run(kept, file)))


def write_text(target: Path, text: str) -> None:
    """Write a text file whole; missing folders on the way are made.

    Raises:
        FlowEngineError: It cannot be written.
    """
    if target.is_dir():
        raise FlowEngineError(f'"{target}" is a folder; name a file in it')
    try:
        write_atomically(target, text.encode())
    except OSError as error:
        raise FlowEngineError(f'"{target}" cannot be written: {error.strerror}') from error
