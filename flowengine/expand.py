"""Expands components: a workflow with nested bodies becomes one flat set of nodes and sources.

A component has no life of its own when a workflow runs. Its inner nodes get paths such as
``block_1/conv_1``; ``flow.input`` and ``flow.output`` are passed through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowengine.document import NODE_ID, Body, NodeEntry, parse_document, read_text
from flowengine.errors import PathError, Problem, WorkflowError, listing, suggest
from flowengine.paths import resolve
from flowengine.wording import pointer_to

COMPONENT, INPUT, OUTPUT = "flow.component", "flow.input", "flow.output"
DEEPEST = 32
"""Components may stand in each other this deep."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: an output port of a node."""

    path: str
    port: str

    def __str__(self) -> str:
        return f"{self.path}.{self.port}"


@dataclass(frozen=True, slots=True)
class Link:
    """A connection as written: its two ends as node path and the rest."""

    source: Source
    target: str
    port: str
    index: int | None
    pointer: str


@dataclass
class Vertex:
    """A node as written, with its variables filled in."""

    path: str
    pointer: str
    entry: NodeEntry
    settings: dict[str, Any]
    base: Path


@dataclass
class Interface:
    """The ports of a component (or of the workflow itself): ids of its inputs and outputs."""

    pointer: str
    inputs: dict[str, Vertex] = field(default_factory=dict)
    outputs: dict[str, Vertex] = field(default_factory=dict)


@dataclass
class Expansion:
    """A flat workflow.

    Args:
        vertices: Node by path; ``flow.input`` nodes of the workflow itself among them.
        components: Interface by path; the workflow's own under the empty path.
        links: All connections.
        incoming: Links by target path.
        broken: Paths whose entries could not be read; connections to them are no news.
        problems: What is wrong so far.
    """

    vertices: dict[str, Vertex] = field(default_factory=dict)
    components: dict[str, Interface] = field(default_factory=dict)
    passages: dict[str, str] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    incoming: dict[str, list[Link]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def origin(self, source: Source) -> Source | None:
        """Return the node that really makes a value, through components, or ``None``."""
        seen: set[Source] = set()
        while source not in seen:
            seen.add(source)
            if source.path in self.components:
                target, port = _inside(source.path, source.port), "value"
            elif source.path in self.passages:
                target, port = self.passages[source.path], source.path.rpartition("/")[2]
            else:
                return source
            link = next((k for k in self.incoming.get(target, ()) if k.port == port), None)
            if link is None:
                return None
            source = link.source
        return None


class Expander:
    """Walks a workflow's bodies.

    Args:
        workspace: No component's file may lie outside it.
        overrides: Settings by node path that stand in place of the written ones.
    """

    def __init__(self, workspace: Path, overrides: Mapping[str, Mapping[str, Any]]) -> None:
        self.workspace = workspace
        self.overrides = overrides
        self.result = Expansion()
        self.used: set[str] = set()

    def expand(self, body: Body, base: Path, variables: Mapping[str, Any]) -> Expansion:
        """Return the flat workflow of a body whose relative paths start at ``base``."""
        self._body(body, "", "", base, variables, ())
        for link in self.result.links:
            self.result.incoming.setdefault(link.target, []).append(link)
        for path in self.overrides:
            if path not in self.used:
                known = [*self.result.vertices, *filter(None, self.result.components)]
                self._problem("", f'a setting is given for "{path}".{suggest(path, known)}')
        return self.result

    def _body(
        self,
        body: Body | NodeEntry,
        prefix: str,
        pointer: str,
        base: Path,
        variables: Mapping[str, Any],
        files: tuple[Path, ...],
    ) -> None:
        interface = self.result.components[prefix] = Interface(pointer)
        for name, entry in body.nodes.items():
            path = _inside(prefix, name)
            place = f"{pointer}/nodes{pointer_to(name)}"
            if not NODE_ID.fullmatch(name):
                self._problem(
                    place,
                    f'"{name}" is no node id; expected small letters, digits and "_", a letter '
                    f"first",
                )
                self.result.broken.add(path)
                continue
            settings = self._settings(entry, path, place, variables)
            vertex = Vertex(path, place, entry, settings, base)
            if entry.type == COMPONENT:
                self._component(vertex, variables, files)
                continue
            if entry.nodes or entry.connections:
                self._problem(place, f'only a "{COMPONENT}" holds nodes, not "{entry.type}"')
            if entry.type == OUTPUT:
                interface.outputs[name] = vertex
            elif entry.type == INPUT:
                interface.inputs[name] = vertex
                if prefix:
                    self.result.passages[path] = prefix
                else:
                    self.result.vertices[path] = vertex
            else:
                self.result.vertices[path] = vertex
        self._links(body, prefix, pointer)

    def _component(
        self, vertex: Vertex, variables: Mapping[str, Any], files: tuple[Path, ...]
    ) -> None:
        given = vertex.settings.get("variables", {})
        value = vertex.settings.get("path")
        if vertex.path.count("/") >= DEEPEST:
            self._problem(vertex.pointer, f"components stand in each other deeper than {DEEPEST}")
            self.result.broken.add(vertex.path)
            return
        if not isinstance(given, dict):
            self._problem(f"{vertex.pointer}/settings/variables", "expected an object")
            given = {}
        for name in vertex.settings.keys() - {"path", "variables"}:
            hint = suggest(name, ("path", "variables"))
            self._problem(
                f"{vertex.pointer}/settings{pointer_to(name)}",
                f'there is no setting "{name}".{hint} A component has "path" and "variables"',
            )
        body: Body | NodeEntry = vertex.entry
        base, known = vertex.base, {**variables, **vertex.entry.variables}
        if value is not None:
            loaded = self._file(vertex, value, files)
            if loaded is None:
                self.result.broken.add(vertex.path)
                return
            body, file = loaded
            base, known, files = file.parent, dict(body.variables), (*files, file)
        for name in given.keys() - known.keys():
            self._problem(
                f"{vertex.pointer}/settings/variables{pointer_to(name)}",
                f'the component has no variable "{name}".{suggest(name, known)}',
            )
        self._body(body, vertex.path, vertex.pointer, base, {**known, **given}, files)

    def _file(
        self, vertex: Vertex, value: Any, files: tuple[Path, ...]
    ) -> tuple[Body, Path] | None:
        place = f"{vertex.pointer}/settings/path"
        if vertex.entry.nodes:
            self._problem(place, "a component is held in line or in a file, not both")
            return None
        try:
            file = resolve(str(value), base=vertex.base, workspace=self.workspace)
            if file in files:
                self._problem(place, f'"{value}" contains itself')
                return None
            document, problems, left_out = parse_document(read_text(file), file.name)
        except (PathError, WorkflowError) as error:
            problems = list(error.problems) if isinstance(error, WorkflowError) else []
            text = "; ".join(p.message for p in problems) or str(error)
            self._problem(place, text)
            return None
        for problem in problems:
            self._problem(vertex.pointer + problem.pointer, f"{problem.message} (in {file.name})")
        for pointer in left_out:
            self.result.broken.add(_inside(vertex.path, pointer.rpartition("/")[2]))
        return document, file

    def _settings(
        self, entry: NodeEntry, path: str, pointer: str, variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        settings = entry.settings
        if path in self.overrides:
            self.used.add(path)
            settings = merged(settings, self.overrides[path])
        return self._filled(settings, f"{pointer}/settings", variables)

    def _filled(self, value: Any, pointer: str, variables: Mapping[str, Any]) -> Any:
        """Return a setting with every ``{"$variable": name}`` replaced by the variable's value."""
        if isinstance(value, dict):
            if "$variable" in value:
                name = value["$variable"]
                if len(value) == 1 and isinstance(name, str) and name in variables:
                    return variables[name]
                self._problem(
                    pointer,
                    f'there is no variable "{name}".{suggest(str(name), variables)} '
                    f"Known are {listing(variables)}",
                )
                return value
            return {
                key: self._filled(item, pointer + pointer_to(key), variables)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [
                self._filled(item, f"{pointer}/{index}", variables)
                for index, item in enumerate(value)
            ]
        return value

    def _links(self, body: Body | NodeEntry, prefix: str, pointer: str) -> None:
        for number, item in enumerate(body.connections):
            place = f"{pointer}/connections/{number}"
            node, _, port = item.from_.partition(".")
            target, _, rest = item.to.partition(".")
            to_port, _, index = rest.partition(".")
            faults = [
                f'"{text}" is no {what}; expected "node.port"'
                for text, what, complete in (
                    (item.from_, "output", node and port and "." not in port),
                    (item.to, "input", target and to_port and (not index or index.isdecimal())),
                )
                if not complete
            ]
            for name in dict.fromkeys((node, target)):
                path = _inside(prefix, name)
                if name not in body.nodes and path not in self.result.broken:
                    faults.append(f'there is no node "{name}".{suggest(name, body.nodes)}')
            if node == target and not faults:
                faults.append(f'"{node}" is connected to itself')
            if faults:
                self.result.problems += [Problem(place, fault) for fault in faults]
                continue
            source = Source(_inside(prefix, node), port)
            number_of = int(index) if index else None
            self.result.links.append(
                Link(source, _inside(prefix, target), to_port, number_of, place)
            )

    def _problem(self, pointer: str, message: str) -> None:
        self.result.problems.append(Problem(pointer, message))


def merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with changes; a change's name may reach into an object by dots."""
    result = dict(settings)
    for name, value in changes.items():
        first, _, rest = name.partition(".")
        if rest:
            inner = result.get(first)
            value = merged(inner if isinstance(inner, dict) else {}, {rest: value})
        result[first] = value
    return result


def _inside(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name
