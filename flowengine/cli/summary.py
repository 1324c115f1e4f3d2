"""The table at the end of a run: a line for each node, what failed, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowengine.cli.facts import value_text
from flowengine.cli.output import columns, count, seconds

if TYPE_CHECKING:
    from flowengine.api import NodeResult, Result
    from flowengine.plan import Plan

MARKS = {"done": "✓", "stopped": "◐", "failed": "✗", "skipped": "–", "cancelled": "–"}


def summary_lines(result: Result, plan: Plan) -> Iterator[str]:
    """Yield the lines on what a run has done."""
    rows = []
    for paths in _grouped(result, plan):
        nodes = [result.nodes[path] for path in paths]
        state = nodes[-1].state
        took = sum(node.seconds for node in nodes)
        cached = all(node.cached for node in nodes)
        when = "kept" if cached else seconds(took) if state in ("done", "stopped", "failed") else ""
        rows.append((MARKS.get(state, " "), _name(paths), when, _what(paths, nodes[-1], plan)))
    yield from columns(rows)
    for path, node in result.nodes.items():
        yield from (f"  ! {path}: {text}" for text in node.warnings)


def failures(result: Result, plan: Plan) -> Iterator[str]:
    """Yield a sentence for each node that failed."""
    for path, node in result.nodes.items():
        if node.state == "failed":
            title = plan.nodes[path].title if path in plan.nodes else ""
            yield f'node "{path}" ({title}): {node.error}'


def _grouped(result: Result, plan: Plan) -> list[list[str]]:
    """Return paths in lines: a chain of nodes that only build a network is one line."""
    groups: list[list[str]] = []
    for path in result.nodes:
        if groups and _builds(path, result, plan) and _builds(groups[-1][-1], result, plan):
            groups[-1].append(path)
        else:
            groups.append([path])
    return groups


def _builds(path: str, result: Result, plan: Plan) -> bool:
    """Return whether a node is done and only adds to the description of a network."""
    node = plan.nodes.get(path)
    if node is None or result.nodes[path].state != "done" or result.nodes[path].warnings:
        return False
    kinds = {port.type.id for port in node.signature.outputs.values()}
    inputs = {port.type.id for port in node.signature.inputs.values()}
    specs = node.specs.values()
    return (
        kinds == {"network"}
        and inputs <= {"network"}
        and not _is_trained(result.nodes[path].outputs)
        and all(spec is not None for spec in specs)
    )


def _is_trained(outputs: Mapping[str, Any]) -> bool:
    return any(summary.get("trained") and summary.get("parameters") for summary in outputs.values())


def _name(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} … {paths[-1]}"


def _what(paths: Sequence[str], node: NodeResult, plan: Plan) -> str:
    if node.state == "failed":
        return str(node.error)
    if node.state == "skipped":
        return "skipped, as a node before it failed"
    planned = plan.nodes.get(paths[-1])
    texts = []
    for port, summary in node.outputs.items():
        kind = planned.signature.outputs[port].type.id if planned else ""
        texts.append(value_text(kind, summary))
    if len(paths) > 1:
        texts.insert(0, count(len(paths), "node"))
    # The pair most confused reads as an addition to what the other tables say.
    texts.sort(key=lambda text: text.startswith("most confused"))
    return " · ".join(dict.fromkeys(filter(None, texts))) or (planned.title if planned else "")
