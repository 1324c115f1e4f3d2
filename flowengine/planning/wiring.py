"""Connections of a plan: each one checked where it stands, every fault with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowengine.errors import Problem, listing, suggest
from flowengine.planning.expansion import INPUT, OUT, VALUE, Circle, Expansion, Link, Source, Vertex
from flowengine.planning.plan import PlannedNode
from flowengine.ports import BUILTIN, PortType
from flowengine.signature import InputPort

_PORT_TYPES = {port.id: port for port in BUILTIN}


def input_type(vertex: Vertex) -> PortType | None:
    """Return the port type of a ``flow.input``, ``None`` where it names none."""
    name = vertex.settings.get("port_type", "table")
    return _PORT_TYPES.get(name) if isinstance(name, str) else None


class Wiring:
    """Feeds every node's inputs and connected settings.

    Args:
        expansion: The flat workflow.
        nodes: Its nodes with their classes.
    """

    def __init__(self, expansion: Expansion, nodes: Mapping[str, PlannedNode]) -> None:
        self.expansion = expansion
        self.nodes = nodes
        self.problems: list[Problem] = []
        self._fed: set[tuple[str, str]] = set()
        self._open: dict[tuple[str, str], str] = {}
        self._many: dict[tuple[str, str], dict[int, Source]] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._has_circle = False

    def connect(self) -> list[Problem]:
        """Feed all nodes and return what is wrong with the connections."""
        # what comes into a component is checked before it is handed on inside
        for link in sorted(self.expansion.links, key=lambda link: link.target in self.nodes):
            self._link(link)
        for (path, port), items in self._many.items():
            self.nodes[path].inputs[port] = [items[index] for index in sorted(items)]
        for planned in self.nodes.values():
            for taken in planned.signature.inputs.values():
                self._check_fed(planned, taken)
        for component in self.expansion.components.values():
            self._check_component_fed(component.vertex, component.inputs)
        for path, sink in self.expansion.sinks.items():
            if (path, VALUE) not in self._fed:
                self._error(sink.pointer, f'nothing is connected to the output "{path}"')
        return self.problems

    # One connection

    def _link(self, link: Link) -> None:
        source: Source | None = link.source
        giver = self.nodes.get(link.source.path)
        port = giver.signature.outputs.get(link.source.port) if giver else None
        if port is not None:  # as nearly always: from one node to another
            made: PortType | None = port.type
        else:
            made, source = self._checked_source(link), self._origin(link)
        planned = self.nodes.get(link.target)
        if planned is not None and port is None:
            planned.passed |= self.expansion.places(link.source)
        component = self.expansion.components.get(link.target)
        if link.target in self.expansion.sinks:
            self._feed_sink(link)
        elif link.target in self.expansion.passages or (planned and planned.entry.type == INPUT):
            self._error(link.pointer, f'"{link.target}" is an input: it takes no connection')
        elif component is not None:
            self._feed_component(link, component.inputs, made)
        elif planned is not None and planned.cls is not None:
            self._feed_node(link, planned, source, made)

    def _checked_source(self, link: Link) -> PortType | None:
        """Return what a connection carries; ``None`` where that cannot be known."""
        source, expansion = link.source, self.expansion
        made = self._type_of(source)
        if made is not None:
            return made
        if source.path in expansion.sinks:
            text = f'"{source.path}" is an output: it gives nothing to other nodes here'
            self._error(link.pointer, text)
        elif source.path in expansion.components:
            outputs = expansion.components[source.path].outputs
            if source.port not in outputs:
                self._unknown(link, source.path, "output", source.port, outputs)
        elif source.path in expansion.passages:
            if source.port != OUT:
                self._unknown(link, source.path, "output", source.port, [OUT])
        elif source.path in self.nodes:
            planned = self.nodes[source.path]
            if planned.cls is not None or planned.signature.outputs:
                outputs_of = planned.signature.outputs
                self._unknown(link, source.path, "output", source.port, outputs_of)
        return None

    def _type_of(self, source: Source) -> PortType | None:
        """Return the port type of an output, as it is declared nearest to it."""
        expansion = self.expansion
        seen: set[Source] = set()
        while source.path in expansion.components and source not in seen:
            seen.add(source)
            link = expansion.feeding(f"{source.path}/{source.port}", VALUE)
            if link is None:
                return None
            source = link.source
        if source.path in expansion.passages:
            component = expansion.components[expansion.passages[source.path]]
            vertex = component.inputs[source.path.rpartition("/")[2]]
            return input_type(vertex) if source.port == OUT else None
        planned = self.nodes.get(source.path)
        if planned is None:
            return None
        port = planned.signature.outputs.get(_today(planned, source.port))
        return port.type if port else None

    def _origin(self, link: Link) -> Source | None:
        """Return the node that makes what a connection carries, under its port's name of today."""
        try:
            source = self.expansion.origin(link.source)
        except Circle:
            if not self._has_circle:
                self._has_circle = True
                text = f'"{link.source}" goes round in a circle of components; nobody makes it'
                self._error(link.pointer, text)
            return None
        planned = self.nodes.get(source.path) if source else None
        if source is None or planned is None:
            return None
        source = Source(source.path, _today(planned, source.port))
        return source if source.port in planned.signature.outputs else None

    # Its target

    def _feed_sink(self, link: Link) -> None:
        if link.port != VALUE or link.number is not None:
            self._unknown(link, link.target, "input", _port_text(link), [VALUE])
            self._fed.add((link.target, VALUE))
        else:
            self._is_first(link, VALUE)

    def _feed_component(
        self, link: Link, inputs: Mapping[str, Vertex], made: PortType | None
    ) -> None:
        vertex = inputs.get(link.port)
        if vertex is None or link.number is not None:
            self._unknown(link, link.target, "input", _port_text(link), inputs)
        elif not self._fits(link, link.port, made, input_type(vertex)):
            self.expansion.incoming[link.target, link.port].remove(link)

    def _feed_node(
        self, link: Link, planned: PlannedNode, source: Source | None, made: PortType | None
    ) -> None:
        port = planned.signature.inputs.get(_today(planned, link.port))
        if port is None:
            self._feed_setting(link, planned, source, made)
            return
        if link.number is not None and not port.many:
            text = f'"{link.target}.{port.id}" takes one connection; leave out ".{link.number}"'
            self._error(link.pointer, text)
        elif port.many:
            self._fed.add((link.target, port.id))
            if self._check_type(link, made, port.type) and source is not None:
                self._add(link, port, source)
        elif self._fits(link, port.id, made, port.type) and source is not None:
            planned.inputs[port.id] = source
        if source is None:
            self._leave_open(link, planned, port.id)

    def _add(self, link: Link, port: InputPort, source: Source) -> None:
        place = (link.target, port.id)
        items, next_index = self._many.setdefault(place, {}), self._next.get(place, 0)
        index = link.number if link.number is not None else next_index
        self._next[place] = max(next_index, index + 1)
        if index in items:
            text = f'two connections have the place {index} of "{link.target}.{port.id}"'
            self._error(link.pointer, text)
        else:
            items[index] = source

    def _feed_setting(
        self, link: Link, planned: PlannedNode, source: Source | None, made: PortType | None
    ) -> None:
        assert planned.cls is not None  # noqa: S101  # for mypy: the caller has looked
        inputs, settings = planned.signature.inputs, planned.cls.model_fields
        if link.port not in settings or link.number is not None:
            hint = self._likely(link.port, inputs, settings, made)
            self._unknown(link, link.target, "input", _port_text(link), inputs, hint=hint)
        elif link.port in planned.changes:
            text = f'the setting "{link.port}" comes from a connection; it cannot be set for a run'
            self._error(planned.pointer, text)
        elif self._fits(link, link.port, made, _PORT_TYPES["variable"]):
            if source is not None:
                planned.setting_sources[link.port] = source
            else:
                self._leave_open(link, planned, link.port)

    def _leave_open(self, link: Link, planned: PlannedNode, port: str) -> None:
        """Note what a connection that brings nothing means: an open input, or a fault."""
        given = self.expansion.left_open(link.source)
        if given is None:
            planned.is_cut_off = True
        else:
            self._open[link.target, port] = given

    # What is missing

    def _check_fed(self, planned: PlannedNode, port: InputPort) -> None:
        place = (planned.path, port.id)
        if port.optional or port.id in planned.inputs:
            return
        if place not in self._fed:
            text = f'the input "{port.id}" is not connected; it needs a {port.type.id}'
            self._error(planned.pointer, text)
        elif place in self._open:
            self._error(
                planned.pointer,
                f'the input "{port.id}" needs a {port.type.id}, but "{self._open[place]}" is '
                f"optional and gets none",
            )

    def _check_component_fed(self, vertex: Vertex | None, inputs: Mapping[str, Vertex]) -> None:
        if vertex is None:
            return
        for name, item in inputs.items():
            if (vertex.path, name) not in self._fed and not item.is_optional:
                kind = input_type(item)
                needs = f"; it needs a {kind.id}" if kind else ""
                text = f'the input "{name}" of the component is not connected{needs}'
                self._error(vertex.pointer, text)

    # Words

    def _fits(self, link: Link, port: str, made: PortType | None, taken: PortType | None) -> bool:
        return self._is_first(link, port) and self._check_type(link, made, taken)

    def _is_first(self, link: Link, port: str) -> bool:
        """Return whether a port is fed for the first time; it takes one connection."""
        place = (link.target, port)
        if place in self._fed:
            text = f'"{link.target}.{port}" is fed twice; it takes one connection'
            self._error(link.pointer, text)
            return False
        self._fed.add(place)
        return True

    def _check_type(self, link: Link, made: PortType | None, taken: PortType | None) -> bool:
        if made is None or taken is None or made is taken:
            return True
        self._error(
            link.pointer,
            f'"{link.source}" gives a {made.id}, but "{link.target}.{link.port}" takes a '
            f"{taken.id}",
        )
        return False

    def _unknown(
        self,
        link: Link,
        path: str,
        what: str,
        port: str,
        ports: Iterable[str],
        *,
        hint: str | None = None,
    ) -> None:
        names = list(ports)
        hint = suggest(port, names) if hint is None else hint
        has = f"It has {listing(names)}" if names else f"It has no {what}s"
        self._error(link.pointer, f'"{path}" has no {what} "{port}".{hint} {has}')

    @staticmethod
    def _likely(
        name: str, inputs: Mapping[str, InputPort], settings: Iterable[str], made: PortType | None
    ) -> str:
        """Return what may be meant by an input that is not there: one that takes what is made."""
        if made is None or made is _PORT_TYPES["variable"]:
            return suggest(name, [*inputs, *settings])
        takers = [port.id for port in inputs.values() if port.type is made]
        if hint := suggest(name, takers):
            return hint
        return f" A {made.id} goes to {listing(takers)}." if takers else ""

    def _error(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))


def _today(planned: PlannedNode, port: str) -> str:
    """Return the name that a port, known by an older one, has today."""
    if planned.cls is None or port in planned.signature.inputs or port in planned.signature.outputs:
        return port
    return planned.cls.__node__.was_ports.get(port, port)


def _port_text(link: Link) -> str:
    return link.port if link.number is None else f"{link.port}.{link.number}"
