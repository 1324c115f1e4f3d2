"""Connections of a plan: each one checked, every fault with its reason."""

from __future__ import annotations

from flowengine.errors import Problem, listing, suggest
from flowengine.expand import Expansion, Link, Source
from flowengine.plan import NO_PORTS, PlannedNode
from flowengine.signature import InputPort, OutputPort


class Wiring:
    """Feeds every node's inputs and connected settings.

    Args:
        expansion: The flat workflow.
        nodes: Its nodes with their classes.
    """

    def __init__(self, expansion: Expansion, nodes: dict[str, PlannedNode]) -> None:
        self.expansion = expansion
        self.nodes = nodes
        self.problems: list[Problem] = []

    def connect(self) -> list[Problem]:
        """Feed all nodes and return what is wrong with the connections."""
        expansion, nodes = self.expansion, self.nodes
        many: dict[tuple[str, str], list[tuple[int, Source]]] = {}
        for link in expansion.links:
            planned = nodes.get(link.target)
            if planned is None:
                self._check_passage(link)
                continue
            source = expansion.origin(link.source)
            if source is None:
                self._check_output(link)
                continue
            if source.path not in nodes or nodes[source.path].signature is NO_PORTS:
                continue
            made = nodes[source.path].signature.outputs.get(source.port)
            if made is None:
                outputs = nodes[source.path].signature.outputs
                hint = suggest(source.port, outputs)
                self._error(
                    link.pointer,
                    f'"{source.path}" has no output "{source.port}".{hint} '
                    f"It has {listing(outputs)}",
                )
                continue
            self._feed(link, planned, source, made, many)
        for (path, port), items in many.items():
            nodes[path].inputs[port] = [source for _, source in sorted(items, key=lambda k: k[0])]
        for planned in nodes.values():
            self._check_fed(planned)
        return self.problems

    def _feed(
        self,
        link: Link,
        planned: PlannedNode,
        source: Source,
        made: OutputPort,
        many: dict[tuple[str, str], list[tuple[int, Source]]],
    ) -> None:
        if planned.cls is None:
            return
        renamed = planned.cls.__node__.was_ports.get(link.port, link.port)
        port = planned.signature.inputs.get(renamed)
        if port is None:
            self._feed_setting(link, planned, source, made)
        elif made.type is not port.type:
            self._error(
                link.pointer,
                f'"{source}" gives a {made.type.id}, but "{planned.path}.{port.id}" takes a '
                f"{port.type.id}",
            )
        elif port.many:
            items = many.setdefault((planned.path, port.id), [])
            items.append((len(items) if link.index is None else link.index, source))
        elif port.id in planned.inputs:
            self._error(
                link.pointer, f'"{planned.path}.{port.id}" is fed twice; it takes one connection'
            )
        else:
            planned.inputs[port.id] = source

    def _feed_setting(
        self, link: Link, planned: PlannedNode, source: Source, made: OutputPort
    ) -> None:
        assert planned.cls is not None  # noqa: S101  # for mypy: _feed has looked
        inputs, settings = planned.signature.inputs, planned.cls.model_fields
        if link.port not in settings:
            hint = suggest(link.port, [*inputs, *settings])
            self._error(
                link.pointer,
                f'"{planned.path}" has no input "{link.port}".{hint} It has {listing(inputs)}',
            )
        elif made.type.id != "variable":
            self._error(
                link.pointer,
                f'"{source}" gives a {made.type.id}; the setting "{link.port}" takes a variable',
            )
        elif link.port in planned.setting_sources:
            self._error(link.pointer, f'the setting "{link.port}" is fed twice')
        else:
            planned.setting_sources[link.port] = source

    def _check_passage(self, link: Link) -> None:
        """Check a connection into a component or out of the workflow."""
        component = self.expansion.components.get(link.target)
        if component is not None and link.port not in component.inputs:
            self._error(
                link.pointer,
                f'the component "{link.target}" has no input "{link.port}".'
                f"{suggest(link.port, component.inputs)} It has {listing(component.inputs)}",
            )

    def _check_output(self, link: Link) -> None:
        """Say why a connection has no source, unless an optional input explains it."""
        component = self.expansion.components.get(link.source.path)
        if component is not None and link.source.port not in component.outputs:
            self._error(
                link.pointer,
                f'the component "{link.source.path}" has no output "{link.source.port}".'
                f"{suggest(link.source.port, component.outputs)} "
                f"It has {listing(component.outputs)}",
            )

    def _check_fed(self, planned: PlannedNode) -> None:
        for port in planned.signature.inputs.values():
            if port.optional or port.id in planned.inputs:
                continue
            tried = any(
                link.port == port.id or link.port in _old_names(planned, port)
                for link in self.expansion.incoming.get(planned.path, ())
            )
            # a connection that is itself at fault has been reported
            if not tried or self._from_open_input(planned, port):
                self._error(
                    planned.pointer,
                    f'the input "{port.id}" is not connected; it needs a {port.type.id}',
                )

    def _from_open_input(self, planned: PlannedNode, port: InputPort) -> bool:
        """Return whether the input hangs on a component's input that nobody feeds."""
        expansion = self.expansion
        return any(
            link.port == port.id
            and link.source.path in expansion.passages
            and expansion.origin(link.source) is None
            and not any(
                outer.port == link.source.path.rpartition("/")[2]
                for outer in expansion.incoming.get(expansion.passages[link.source.path], ())
            )
            for link in expansion.incoming.get(planned.path, ())
        )

    def _error(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message.strip()))


def _old_names(planned: PlannedNode, port: InputPort) -> list[str]:
    was = planned.cls.__node__.was_ports if planned.cls else {}
    return [old for old, new in was.items() if new == port.id]
