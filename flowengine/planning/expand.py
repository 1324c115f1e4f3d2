"""Expands components: a workflow with nested bodies becomes one flat set of nodes and links.

A component has no life of its own when a workflow runs. Its inner nodes get paths such as
``block_1/conv_1``; ``flow.input`` and ``flow.output`` are passed through.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from flowengine.document import NODE_ID, Body, Connection, NodeEntry, parse_document, read_text
from flowengine.errors import PathError, Problem, WorkflowError, suggest
from flowengine.paths import resolve
from flowengine.planning.expansion import (
    COMPONENT,
    INPUT,
    OUTPUT,
    Expansion,
    Interface,
    Link,
    Source,
    Vertex,
    inside,
)
from flowengine.planning.variables import filled, merged
from flowengine.wording import pointer_to

PLACE = re.compile(r"[0-9]{1,9}")
"""The place of a connection among those that lead to one port."""
DEEPEST = 32
"""Components may stand in each other this deep."""
MOST = 100_000
"""Nodes and components of a workflow, all expanded: files that use each other grow fast."""


class Expander:
    """Walks a workflow's bodies.

    Args:
        workspace: No component's file may lie outside it.
        overrides: Settings by node path that stand in place of the written ones.
        left_out: JSON pointers of nodes and connections that could not be read.
    """

    def __init__(
        self,
        workspace: Path,
        overrides: Mapping[str, Mapping[str, Any]],
        left_out: Collection[str] = (),
    ) -> None:
        self.workspace = workspace
        self.overrides = overrides
        self.result = Expansion()
        self._left_out = set(left_out)
        self._used: set[str] = set()
        self._read: dict[Path, tuple[Body, set[str]]] = {}

    def expand(
        self, body: Body, base: Path, variables: Mapping[str, Any], file: Path | None = None
    ) -> Expansion:
        """Return the flat workflow of a body.

        Args:
            body: Its nodes and connections.
            base: Folder where relative paths start.
            variables: Value of each variable.
            file: The workflow's own file, if it has one.
        """
        self._body(body, "", "", base, variables, (file,) if file else ())
        for link in self.result.links:
            self.result.incoming.setdefault((link.target, link.port), []).append(link)
        for path, changes in self.overrides.items():
            if path not in self._used and path not in self.result.broken:
                known = [*self.result.vertices, *filter(None, self.result.components)]
                for name in changes:
                    self._problem(
                        "",
                        f'"{path}.{name}" cannot be set: there is no node "{path}".'
                        f"{suggest(path, known)}",
                    )
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
        interface = self.result.components.setdefault(prefix, Interface())
        for name, entry in body.nodes.items():
            path, place = inside(prefix, name), f"{pointer}/nodes/{name}"
            if not NODE_ID.fullmatch(name):
                self._break(
                    path,
                    f"{pointer}/nodes{pointer_to(name)}",
                    f'"{name}" is no node id; expected small letters, digits and "_", a letter '
                    f"first",
                )
                continue
            vertex = self._vertex(entry, path, place, base, variables)
            if entry.type == COMPONENT:
                self._component(vertex, variables, files)
                continue
            if entry.nodes or entry.connections:
                self._problem(place, f'only a "{COMPONENT}" holds nodes, not a "{entry.type}"')
            if entry.type == OUTPUT:
                interface.outputs[name] = self.result.sinks[path] = vertex
            elif entry.type == INPUT:
                interface.inputs[name] = vertex
                if prefix:
                    self.result.passages[path] = prefix
                else:
                    self.result.vertices[path] = vertex
            else:
                self.result.vertices[path] = vertex
        for number, item in enumerate(body.connections):
            place = f"{pointer}/connections/{number}"
            if place not in self._left_out:
                self._link(item, body.nodes, prefix, pointer, place)

    def _vertex(
        self, entry: NodeEntry, path: str, pointer: str, base: Path, variables: Mapping[str, Any]
    ) -> Vertex:
        place, problems = f"{pointer}/settings", self.result.problems
        settings = filled(entry.settings, variables, place, problems)
        given = self.overrides.get(path)
        changes = filled(given, variables, place, problems) if given else {}
        self._used.add(path)
        if entry.type in (COMPONENT, INPUT, OUTPUT):  # which have no life of their own in a run
            settings = merged(settings, changes)
            if entry.timeout is not None:
                text = f'a "{entry.type}" has no process of its own to be ended'
                remedy = "; give the nodes inside a time limit" if entry.type == COMPONENT else ""
                self._problem(f"{pointer}/timeout", text + remedy)
        return Vertex(path, pointer, entry, settings, base, changes)

    def _component(
        self, vertex: Vertex, variables: Mapping[str, Any], files: tuple[Path, ...]
    ) -> None:
        path, place, entry = vertex.path, vertex.pointer, vertex.entry
        if path.count("/") >= DEEPEST:
            self._break(path, place, f"components stand in each other deeper than {DEEPEST}")
            return
        if len(self.result.vertices) + len(self.result.components) > MOST:
            self._break(path, place, f"with its components the workflow has over {MOST:,} nodes")
            return
        given = vertex.settings.get("variables")
        given = given if isinstance(given, dict) else {}
        file = vertex.settings.get("path")
        body: Body | NodeEntry = entry
        base, known, pointer = vertex.base, {**variables, **entry.variables}, place
        if isinstance(file, str):
            found = self._file(vertex, file, files)
            if found is None:
                self.result.broken.add(path)
                return
            body, real = found
            base, known, files = real.parent, dict(body.variables), (*files, real)
        elif not entry.nodes and not any(p.startswith(f"{place}/nodes/") for p in self._left_out):
            self._problem(place, 'the component is empty; it needs "nodes", or the setting "path"')
        for name in sorted(given.keys() - known.keys()):
            self._problem(
                f"{place}/settings/variables{pointer_to(name)}",
                f'the component has no variable "{name}".{suggest(name, known)}',
            )
        self.result.components[path] = Interface(vertex)
        self._body(body, path, pointer, base, {**known, **given}, files)

    def _file(
        self, vertex: Vertex, value: str, files: tuple[Path, ...]
    ) -> tuple[Body, Path] | None:
        """Read a component's file, each file once."""
        place, entry = f"{vertex.pointer}/settings/path", vertex.entry
        if entry.nodes or entry.connections or entry.variables:
            self._problem(place, "a component is held in line or in a file, not both")
            return None
        try:
            file = resolve(value, base=vertex.base, workspace=self.workspace)
            if file in files:
                self._problem(place, f'the component "{value}" contains itself')
                return None
            if file not in self._read:
                document, problems, left_out = parse_document(read_text(file), file.name)
                self._read[file] = document, left_out
                for problem in problems:
                    message = f"{problem.message} (in {file.name})"
                    self._problem(vertex.pointer + problem.pointer, message)
        except PathError as error:
            self._problem(place, str(error))
            return None
        except WorkflowError as error:
            for problem in error.problems:
                where = f"{problem.pointer} in {file.name}" if problem.pointer else f"{file.name}"
                self._problem(place, f"{problem.message} ({where})")
            return None
        body, left_out = self._read[file]
        self._left_out |= {vertex.pointer + pointer for pointer in left_out}
        return body, file

    def _link(
        self,
        item: Connection,
        nodes: Collection[str],
        prefix: str,
        pointer: str,
        place: str,
    ) -> None:
        source, _, made = item.from_.partition(".")
        target, _, rest = item.to.partition(".")
        port, dot, index = rest.partition(".")
        is_output = bool(source and made) and "." not in made
        is_input = bool(target and port) and (not dot or PLACE.fullmatch(index) is not None)
        are_there = source in nodes and target in nodes
        if not (is_output and is_input and are_there and source != target):
            faults = []
            if not is_output:
                faults.append(f'"{item.from_}" is no output; expected "node.port"')
            if not is_input:
                faults.append(f'"{item.to}" is no input; expected "node.port" or "node.setting"')
            if not are_there:
                faults += self._absent([source, target], nodes, pointer)
            if source == target and not faults:
                faults.append(f'the node "{source}" is connected to itself')
            for fault in faults:
                self._problem(place, fault)
            if faults:
                return
        made_by = Source(inside(prefix, source), made)
        number = int(index) if index else None
        self.result.links.append(Link(made_by, inside(prefix, target), port, number, place))

    def _absent(self, names: list[str], nodes: Collection[str], pointer: str) -> list[str]:
        """Return a sentence for each name that stands for no node, readable or not."""
        return [
            f'there is no node "{name}".{suggest(name, nodes)}'
            for name in dict.fromkeys(filter(None, names))
            if name not in nodes and f"{pointer}/nodes{pointer_to(name)}" not in self._left_out
        ]

    def _break(self, path: str, pointer: str, message: str) -> None:
        self.result.broken.add(path)
        self._problem(pointer, message)

    def _problem(self, pointer: str, message: str) -> None:
        self.result.problems.append(Problem(pointer, message.strip()))
