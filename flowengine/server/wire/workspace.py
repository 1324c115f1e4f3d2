"""The workspace: workflows and files."""

from __future__ import annotations

from flowengine.server.wire.base import RunStatus, Wire


class LastRun(Wire):
    """How the latest run of a workflow ended."""

    id: str
    status: RunStatus
    started: float
    seconds: float | None


class Sketch(Wire):
    """A workflow in thumbnail: places of its nodes with the id of their packs, and its wires."""

    nodes: tuple[tuple[float, float, str], ...]
    wires: tuple[tuple[float, float, float, float], ...]


class WorkflowCard(Wire):
    """A workflow as the workspace's page shows it."""

    path: str
    name: str
    description: str
    modified: float
    node_count: int
    sketch: Sketch
    last_run: LastRun | None
    is_sample: bool = False
    fault: str = ""


class Workspace(Wire):
    """The page people start on."""

    name: str
    version: str
    workflows: tuple[WorkflowCard, ...]
    samples: tuple[WorkflowCard, ...]


class FileLine(Wire):
    """A file or folder of the workspace; ``size`` in bytes."""

    name: str
    path: str
    is_folder: bool
    size: int = 0


class Folder(Wire):
    path: str
    files: tuple[FileLine, ...]
