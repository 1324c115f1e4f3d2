"""What is known of a workflow before it runs: ``Plan`` and its ``PlannedNode``s."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import orjson

from flowengine.document import NodeEntry
from flowengine.errors import Problem
from flowengine.events import NodeState
from flowengine.node import Node
from flowengine.planning.expansion import Expansion, Source
from flowengine.registry import Registry
from flowengine.signature import Signature

NodeClass = TypeVar("NodeClass", bound=Node)
Sources = Source | list[Source] | None
NO_PORTS = Signature(
    {}, {}, single=True, configure_ctx=False, execute_ctx=False, configure_ports=()
)


@dataclass
class PlannedNode:
    """A node of the flat workflow with all that is known before it runs.

    Args:
        path: Path in the workflow, such as ``block_1/conv_1``.
        pointer: JSON pointer of its entry.
        entry: The entry as written.
        settings_given: Its settings as JSON, variables filled in.
        base: Folder where its relative paths start.
        changes: Settings given for this run, by name.
        cls: Its class; ``None`` for an unknown type and for inputs of the workflow.
        signature: Its ports.
        node: The class with its settings; ``None`` while a setting comes from a connection.
        inputs: Where the value of each input port comes from.
        setting_sources: Where the value of a setting comes from, for connected settings.
        specs: Spec of each output; ``None`` is known only after running.
        state: ``ready``, ``waiting`` or ``not configured``.
        key: What decides whether a kept result fits; ``None`` where it cannot be known.
        key_parts: What the key was made of, for ``--explain``.
        resume_key: The same without the settings that leave checkpoints usable.
        root_seed: Seed of the workflow.
        warnings: Sentences from ``configure``.
        missing: A file it reads that is not there, in words; data that a run fetches is no such.
        is_readable: Whether its settings are of a version that its class reads.
        is_cut_off: Whether something is connected to it of which nobody knows what makes it, such
            as a node of an unknown type; without it, the node would compute something else.
        passed: Paths of what its values pass, such as components that hand them on: what is wrong
            with one of these is wrong for the node.
    """

    path: str
    pointer: str
    entry: NodeEntry
    settings_given: dict[str, Any]
    base: Path
    changes: Mapping[str, Any] = field(default_factory=dict)
    cls: type[Node] | None = None
    signature: Signature = field(default_factory=lambda: NO_PORTS)
    node: Node | None = None
    inputs: dict[str, Sources] = field(default_factory=dict)
    setting_sources: dict[str, Source] = field(default_factory=dict)
    specs: dict[str, Any] = field(default_factory=dict)
    state: NodeState = "not configured"
    key: str | None = None
    key_parts: dict[str, Any] = field(default_factory=dict)
    resume_key: str | None = None
    root_seed: int = 0
    warnings: list[str] = field(default_factory=list)
    missing: str = ""
    is_readable: bool = True
    is_cut_off: bool = False
    passed: set[str] = field(default_factory=set)

    @property
    def type(self) -> str:
        """Its type id."""
        return self.cls.__type_id__ if self.cls else self.entry.type

    @property
    def title(self) -> str:
        """Title of its type."""
        return self.cls.__node__.title if self.cls else self.entry.type

    @property
    def essence(self) -> str:
        """The settings that differ from the default, in a few words."""
        given = self.settings_given.items()
        return " · ".join(_brief(value, name) for name, value in given if _told(value))

    @cached_property
    def seed(self) -> int:
        """Its seed: the setting of this name, else one that follows from its path."""
        return self.seed_with(self.node)

    def seed_with(self, node: Node | None) -> int:
        """Return its seed with settings of which some came from connections."""
        own = self.settings_given.get("seed") if node is None else getattr(node, "seed", None)
        if isinstance(own, int):
            return own
        text = f"{self.root_seed}\0{self.path}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """All sources of its inputs and settings; asked for when it is wired."""
        found: list[Source] = []
        for item in self.inputs.values():
            found += item if isinstance(item, list) else [item] if item else []
        return (*found, *self.setting_sources.values())


@dataclass
class Plan:
    """A workflow made ready to run.

    Args:
        name: Name of the workflow.
        nodes: Node by path, in topological order (nodes on a cycle are left out).
        problems: All that is wrong, errors and warnings.
        outputs: Source of each ``flow.output`` of the workflow itself.
        inputs: Ids of its ``flow.input`` nodes.
        components: For each component, by path, the source of each of its outputs.
        targets: Path of the node or component each connection leads to, by JSON pointer.
        unplanned: Paths of nodes that could not be planned: unreadable ones, and circles.
        workspace: Folder that no path leaves.
        registry: Where its types come from.
        expansion: The flat workflow it was made from: ports of components, inputs and outputs.
    """

    name: str
    nodes: dict[str, PlannedNode]
    problems: tuple[Problem, ...]
    outputs: dict[str, Source]
    inputs: tuple[str, ...]
    components: dict[str, dict[str, Source | None]]
    targets: dict[str, str]
    unplanned: frozenset[str]
    workspace: Path
    registry: Registry
    expansion: Expansion

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def read_settings(
    cls: type[NodeClass], settings: Mapping[str, Any], registry: Registry
) -> NodeClass:
    """Return a node with its settings, which are JSON; the registry reads layers within layers.

    Raises:
        ValidationError: They do not fit.
    """
    # strict at any depth: also where an author's own class of settings says nothing of it
    return cls.model_validate_json(
        orjson.dumps(settings), strict=True, extra="forbid", context={"registry": registry}
    )


def gather(planned: PlannedNode, nodes: Mapping[str, PlannedNode]) -> dict[str, Any] | None:
    """Return the spec of each input, or ``None`` where one is known only after running."""
    specs: dict[str, Any] = {}
    for port, item in planned.inputs.items():
        if item is None:
            continue
        found = [
            nodes[source.path].specs.get(source.port)
            for source in (item if isinstance(item, list) else [item])
        ]
        if any(spec is None for spec in found):
            return None
        specs[port] = found if isinstance(item, list) else found[0]
    return specs


def _told(value: Any) -> bool:
    return not isinstance(value, dict) or "type" in value


def _brief(value: Any, name: str = "") -> str:
    """Return a value in a word or two; what is on, off or none is told by its setting's name."""
    if name and (value is None or isinstance(value, bool)):
        words = name.removeprefix("use_").removeprefix("is_").replace("_", " ")
        if value is None:
            return f"no {words}"
        return words if value else f"{words} off"
    if isinstance(value, dict):
        return str(value.get("type", "…"))
    if isinstance(value, list):
        return _list(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _list(values: list[Any]) -> str:
    """Return sizes as ``3×3``, what is unknown as ``?``, and names with commas."""
    shown = ["?" if value is None else _brief(value) for value in values[:4]]
    return (", " if any(isinstance(value, str) for value in values) else "×").join(shown)
