"""The plan of a run: types resolved, settings validated, specs configured, keys computed.

One pass in topological order; all problems are collected, and what cannot be configured does not
stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
from pydantic import ValidationError

from flowengine.configure import DataMissing, PlanContext, configure_node
from flowengine.errors import ConfigureError, Problem, UnknownTypeError, listing, suggest
from flowengine.expand import INPUT, Expander, Expansion, Source, Vertex
from flowengine.keys import Keys
from flowengine.node import Node
from flowengine.paths import find_workspace
from flowengine.plan import NO_PORTS, Plan, PlannedNode, gather, validated
from flowengine.ports import BUILTIN
from flowengine.registry import Registry
from flowengine.signature import OutputPort, signature_of
from flowengine.wiring import Wiring
from flowengine.wording import pointer_to, problems_of
from flowengine.workflow import Workflow


class Planner:
    """Turns a workflow into a plan.

    Args:
        registry: Where node types come from.
        workspace: Folder that no path leaves; ``None``: found from the workflow's file.
        settings: Setting by ``node.setting``, in place of the written one.
        variables: Variable by name, in place of the written one.
        inputs: Value by ``flow.input`` id.
        digest: Gives the digest of a file; without it keys are not computed.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        workspace: Path | None = None,
        settings: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        digest: Callable[[Path], str] | None = None,
    ) -> None:
        self.registry = registry
        self.workspace = workspace
        self.settings = settings or {}
        self.variables = variables or {}
        self.values = inputs or {}
        self.digest = digest
        self.problems: list[Problem] = []

    def plan(self, flow: Workflow) -> Plan:
        """Return the plan of a workflow; never raises for what is wrong in it."""
        base = flow.path.resolve().parent if flow.path else (self.workspace or Path.cwd())
        workspace = self.workspace or (find_workspace(flow.path) if flow.path else base)
        self.problems = [*flow.problems]
        expansion = self._expand(flow, base, workspace)
        nodes = {path: self._resolve(item) for path, item in expansion.vertices.items()}
        self.problems += Wiring(expansion, nodes).connect()
        order = self._order(nodes)
        keys = Keys(flow.document.seed, workspace, self.digest)
        for path in order:
            self._configure(nodes[path], nodes, workspace)
            keys.add(nodes[path], nodes, self.values)
        keys.save()
        top = expansion.components.get("")
        return Plan(
            name=flow.name,
            nodes={path: nodes[path] for path in order},
            problems=tuple(self.problems),
            outputs=self._outputs(expansion),
            inputs=tuple(top.inputs) if top else (),
            components={
                path: {name: expansion.origin(Source(path, name)) for name in interface.outputs}
                for path, interface in expansion.components.items()
                if path
            },
            workspace=workspace,
            registry=self.registry,
        )

    def _expand(self, flow: Workflow, base: Path, workspace: Path) -> Expansion:
        overrides: dict[str, dict[str, Any]] = {}
        for name, value in self.settings.items():
            path, _, setting = name.partition(".")
            if not setting:
                self._error("", f'"{name}" names no setting; expected node.setting')
            overrides.setdefault(path, {})[setting] = value
        known = flow.document.variables
        for name in self.variables.keys() - known.keys():
            hint = suggest(name, known)
            self._error("/variables", f'the workflow has no variable "{name}".{hint}')
        expander = Expander(workspace, overrides)
        expander.result.broken |= {item.rpartition("/")[2] for item in flow.left_out}
        expansion = expander.expand(flow.document, base, {**known, **self.variables})
        self.problems += expansion.problems
        return expansion

    def _resolve(self, vertex: Vertex) -> PlannedNode:
        """Find the class of a node and bring its settings up to date."""
        entry = vertex.entry
        planned = PlannedNode(vertex.path, vertex.pointer, entry, vertex.settings, vertex.base)
        if entry.type == INPUT:
            return self._input(planned)
        try:
            cls = self.registry.load(self.registry.current_name(entry.type))
        except UnknownTypeError as error:
            self._error(f"{vertex.pointer}/type", str(error))
            return planned
        planned.cls, planned.signature = cls, signature_of(cls)
        version = cls.__node__.version
        if entry.version > version:
            self._error(
                f"{vertex.pointer}/version",
                f'"{entry.type}" was saved by version {entry.version}; version {version} is '
                f"installed. Update its pack",
            )
        elif entry.version < version:
            planned.settings_given = cls.upgrade(dict(vertex.settings), entry.version)
        return planned

    def _input(self, planned: PlannedNode) -> PlannedNode:
        kind = planned.settings_given.get("port_type", "table")
        port = next((item for item in BUILTIN if item.id == kind), None)
        if port is None:
            known = listing(item.id for item in BUILTIN)
            self._error(
                f"{planned.pointer}/settings/port_type",
                f'"{kind}" is no port type; expected one of {known}',
            )
            return planned
        planned.signature = replace(NO_PORTS, outputs={"out": OutputPort("out", port)})
        name, value = planned.path, self.values.get(planned.path)
        planned.state = "waiting"
        planned.specs = {"out": None}
        if value is not None and not port.accepts(type(value)):
            self._error(planned.pointer, f'the input "{name}" needs a {kind}, got {type(value)}')
        elif value is not None:
            planned.specs, planned.state = {"out": port.spec_of(value)}, "ready"
        return planned

    def _order(self, nodes: dict[str, PlannedNode]) -> list[str]:
        graph = nx.DiGraph()
        graph.add_nodes_from(nodes)
        for path, planned in nodes.items():
            graph.add_edges_from((source.path, path) for source in planned.sources())
        if nx.is_directed_acyclic_graph(graph):
            return list(nx.topological_sort(graph))
        for group in list(nx.strongly_connected_components(graph)):
            if len(group) > 1:
                cycle = [source for source, *_ in nx.find_cycle(graph.subgraph(group))]
                way = " → ".join([*cycle, cycle[0]])
                self._error(nodes[cycle[0]].pointer, f"these nodes form a cycle: {way}")
                graph.remove_nodes_from(list(group))
        return list(nx.topological_sort(graph))

    def _configure(
        self, planned: PlannedNode, nodes: dict[str, PlannedNode], workspace: Path
    ) -> None:
        if planned.cls is None:
            return
        planned.specs = dict.fromkeys(planned.signature.outputs)
        if not planned.setting_sources:
            planned.node = self._settings(planned)
            if planned.node is None:
                return
        upstream = [nodes[source.path] for source in planned.sources() if source.path in nodes]
        missing = any(source.path not in nodes for source in planned.sources())
        unfed = any(
            not port.optional and port.id not in planned.inputs
            for port in planned.signature.inputs.values()
        )
        if missing or unfed or any(item.state == "not configured" for item in upstream):
            return
        specs = gather(planned, nodes)
        if planned.node is None or specs is None:
            planned.state = "waiting"
            return
        context = PlanContext(planned.path, planned.base, workspace)
        try:
            planned.specs = configure_node(planned.node, specs, context)
            planned.state = "ready"
        except ConfigureError as error:
            place = f"/settings{pointer_to(error.setting)}" if error.setting else ""
            self._error(planned.pointer + place, error.message)
        except DataMissing as error:
            planned.state = "waiting"
            planned.missing = "" if error.can_fetch else str(error)
            place = f"/settings{pointer_to(error.setting)}" if error.setting else ""
            self.problems.append(Problem(planned.pointer + place, str(error), "warning"))
        planned.warnings = context.warnings

    def _settings(self, planned: PlannedNode) -> Node | None:
        try:
            return validated(planned, {})
        except ValidationError as error:
            assert planned.cls is not None  # noqa: S101  # for mypy: the caller has looked
            fields = planned.cls.model_fields
            self.problems += problems_of(
                error,
                f"{planned.pointer}/settings",
                planned.settings_given,
                known=lambda place: fields if len(place) == 1 else (),
                noun="setting",
            )
            return None

    def _outputs(self, expansion: Expansion) -> dict[str, Source]:
        top = expansion.components.get("")
        found = {}
        for name in top.outputs if top else ():
            link = next(iter(expansion.incoming.get(name, ())), None)
            source = expansion.origin(link.source) if link else None
            if source is not None:
                found[name] = source
        return found

    def _error(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message.strip()))
