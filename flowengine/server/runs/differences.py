"""Settings in which two versions of a workflow differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowengine.info import NodeInfo
from flowengine.planning.expand import Expander
from flowengine.planning.expansion import Vertex
from flowengine.planning.variables import merged
from flowengine.workflow import Workflow


def nodes_of(
    flow: Workflow, workspace: Path, changes: Mapping[str, Any] | None = None
) -> dict[str, Vertex]:
    """Return the nodes of a workflow by path, variables filled in.

    Args:
        flow: The workflow.
        workspace: The workspace.
        changes: Settings and variables that stood in place of the written ones.
    """
    given = changes or {}
    overrides: dict[str, dict[str, Any]] = {}
    for name, value in given.get("settings", {}).items():
        path, _, setting = name.partition(".")
        overrides.setdefault(path, {})[setting] = value
    variables = {**flow.document.variables, **given.get("variables", {})}
    base = flow.path.parent if flow.path else workspace
    return (
        Expander(workspace, overrides, flow.left_out)
        .expand(flow.document, base, variables, flow.path)
        .vertices
    )


def differences(
    then: Mapping[str, Vertex], now: Mapping[str, Vertex], infos: Mapping[str, NodeInfo]
) -> dict[str, Any]:
    """Return the settings that were other ones.

    Args:
        then: The nodes of the run.
        now: The nodes of the workflow as it stands.
        infos: What is known of node types, for their defaults.

    Returns:
        ``node.setting`` → the value then (``None``: the default); ``node`` → the type of a node
        that is there no more (``None``: one that was not there yet).
    """
    found: dict[str, Any] = {}
    for path in [*then, *(path for path in now if path not in then)]:
        if path not in now or path not in then or then[path].entry.type != now[path].entry.type:
            found[path] = then[path].entry.type if path in then else None
            continue
        old, new = (_given(nodes[path], infos) for nodes in (then, now))
        for name in [*old, *(name for name in new if name not in old)]:
            if old.get(name) != new.get(name):
                found[f"{path}.{name}"] = old.get(name)
    return found


def _given(vertex: Vertex, infos: Mapping[str, NodeInfo]) -> dict[str, Any]:
    """Return the settings that are not the default."""
    info = infos.get(vertex.entry.type)
    defaults = _flat({item.id: item.default for item in info.settings} if info else {})
    settings = _flat(merged(vertex.settings, vertex.changes))
    return {name: value for name, value in settings.items() if value != defaults.get(name)}


def _flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return settings with what stands inside of choices: ``optimizer.learning_rate``."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, dict) and "type" in value:
            found[before + name] = value["type"]
            inner = {key: item for key, item in value.items() if key != "type"}
            found |= _flat(inner, f"{before}{name}.")
        else:
            found[before + name] = value
    return found
