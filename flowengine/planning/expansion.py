"""A flat workflow: what is left when all components are expanded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from flowengine.document import NodeEntry
from flowengine.errors import Problem

COMPONENT, INPUT, OUTPUT = "flow.component", "flow.input", "flow.output"
VALUE, OUT = "value", "out"
"""The port of a ``flow.output`` that takes a value, and of a ``flow.input`` that gives one."""


class Source(NamedTuple):
    """Where a value comes from: an output port of a node."""

    path: str
    port: str

    def __str__(self) -> str:
        return f"{self.path}.{self.port}"


class Link(NamedTuple):
    """A connection as written: its two ends as node path and the rest."""

    source: Source
    target: str
    port: str
    number: int | None
    pointer: str


@dataclass
class Vertex:
    """A node as written, with its variables filled in.

    Args:
        path: Path in the workflow, such as ``block_1/conv_1``.
        pointer: JSON pointer of its entry.
        entry: The entry as written.
        settings: Its settings.
        base: Folder where its relative paths start.
        changes: Settings given for this run, by name (dots reach into objects).
    """

    path: str
    pointer: str
    entry: NodeEntry
    settings: dict[str, Any]
    base: Path
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_optional(self) -> bool:
        """Whether this ``flow.input`` may stay without a value."""
        return self.settings.get("optional") is True


@dataclass
class Interface:
    """The ports of a component (or of the workflow itself): its inputs and outputs by id."""

    vertex: Vertex | None = None
    inputs: dict[str, Vertex] = field(default_factory=dict)
    outputs: dict[str, Vertex] = field(default_factory=dict)


class Circle(Exception):
    """Raised when components pass a value on to each other and nobody makes it."""


@dataclass
class Expansion:
    """A flat workflow.

    Args:
        vertices: Node by path; ``flow.input`` nodes of the workflow itself among them.
        components: Interface by path; the workflow's own under the empty path.
        passages: For each ``flow.input`` inside a component, the path of that component.
        sinks: Every ``flow.output`` by path.
        links: All connections.
        incoming: Links by target path and port.
        absent: Inputs of the workflow that nobody gives a value.
        broken: Paths whose entries could not be read; connections to them are no news.
        problems: What is wrong so far.
    """

    vertices: dict[str, Vertex] = field(default_factory=dict)
    components: dict[str, Interface] = field(default_factory=dict)
    passages: dict[str, str] = field(default_factory=dict)
    sinks: dict[str, Vertex] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    incoming: dict[tuple[str, str], list[Link]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def feeding(self, target: str, port: str) -> Link | None:
        """Return the connection that feeds a port, the first where there are several."""
        return next(iter(self.incoming.get((target, port), ())), None)

    def origin(self, source: Source) -> Source | None:
        """Return the node that really makes a value; ``None`` where an input is left open.

        Raises:
            Circle: Components pass it round.
        """
        end = self.way(source)[-1]
        if not self._hands_on(end.path):
            return None if end.path in self.absent else end
        if self._handed_on(end) is not None:
            raise Circle
        return None

    def left_open(self, source: Source) -> str | None:
        """Return the optional input that a value comes from, where that is given none."""
        way = self.way(source)
        end = way[-1].path
        if end in self.absent:
            return end
        if end not in self.passages or self._handed_on(way[-1]) is not None:
            return None
        component = self.components[self.passages[end]]
        return end if component.inputs[end.rpartition("/")[2]].is_optional else None

    def way(self, source: Source) -> list[Source]:
        """Return what a value passes, back to what makes it; what goes round, once round."""
        way: dict[Source, None] = {source: None}  # a set in order
        while self._hands_on(source.path):
            link = self._handed_on(source)
            if link is None or link.source in way:
                break
            source = link.source
            way[source] = None
        return list(way)

    def places(self, source: Source) -> set[str]:
        """Return the paths of all that a value passes: nodes, components and their ports."""
        found: set[str] = set()
        for path, port in self.way(source):
            found.add(path)
            if path in self.components:
                found.add(inside(path, port))
            elif path in self.passages:
                found.add(self.passages[path])
        return found

    def _hands_on(self, path: str) -> bool:
        return path in self.components or path in self.passages

    def _handed_on(self, source: Source) -> Link | None:
        """Return the connection whose value a component, or an input of one, hands on."""
        if source.path in self.components:
            return self.feeding(inside(source.path, source.port), VALUE)
        return self.feeding(self.passages[source.path], source.path.rpartition("/")[2])

    def maker(self, source: Source) -> Source | None:
        """Return the same as ``origin``, and ``None`` for what is passed round."""
        try:
            return self.origin(source)
        except Circle:
            return None


def inside(prefix: str, name: str) -> str:
    """Return the path of a node in a component (or, without one, in the workflow itself)."""
    return f"{prefix}/{name}" if prefix else name
