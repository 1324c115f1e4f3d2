"""Small nodes for tests of the engine, in loose folders, and workflows made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

from flowengine.api import validate
from flowengine.planning.plan import Plan
from flowengine.workflow import Workflow

NODES = Path(__file__).parent / "engine_nodes"
"""Nodes that most tests share."""

HEAD = """
from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import polars as pl
from pydantic import Field

from flowengine import *
"""


def write_node(folder: Path, name: str, source: str) -> Path:
    """Write a node file of that name; the imports that nodes need stand before ``source``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(HEAD + dedent(source))
    return path


def document(
    nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any
) -> dict[str, Any]:
    """Return a workflow file; a node is its type, or type and settings; ``a.b c.d`` connects."""
    return {
        "flowengine": 1,
        **rest,
        "nodes": {name: entry(value) for name, value in nodes.items()},
        "connections": links(connections),
    }


def entry(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"type": value}
    if isinstance(value, tuple):
        return {"type": value[0], "settings": value[1]}
    return dict(value)


def component(
    nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any
) -> dict[str, Any]:
    """Return the entry of a component held in line."""
    inner = {name: entry(value) for name, value in nodes.items()}
    return {
        "type": "flow.component",
        **rest,
        "nodes": inner,
        "connections": links(connections),
    }


def links(connections: Sequence[str]) -> list[dict[str, str]]:
    return [dict(zip(("from", "to"), item.split(), strict=True)) for item in connections]


def write(path: Path, data: Mapping[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return path


def flow(nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any) -> Workflow:
    return Workflow.loads(json.dumps(document(nodes, connections, **rest)))


def plan_of(nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any) -> Plan:
    return validate(flow(nodes, connections, **rest), nodes=[NODES])


def problems(
    nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any
) -> dict[str, str]:
    """Return message by pointer of what is wrong with a workflow."""
    return told(plan_of(nodes, connections, **rest))


def told(plan: Plan) -> dict[str, str]:
    found = {problem.pointer: problem.message for problem in plan.problems}
    assert len(found) == len(plan.problems), plan.problems
    return found
