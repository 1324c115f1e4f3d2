"""``flowengine validate``: check a workflow, show every shape; needs no data and no torch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flowengine.cli.aside import Aside
from flowengine.cli.facts import spec_text
from flowengine.cli.options import (
    add_workflow_options,
    node_folders,
    read_assignments,
    workspace_folder,
)
from flowengine.cli.output import columns, count, print_json, print_lines, shorten
from flowengine.cli.summary import in_file_order
from flowengine.errors import Problem

if TYPE_CHECKING:
    from flowengine.planning.plan import Plan, PlannedNode
    from flowengine.workflow import Workflow

OUTPUT_CELLS = 56
"""Room for what a node gives; a longer text is cut, ``--json`` has it whole."""

NAME = "validate"
HELP = "check a workflow file; show columns, shapes and parameters at every node"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_workflow_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flowengine.planning.validate import validate
    from flowengine.workflow import Workflow

    flow = Workflow.load(arguments.file)
    with Aside(wanted=arguments.json):
        plan = validate(
            flow,
            settings=read_assignments(arguments.set, "--set", dotted=True),
            variables=read_assignments(arguments.var, "--var", dotted=False),
            nodes=node_folders(arguments),
            workspace=workspace_folder(arguments),
        )
    if arguments.json:
        print_json(_as_json(plan))
    else:
        print_lines(_report(plan, flow, str(arguments.file)))
    return 2 if plan.errors else 0


def _report(plan: Plan, flow: Workflow, file: str) -> Iterator[str]:
    yield f"{plan.name}  {file}"
    yield from columns([_line(plan.nodes[path]) for path in in_file_order(plan, flow)])
    if total := _total(plan):
        yield f"  {total}"
    warned = [
        Problem(node.pointer, text, "warning")
        for node in plan.nodes.values()
        for text in node.warnings
    ]
    warnings = [*(item for item in plan.problems if item.severity == "warning"), *warned]
    yield from _listed(warnings, "warning")
    yield from _listed(plan.errors, "error")
    if not plan.errors:
        yield "The workflow is in order." if not warnings else "The workflow can run."


def _listed(problems: Sequence[Problem], noun: str) -> Iterator[str]:
    if problems:
        yield count(len(problems), noun)
        yield from (f"  {problem}" for problem in problems)


def _line(node: PlannedNode) -> tuple[str, str, str, str]:
    parameters = _parameters(node)
    known = count(parameters, "parameter") if parameters else ""
    more = " · ".join(filter(None, (known, node.essence)))
    return (node.path, node.title, shorten(_outputs(node), OUTPUT_CELLS), more)


def _outputs(node: PlannedNode) -> str:
    if node.state == "not configured":
        return "not configured"
    texts = {
        port.id: spec_text(port.type.id, _described(node, port.id))
        for port in node.signature.outputs.values()
    }
    different = dict.fromkeys(texts.values())
    if len(different) == 1:
        return next(iter(different))
    return " | ".join(f"{name}: {text}" for name, text in texts.items())


def _described(node: PlannedNode, port: str) -> Any:
    spec = node.specs.get(port)
    return None if spec is None else node.signature.outputs[port].type.describe(spec)


def _parameters(node: PlannedNode) -> int | None:
    """Return the parameters of the layer that a node adds; ``None`` where it adds none."""
    for spec in node.specs.values():
        if hasattr(spec, "layers") and node.path in spec.layers:
            return int(spec.parameters_of(node.path))
    return None


def _total(plan: Plan) -> str:
    networks = [
        spec
        for node in plan.nodes.values()
        for spec in node.specs.values()
        if hasattr(spec, "layers")
    ]
    if not networks:
        return ""
    largest = max(networks, key=lambda spec: (spec.parameters, len(spec.layers)))
    return (
        f"network of {count(len(largest.layers), 'layer')}: "
        f"{count(largest.parameters, 'parameter')}, {count(largest.flops)} operations a row"
    )


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "status": "wrong" if plan.errors else "ok",
        "name": plan.name,
        "problems": [
            {"pointer": item.pointer, "message": item.message, "severity": item.severity}
            for item in plan.problems
        ],
        "nodes": {
            path: {
                "type": node.type,
                "title": node.title,
                "state": node.state,
                "warnings": list(node.warnings),
                "parameters": _parameters(node),
                "outputs": {port: _described(node, port) for port in node.signature.outputs},
            }
            for path, node in plan.nodes.items()
        },
    }
