"""``Workflow``: load, build in Python, and save the one format of editor, CLI and Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from pydantic import BaseModel

from flowengine.blobs import write_atomically
from flowengine.canonical import render
from flowengine.document import (
    NODE_ID,
    Connection,
    Document,
    NewEntry,
    parse_document,
    read_text,
)
from flowengine.errors import FlowEngineError, Problem, UnknownTypeError, WorkflowError
from flowengine.pause import paused_collection
from flowengine.registry import Registry
from flowengine.strict_json import JsonError, read_json
from flowengine.wording import is_numpy_scalar, kind_of_value


class OutputRef:
    """An output port of a node, to be given to another node's input."""

    def __init__(self, node: str, port: str) -> None:
        self.node = node
        self.port = port

    def __repr__(self) -> str:
        return f"{self.node}.{self.port}"


class NodeRef:
    """A node that was added; its attributes are its output ports."""

    def __init__(self, node: str) -> None:
        self.id = node

    def __getattr__(self, port: str) -> OutputRef:
        if port.startswith("__"):
            raise AttributeError(port)
        return OutputRef(self.id, port)

    def __repr__(self) -> str:
        return f"<node {self.id}>"


class Workflow:
    """A workflow: typed nodes and their connections.

    Args:
        name: What people call it.
        description: A few sentences on it.

    Example:
        >>> flow = Workflow("iris")
        >>> data = flow.add("io.file_reader", path="iris.csv")
        >>> parts = flow.add("table.partitioning", table=data.out, fraction=0.8)
        >>> parts.first
        partitioning.first
    """

    def __init__(self, name: str = "", description: str = "") -> None:
        self.document = Document(name=name)
        if description:
            self.document.description = description
        self.document.nodes = {}
        self.document.connections = []
        self.path: Path | None = None
        self.problems: tuple[Problem, ...] = ()
        self.left_out: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        nodes = self.document.nodes
        return f"<workflow {self.name}: {', '.join(nodes) or 'no nodes'}>"

    @property
    def name(self) -> str:
        """Its name, else its file's."""
        return self.document.name or (self.path.stem if self.path else "workflow")

    @classmethod
    def load(cls, path: str | Path) -> Workflow:
        """Return the workflow in a file.

        Problems that leave a part of it readable stand in ``problems`` (a run reports them all).

        Raises:
            WorkflowError: The file cannot be read as a workflow at all.
        """
        path = Path(path)
        flow = cls.loads(read_text(path), name=path.name)
        flow.path = path.absolute()  # a program may change its folder before it runs this
        return flow

    @classmethod
    def loads(cls, text: str, *, name: str = "workflow") -> Workflow:
        """Return the workflow in a JSON text, see ``load``."""
        flow = cls()
        with paused_collection():
            flow.document, problems, left_out = parse_document(text, name)
        flow.problems, flow.left_out = tuple(problems), frozenset(left_out)
        return flow

    def dumps(self, *, registry: Registry | None = None) -> str:
        """Return the workflow as the text of a file.

        Args:
            registry: Knows the versions of the types that were added; the installed packs by
                default.
        """
        if self.problems:
            # a part could not be read; writing the rest would lose it
            raise WorkflowError(self.problems, name=self.name)
        return render(_with_versions(self.document, registry))

    def save(self, path: str | Path) -> None:
        """Write the workflow to a file; the old one stays whole until the new one is complete.

        Raises:
            WorkflowError: It was loaded with problems, so saving would lose a part.
            FlowEngineError: The file cannot be written.
        """
        text, path = self.dumps(), Path(path)
        try:
            mode = path.stat().st_mode if path.exists() else None
            # behind a link lies the file that is meant
            write_atomically(path.resolve(), text.encode())
            if mode is not None:
                path.chmod(mode)
        except OSError as error:
            raise FlowEngineError(f'"{path}" cannot be written: {error.strerror}') from error
        self.path = path.absolute()

    def add(self, type: str, /, id: str | None = None, **arguments: Any) -> NodeRef:
        """Add a node.

        Args:
            type: Type id, such as ``layer.dense``.
            id: Its id; by default the type's name, numbered where needed.
            **arguments: Settings, and for input ports an output such as ``data.out`` (or a list of
                them where a port takes many).

        Returns:
            The node; ``ref.out`` is its output.

        Raises:
            FlowEngineError: The id is taken or malformed, or a setting cannot stand in a file.
        """
        name = id if id is not None else self._free_id(type.rpartition(".")[2])
        if not NODE_ID.fullmatch(name):
            raise FlowEngineError(
                f'"{name}" is no node id; expected small letters, digits and "_", a letter first'
            )
        if name in self.document.nodes:
            raise FlowEngineError(f'there is a node "{name}" already')
        settings: dict[str, Any] = {}
        ends: list[tuple[OutputRef, str]] = []
        for key, value in arguments.items():
            if isinstance(value, OutputRef):
                ends.append((value, f"{name}.{key}"))
            elif isinstance(value, list) and value and isinstance(value[0], OutputRef):
                # what else stands in the list is told by name
                plain([one for one in value if not isinstance(one, OutputRef)], f'"{key}"')
                ends += [(item, f"{name}.{key}.{index}") for index, item in enumerate(value)]
            else:
                settings[key] = plain(value, f'the setting "{key}" of "{name}"')
        entry = NewEntry(type=type)
        if settings:
            entry.settings = settings
        self.document.nodes[name] = entry
        for source, target in ends:
            self.connect(source, target)
        return NodeRef(name)

    def connect(self, source: OutputRef | str, target: str) -> None:
        """Connect an output to ``node.port`` (or to ``node.setting``)."""
        self.document.connections.append(Connection(from_=str(source), to=target))

    def _free_id(self, stem: str) -> str:
        if stem not in self.document.nodes:
            return stem
        number = 2
        while f"{stem}_{number}" in self.document.nodes:
            number += 1
        return f"{stem}_{number}"


def _with_versions(document: Document, registry: Registry | None) -> Document:
    """Return a document in which each node added says for which version of its type it is."""
    if not any(isinstance(entry, NewEntry) for entry in document.nodes.values()):
        return document
    registry = registry or Registry.default()
    nodes = dict(document.nodes)
    for name, entry in nodes.items():
        if isinstance(entry, NewEntry):
            try:
                version = registry.load(entry.type).__node__.version
            except UnknownTypeError:
                continue  # of a pack that is not here, or in a folder of loose nodes
            if version > 1:
                nodes[name] = entry.model_copy(update={"version": version})
    return document.model_copy(update={"nodes": nodes})


def loaded(workflow: str | Path | Workflow) -> Workflow:
    """Return a workflow, read from its file where it is given as one."""
    if not isinstance(workflow, str | Path | Workflow):
        raise FlowEngineError(
            f"a workflow is the name of a file or a Workflow, not {kind_of_value(workflow)}; "
            f"Workflow.loads(text) reads one from JSON"
        )
    return workflow if isinstance(workflow, Workflow) else Workflow.load(workflow)


def check_named(**given: object) -> None:
    """Refuse arguments that are no mapping of names to values.

    Raises:
        FlowEngineError: Says which one, and what it is.
    """
    for argument, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise FlowEngineError(
                f"{argument} is {kind_of_value(value)}; expected a dict of values by name"
            )
        for name in value or ():
            if not isinstance(name, str):
                raise FlowEngineError(f"{argument} has the key {name!r:.80}; expected a name")


def plain(value: Any, what: str) -> Any:
    """Return a Python value as the JSON that stands for it in a file.

    Args:
        value: Scalars, lists, tuples, mappings, paths, and choices such as an optimizer.
        what: What it is called in sentences.

    Raises:
        FlowEngineError: No JSON stands for it.
    """
    try:
        data, _ = read_json(json.dumps(_simple(value)))
    except TypeError:
        raise FlowEngineError(
            f"{what} is {kind_of_value(value)}, which cannot stand in a file{_remedy(value)}"
        ) from None
    except JsonError as error:
        raise FlowEngineError(f"{what}: {error.problems[0].message}") from None
    return data


def _remedy(value: Any) -> str:
    """Return what may have been meant, where that is known."""
    if isinstance(value, NodeRef):
        return f"; give one of its outputs, such as {value.id}.out"
    if type(value).__name__ in ("DataFrame", "LazyFrame"):
        return "; a table comes in by a node flow.input, and fe.run(…, inputs={…}) gives it"
    return ""


def _simple(value: Any) -> Any:
    if is_numpy_scalar(value):
        return value.item()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Mapping):
        return {key: _simple(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_simple(item) for item in value]
    return str(value) if isinstance(value, PurePath) else value
