"""``validate``: the plan of a workflow, without all that it takes to run one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowengine.planning.graph import Planner
from flowengine.planning.plan import Plan
from flowengine.registry import Registry, node_folders
from flowengine.workflow import Workflow, check_named, loaded


def validate(
    workflow: str | Path | Workflow,
    *,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    nodes: str | Path | Sequence[str | Path] = (),
    workspace: str | Path | None = None,
) -> Plan:
    """Return the plan of a workflow with every problem in it; nothing is run.

    Raises:
        WorkflowError: The file cannot be read as a workflow at all.
    """
    check_named(settings=settings, variables=variables)
    planner = Planner(
        Registry.default(node_folders(nodes)),
        workspace=Path(workspace).resolve() if workspace is not None else None,
        settings=settings,
        variables=variables,
    )
    return planner.plan(loaded(workflow))
