"""The table at the end of a run: a line for each node, and what it warned about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flowengine.cli.facts import values_text
from flowengine.cli.output import columns, count, seconds

if TYPE_CHECKING:
    from flowengine.api import Result
    from flowengine.planning.plan import Plan, PlannedNode
    from flowengine.running.result import NodeResult
    from flowengine.workflow import Workflow

MARKS = {"done": "✓", "stopped": "◐", "failed": "✗", "skipped": "–", "cancelled": "–"}


QUICK_SECONDS = 0.0005
"""What took less is shown without a time."""


def in_file_order(plan: Plan, flow: Workflow) -> list[str]:
    """Return the paths of a plan's nodes in the order in which people wrote them."""
    places = {name: index for index, name in enumerate(flow.document.nodes)}
    return sorted(plan.nodes, key=lambda path: places.get(path.partition("/")[0], len(places)))


def summary_lines(result: Result, flow: Workflow) -> Iterator[str]:
    """Yield the lines on what a run has done."""
    plan = result.plan
    order = [path for path in in_file_order(plan, flow) if path in result.nodes]
    rows = []
    for paths in _grouped(order, result):
        nodes = [result.nodes[path] for path in paths]
        state = nodes[-1].state
        took = sum(node.seconds for node in nodes)
        if all(node.cached for node in nodes):
            when = "kept"
        else:
            when = seconds(took) if took >= QUICK_SECONDS else ""
        what = _what(paths, nodes[-1], plan.nodes[paths[-1]])
        rows.append((MARKS.get(state, " "), _name(paths), when, what))
    yield from columns(rows, wrap=True)
    for path in order:
        yield from (f"  ! {path}: {text}" for text in result.nodes[path].warnings)


def _grouped(order: Sequence[str], result: Result) -> list[list[str]]:
    """Return paths in lines: a chain of nodes that only build a network is one line."""
    groups: list[list[str]] = []
    for path in order:
        if groups and all(_builds(name, result) for name in (groups[-1][-1], path)):
            groups[-1].append(path)
        else:
            groups.append([path])
    return groups


def _builds(path: str, result: Result) -> bool:
    """Return whether a node is done and only adds to the description of a network."""
    node, planned = result.nodes[path], result.plan.nodes[path]
    inputs = {port.type.id for port in planned.signature.inputs.values()}
    outputs = {port.type.id for port in planned.signature.outputs.values()}
    only_networks = outputs == {"network"} and inputs <= {"network"}
    return only_networks and node.state == "done" and not node.warnings and not _is_trained(node)


def _is_trained(node: NodeResult) -> bool:
    return any(item.get("trained") and item.get("parameters") for item in node.outputs.values())


def _name(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} … {paths[-1]}"


def _what(paths: Sequence[str], node: NodeResult, planned: PlannedNode) -> str:
    if node.state == "failed":
        return str(node.error)
    if node.state == "skipped":
        return "skipped, as a node before it failed"
    outputs = planned.signature.outputs
    values = [(port, outputs[port].type.id, item) for port, item in node.outputs.items() if item]
    text = values_text(values) if values else planned.title
    return f"{count(len(paths), 'node')} · {text}" if len(paths) > 1 else text
