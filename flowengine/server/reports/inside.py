"""Reports of what has no life of its own in a run: components, and the ports inside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flowengine.events import NodeState
from flowengine.info import PortInfo
from flowengine.planning.expansion import INPUT, OUT, OUTPUT, VALUE, Source, Vertex
from flowengine.planning.plan import Plan
from flowengine.planning.wiring import input_type
from flowengine.server.wire import ComponentReport, NodeReport, PortReport, SourceRef

ORDER: tuple[NodeState, ...] = (
    "not configured",
    "failed",
    "running",
    "queued",
    "stopped",
    "changed",
    "waiting",
    "ready",
    "done",
)
"""A component is in the first of these states that one of its nodes is in."""


def component_reports(plan: Plan, nodes: Mapping[str, NodeReport]) -> dict[str, ComponentReport]:
    """Return what is known of each component."""
    states: dict[str, set[NodeState]] = {path: set() for path in plan.components}
    for path, node in nodes.items():
        if node.type in (INPUT, OUTPUT):
            continue
        while path := path.rpartition("/")[0]:
            if path in states:
                states[path].add(node.state)
    reports = {}
    for path, outputs in plan.components.items():
        inputs = plan.expansion.components[path].inputs
        reports[path] = ComponentReport(
            path=path,
            state=together(states[path]),
            inputs=tuple(
                PortInfo(id=name, type=_type_of(vertex), optional=vertex.is_optional)
                for name, vertex in inputs.items()
            ),
            outputs=tuple(
                PortInfo(id=name, type=_made(nodes, source)) for name, source in outputs.items()
            ),
            sources={name: _ref(source) for name, source in outputs.items()},
        )
    return reports


def inner_reports(plan: Plan, nodes: Mapping[str, NodeReport]) -> dict[str, NodeReport]:
    """Return reports of inputs and outputs, which pass on what others make."""
    reports = {}
    for path, component in plan.expansion.passages.items():
        vertex = plan.expansion.components[component].inputs[path.rpartition("/")[2]]
        source = plan.expansion.maker(Source(path, OUT))
        made = _port(nodes, source)
        outputs = {OUT: made or PortReport(type=_type_of(vertex))}
        maker = nodes.get(source.path) if source else None
        reports[path] = _report(vertex, "Input", outputs, key=maker.key if maker else "")
    for path, vertex in plan.expansion.sinks.items():
        link = plan.expansion.feeding(path, VALUE)
        source = plan.expansion.maker(link.source) if link else None
        ref = _ref(source)
        reports[path] = _report(vertex, "Output", {}, {VALUE: (ref,)} if ref else {})
    return reports


def together(states: Collection[NodeState]) -> NodeState:
    """Return the state of a component whose nodes are in these."""
    return next((state for state in ORDER if state in states), "not configured")


def _report(
    vertex: Vertex,
    title: str,
    outputs: dict[str, PortReport],
    inputs: dict[str, tuple[SourceRef, ...]] | None = None,
    key: str = "",
) -> NodeReport:
    return NodeReport(
        path=vertex.path,
        pointer=vertex.pointer,
        type=vertex.entry.type,
        title=title,
        essence="",
        state="ready",
        key=key,
        inputs=inputs or {},
        outputs=outputs,
    )


def _type_of(vertex: Vertex) -> str:
    kind = input_type(vertex)
    return kind.id if kind else ""


def _port(nodes: Mapping[str, NodeReport], source: Source | None) -> PortReport | None:
    if source is None or source.path not in nodes:
        return None
    return nodes[source.path].outputs.get(source.port)


def _made(nodes: Mapping[str, NodeReport], source: Source | None) -> str:
    made = _port(nodes, source)
    return made.type if made else ""


def _ref(source: Source | None) -> SourceRef | None:
    return SourceRef(node=source.path, port=source.port) if source else None
