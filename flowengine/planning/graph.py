"""The plan of a run: types resolved, settings validated, specs configured, keys computed.

One pass in topological order; all problems are collected, and what cannot be configured does not
stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowengine.document import NewEntry, NodeEntry
from flowengine.errors import (
    ConfigureError,
    PathError,
    Problem,
    UnknownTypeError,
    listing,
    suggest,
)
from flowengine.node import Node
from flowengine.paths import find_workspace
from flowengine.pause import paused_collection
from flowengine.planning.configure import DataMissing, PlanContext, configure_node, files_written
from flowengine.planning.expand import Expander
from flowengine.planning.expansion import INPUT, OUT, VALUE, Expansion, Source, Vertex
from flowengine.planning.keys import Keys
from flowengine.planning.plan import NO_PORTS, Plan, PlannedNode, gather, read_settings
from flowengine.planning.variables import merged
from flowengine.planning.wiring import Wiring, input_type
from flowengine.registry import Registry
from flowengine.signature import OutputPort, signature_of
from flowengine.wording import blame, kind_of_value, pointer_to, setting_problems
from flowengine.workflow import Workflow, plain


class Planner:
    """Turns a workflow into a plan.

    Args:
        registry: Where node types come from.
        workspace: Folder that no path leaves; ``None``: found from the workflow's file.
        settings: Setting by ``node.setting``, in place of the written one.
        variables: Variable by name, in place of the written one.
        inputs: Value by ``flow.input`` id; ``None``: not known yet, so none is missing.
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
        self.values = inputs
        self.digest = digest
        self.problems: list[Problem] = []
        self._file: Path | None = None
        self._writers: dict[Path, str] = {}
        self._seed = 0

    def plan(self, flow: Workflow) -> Plan:
        """Return the plan of a workflow; never raises for what is wrong in it."""
        with paused_collection():
            return self._plan(flow)

    def _plan(self, flow: Workflow) -> Plan:
        base = flow.path.resolve().parent if flow.path else (self.workspace or Path.cwd())
        workspace = self.workspace or (find_workspace(flow.path) if flow.path else base)
        self.problems = [*flow.problems]
        self._file = flow.path.resolve() if flow.path else None
        self._seed = flow.document.seed
        expansion = self._expand(flow, base, workspace)
        nodes = {
            path: self._resolve(vertex)
            for path, vertex in expansion.vertices.items()
            if path not in expansion.absent
        }
        self.problems += Wiring(expansion, nodes).connect()
        order = self._order(nodes)
        keys = Keys(workspace, self.digest)
        for path in order:
            self._configure(nodes[path], nodes, workspace)
            try:
                keys.add(nodes[path], nodes, self.values or {})
            except ConfigureError as error:
                self._fault(nodes[path], error)
        keys.save()
        return Plan(
            name=flow.name,
            nodes={path: nodes[path] for path in order},
            problems=tuple(self.problems),
            outputs=self._outputs(expansion),
            inputs=tuple(expansion.components[""].inputs),
            components={
                path: {name: expansion.maker(Source(path, name)) for name in interface.outputs}
                for path, interface in expansion.components.items()
                if path
            },
            targets={link.pointer: link.target for link in expansion.links},
            unplanned=frozenset(expansion.broken | nodes.keys() - set(order)),
            workspace=workspace,
            registry=self.registry,
            expansion=expansion,
        )

    def _expand(self, flow: Workflow, base: Path, workspace: Path) -> Expansion:
        overrides: dict[str, dict[str, Any]] = {}
        for name, value in self.settings.items():
            path, _, setting = name.partition(".")
            if not (path and setting):
                self._error("", f'"{name}" names no setting; expected "node.setting"')
                continue
            overrides.setdefault(path, {})[setting] = plain(value, f'the setting "{name}"')
        known = flow.document.variables
        for name in sorted(self.variables.keys() - known.keys()):
            has = f" It has {listing(known)}" if known else " It has none"
            self._error(
                "/variables",
                f'the workflow has no variable "{name}".{suggest(name, known)}{has}',
            )
        given = {name: plain(item, f'variable "{name}"') for name, item in self.variables.items()}
        expander = Expander(workspace, overrides, flow.left_out)
        expansion = expander.expand(flow.document, base, {**known, **given}, self._file)
        if self.values is not None:
            inputs = expansion.components[""].inputs
            expansion.absent |= {
                name
                for name, vertex in inputs.items()
                if vertex.is_optional and name not in self.values
            }
        self.problems += expansion.problems
        self._check_flow_nodes(expansion)
        return expansion

    def _check_flow_nodes(self, expansion: Expansion) -> None:
        """Check the settings of components, inputs and outputs, which have no life in a run."""
        found = [*expansion.sinks.values()]
        for interface in expansion.components.values():
            found += [*([interface.vertex] if interface.vertex else []), *interface.inputs.values()]
        for vertex in found:
            try:
                cls = self.registry.load(vertex.entry.type)
            except UnknownTypeError:
                continue  # a registry of few packs, as in tests of plugins
            self._check_version(vertex.entry, cls, vertex.pointer)
            settings = merged(vertex.settings, vertex.changes)
            self._read(cls, settings, vertex.pointer, self.problems)

    def _resolve(self, vertex: Vertex) -> PlannedNode:
        """Find the class of a node and bring its settings up to date."""
        entry = vertex.entry
        planned = PlannedNode(
            vertex.path,
            vertex.pointer,
            entry,
            vertex.settings,
            vertex.base,
            vertex.changes,
            root_seed=self._seed,
        )
        if entry.type == INPUT:
            return self._input(planned, vertex)
        try:
            cls = self.registry.load(self.registry.current_name(entry.type))
        except UnknownTypeError as error:
            self._error(f"{vertex.pointer}/type", str(error))
            return planned
        planned.cls, planned.signature = cls, signature_of(cls)
        settings = vertex.settings
        if not self._check_version(entry, cls, vertex.pointer):
            planned.is_readable = False
        elif entry.version < cls.__node__.version and not isinstance(entry, NewEntry):
            try:
                settings = cls.upgrade(dict(settings), entry.version)
            except (Exception, SystemExit) as error:  # an author's own fault: keep the rest going
                self._error(f"{vertex.pointer}/settings", f"upgrade failed: {blame(error, cls)}")
                planned.is_readable = False
        planned.settings_given = merged(settings, vertex.changes, cls)
        return planned

    def _check_version(self, entry: NodeEntry, cls: type[Node], pointer: str) -> bool:
        """Return whether an entry can be read: not saved by a newer version of its type."""
        if entry.version <= cls.__node__.version:
            return True
        self._error(
            f"{pointer}/version",
            f'"{entry.type}" was saved by its version {entry.version}, but version '
            f"{cls.__node__.version} is installed here; update its pack",
        )
        return False

    def _input(self, planned: PlannedNode, vertex: Vertex) -> PlannedNode:
        port = input_type(vertex)
        if port is None:
            return planned
        planned.signature = replace(NO_PORTS, outputs={OUT: OutputPort(OUT, port)})
        planned.state = "waiting"
        planned.specs = {OUT: None}
        values = self.values or {}
        if planned.path not in values:
            return planned
        value = values[planned.path]
        if not port.accepts(type(value)):
            kind = "None" if value is None else kind_of_value(value)
            remedy = ""
            if port.id == "table":
                remedy = "; pl.DataFrame(…) makes a table of columns, pl.from_pandas(…) of pandas'"
            text = f'the input "{planned.path}" of the workflow takes a {port.id}, got {kind}'
            self._error(planned.pointer, text + remedy)
            planned.state = "not configured"
        elif fault := port.fault(value):
            text = f'the input "{planned.path}" of the workflow cannot be kept: {fault}'
            self._error(planned.pointer, text)
            planned.state = "not configured"
        else:
            planned.specs, planned.state = {OUT: port.spec_of(value)}, "ready"
        return planned

    def _order(self, nodes: dict[str, PlannedNode]) -> list[str]:
        """Return the nodes in topological order, without those that stand in a circle."""
        waiting: dict[str, int] = {}
        followers: dict[str, list[str]] = {path: [] for path in nodes}
        order = []
        for path, planned in nodes.items():
            waiting[path] = len(planned.sources)
            for source in planned.sources:
                followers[source.path].append(path)
            if not planned.sources:
                order.append(path)
        for path in order:  # which grows
            for follower in followers[path]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    order.append(follower)
        return order if len(order) == len(nodes) else self._order_without_circles(nodes)

    def _order_without_circles(self, nodes: dict[str, PlannedNode]) -> list[str]:
        """Report every circle and return the order of the other nodes."""
        # Imported where there is something to find: it takes longer than planning a workflow.
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(nodes)
        for path, planned in nodes.items():
            graph.add_edges_from((source.path, path) for source in planned.sources)
        place = {path: number for number, path in enumerate(nodes)}
        groups = [group for group in nx.strongly_connected_components(graph) if len(group) > 1]
        for group in sorted(groups, key=lambda group: min(map(place.__getitem__, group))):
            cycle = [source for source, _ in nx.find_cycle(graph.subgraph(group))]
            first = min(range(len(cycle)), key=lambda number: place[cycle[number]])
            cycle = cycle[first:] + cycle[:first]
            way = " → ".join([*cycle, cycle[0]])
            self._error(nodes[cycle[0]].pointer, f"these nodes feed each other in a circle: {way}")
            graph.remove_nodes_from(group)
        return list(nx.topological_sort(graph))

    def _configure(
        self, planned: PlannedNode, nodes: dict[str, PlannedNode], workspace: Path
    ) -> None:
        if planned.cls is None:
            return
        planned.specs = dict.fromkeys(planned.signature.outputs)
        if not planned.is_readable or not self._validate(planned):
            return
        for port in planned.signature.inputs.values():
            if not port.optional and port.id not in planned.inputs:
                return
        for source in planned.sources:
            if source.path not in nodes or nodes[source.path].state == "not configured":
                return
        specs = gather(planned, nodes)
        context = PlanContext(planned.path, planned.base, workspace, self.registry.load_layer)
        try:
            if planned.node is not None:
                self._check_written(planned.node, context)
            if planned.node is None or specs is None:
                planned.state = "waiting"
                return
            planned.specs = configure_node(planned.node, specs, context)
            planned.state = "ready"
        except ConfigureError as error:
            self._fault(planned, error)
        except DataMissing as error:
            planned.state = "waiting"
            planned.missing = "" if error.can_fetch else str(error)
            place = f"{planned.pointer}/settings{pointer_to(error.setting)}"
            self.problems.append(Problem(place, str(error), "warning"))
        planned.warnings = context.warnings

    def _check_written(self, node: Node, context: PlanContext) -> None:
        """Refuse a node that would write over its own workflow, or over what another one writes."""
        for name, value in files_written(node):
            try:
                path = context.path(value, write=True)
            except PathError as error:
                raise ConfigureError(str(error), setting=name) from None
            if path == self._file:
                text = f'"{value}" is the workflow itself; writing to it would destroy it'
                raise ConfigureError(text, setting=name)
            other = self._writers.setdefault(path, context.node)
            if other != context.node:
                text = f'"{value}" is written by "{other}" too; give each a file of its own'
                raise ConfigureError(text, setting=name)

    def _validate(self, planned: PlannedNode) -> bool:
        """Read a node's settings and return whether they are right.

        While some of them come from connections, only the others are checked.
        """
        assert planned.cls is not None  # noqa: S101  # for mypy: the caller has looked
        connected, known = planned.setting_sources, planned.settings_given
        if connected:
            known = {name: value for name, value in known.items() if name not in connected}
        problems: list[Problem] = []
        node = self._read(planned.cls, known, planned.pointer, problems)
        if not (connected or problems):
            planned.node = node
            return True
        open_places = {f"{planned.pointer}/settings{pointer_to(name)}" for name in connected}
        # a variable that does not exist has been told at this place
        told = {problem.pointer for problem in self.problems} if problems else set()
        problems = [item for item in problems if item.pointer not in open_places | told]
        self.problems += problems
        if not connected:
            planned.node = node
        return not problems

    def _read(
        self, cls: type[Node], settings: dict[str, Any], pointer: str, problems: list[Problem]
    ) -> Node | None:
        """Return a node with its settings, or ``None`` after noting what is wrong with them."""
        try:
            return read_settings(cls, settings, self.registry)
        except ValidationError as error:
            problems += setting_problems(error, cls, settings, f"{pointer}/settings")
        except Exception as error:  # a validator of the author's own that is faulty
            text = f"the settings cannot be checked: {blame(error, cls)}"
            problems.append(Problem(f"{pointer}/settings", text))
        return None

    def _outputs(self, expansion: Expansion) -> dict[str, Source]:
        found = {}
        for name in expansion.components[""].outputs:
            link = expansion.feeding(name, VALUE)
            source = expansion.maker(link.source) if link else None
            if source is not None:
                found[name] = source
        return found

    def _fault(self, planned: PlannedNode, error: ConfigureError) -> None:
        place = f"/settings{pointer_to(error.setting)}" if error.setting else ""
        self._error(planned.pointer + place, error.message)

    def _error(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))
