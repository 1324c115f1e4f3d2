"""The report of a workflow: states, shapes, columns, costs and faults of every node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flowengine.errors import Problem, WorkflowError
from flowengine.events import NodeState
from flowengine.network import NetworkSpec
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.server.reports.inside import component_reports, inner_reports
from flowengine.server.reports.ports import Counter, port_report
from flowengine.server.reports.states import Standing, standings
from flowengine.server.site import Site, Study
from flowengine.server.wire import Fault, NetworkTotal, NodeReport, Report, SourceRef
from flowengine.store import Store

KEY_LETTERS = 16
"""Of a key so many tell one version of a value from another."""


def report_on(site: Site, name: str, study: Study | None = None) -> Report:
    """Return the report of a workflow.

    Args:
        site: The workspace.
        name: The workflow's path in it.
        study: Its plan, if it is not the one of the file.

    Raises:
        FlowEngineError: It is not there.
    """
    try:
        plan = (study or site.study(name, fresh=True)).plan
    except WorkflowError as error:
        return Report(nodes={}, components={}, faults=faults_of(error.problems), total=None)
    faults = faults_of(plan.problems, plan.targets)
    faulty = {fault.node for fault in faults if fault.severity == "error"}
    found = standings(plan, site.place(name), site.store, site.book)
    found |= {path: Standing("not configured") for path in faulty & plan.nodes.keys()}
    counter = Counter()
    nodes = {
        path: _node(planned, found[path], site.store, counter)
        for path, planned in plan.nodes.items()
    }
    nodes |= _left_out(plan)
    nodes |= inner_reports(plan, nodes)
    return Report(
        nodes=nodes,
        components=component_reports(plan, nodes),
        faults=faults,
        total=_total(plan, counter),
    )


def faults_of(
    problems: Iterable[Problem], targets: Mapping[str, str] | None = None
) -> tuple[Fault, ...]:
    """Return problems with the node and setting that each belongs to.

    Args:
        problems: The problems.
        targets: Path of the node that each connection feeds, by its JSON pointer.
    """
    faults = []
    for problem in problems:
        node, setting = _owner(problem.pointer)
        faults.append(
            Fault(
                pointer=problem.pointer,
                message=problem.message,
                severity=problem.severity,
                node=(targets or {}).get(problem.pointer, node),
                setting=setting,
            )
        )
    return tuple(faults)


def _owner(pointer: str) -> tuple[str, str]:
    """Return node path and setting of a JSON pointer."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    path: list[str] = []
    while len(parts) >= 2 and parts[0] == "nodes":
        path.append(parts[1])
        parts = parts[2:]
    setting = parts[1] if len(parts) > 1 and parts[0] == "settings" else ""
    return "/".join(path), setting


def _node(planned: PlannedNode, standing: Standing, store: Store, counter: Counter) -> NodeReport:
    record = standing.record
    parameters, flops = _cost(planned, counter)
    told = [standing.warning, *planned.warnings, *(record.warnings if record else ())]
    return NodeReport(
        path=planned.path,
        pointer=planned.pointer,
        type=planned.type,
        title=planned.title,
        essence=planned.essence,
        state=standing.state,
        key=(planned.key or "")[:KEY_LETTERS],
        inputs=_inputs(planned),
        outputs={
            name: port_report(name, port.type, planned.specs.get(name), record, store, counter)
            for name, port in planned.signature.outputs.items()
        },
        parameters=parameters,
        flops=flops,
        seconds=record.seconds if record else None,
        warnings=tuple(dict.fromkeys(filter(None, told))),
        error=standing.error,
        details=standing.details,
    )


def _inputs(planned: PlannedNode) -> dict[str, tuple[SourceRef, ...]]:
    found = {}
    items: Mapping[str, Any] = {**planned.inputs, **planned.setting_sources}
    for port, item in items.items():
        sources = item if isinstance(item, list) else [item] if item else []
        found[port] = tuple(SourceRef(node=at.path, port=at.port) for at in sources)
    return found


def _cost(planned: PlannedNode, counter: Counter) -> tuple[int | None, int | None]:
    """Return parameters and operations of the layer that a node adds."""
    for spec in planned.specs.values():
        if isinstance(spec, NetworkSpec) and planned.path in spec.layers:
            return counter.layer(spec, planned.path)
    return None, None


def _left_out(plan: Plan) -> dict[str, NodeReport]:
    """Return reports of the nodes that stand in a circle, which no plan has."""
    state: NodeState = "not configured"
    return {
        path: NodeReport(
            path=path,
            pointer=vertex.pointer,
            type=vertex.entry.type,
            title=vertex.entry.type,
            essence="",
            state=state,
            inputs={},
            outputs={},
        )
        for path, vertex in plan.expansion.vertices.items()
        if path not in plan.nodes
    }


def _total(plan: Plan, counter: Counter) -> NetworkTotal | None:
    """Return the largest network of a workflow."""
    largest: NetworkTotal | None = None
    for planned in plan.nodes.values():
        for spec in planned.specs.values():
            if not isinstance(spec, NetworkSpec) or not spec.layers:
                continue
            parameters, flops = counter.network(spec)
            if largest is None or (parameters, len(spec.layers)) > (
                largest.parameters,
                largest.layers,
            ):
                largest = NetworkTotal(layers=len(spec.layers), parameters=parameters, flops=flops)
    return largest
