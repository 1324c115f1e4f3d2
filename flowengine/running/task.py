"""``Task``: all that executing one node needs, as JSON data, so that it can cross processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowengine.errors import ConfigureError
from flowengine.node import Node
from flowengine.paths import DATA_SCHEME
from flowengine.planning.configure import file_settings
from flowengine.planning.plan import read_settings
from flowengine.ports import PortType
from flowengine.registry import Registry
from flowengine.running.execute import Outcome, is_lazy
from flowengine.running.runtime import Control, EventBus, RunContext
from flowengine.signature import signature_of
from flowengine.store import Record, Store
from flowengine.wording import setting_problems


@dataclass(frozen=True)
class Task:
    """One node to execute.

    Args:
        path: Path of the node.
        type: Type id.
        settings: All its settings as JSON.
        key: Key under which the result is kept.
        resume_key: Key of its checkpoints, if it keeps any.
        inputs: For each port, key and output port of the values it takes.
        many: The ports that take a list.
        base: Folder where relative paths start.
        workspace: Folder that no path leaves.
        seed: Seed of the node.
        device: Device to compute on.
        threads: Threads it may use.
        timeout: Seconds after which it is killed; ``None``: never.
        parts: What the key was made of.
    """

    path: str
    type: str
    settings: dict[str, Any]
    key: str
    resume_key: str | None
    inputs: dict[str, list[tuple[str, str]]]
    many: tuple[str, ...]
    base: str
    workspace: str
    seed: int
    device: str
    threads: int
    timeout: float | None = None
    parts: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data; ``Task(**data)`` reads it."""
        return asdict(self)

    def node(self, registry: Registry) -> Node:
        """Return the node with its settings.

        Raises:
            ConfigureError: The settings, some of them from connections, do not fit.
        """
        return node_with(registry.load(self.type), self.settings, registry)

    def context(
        self, store: Store, registry: Registry, bus: EventBus, control: Control
    ) -> RunContext:
        """Return the context in which the node executes."""
        return RunContext(
            self.path,
            Path(self.base),
            Path(self.workspace),
            bus=bus,
            control=control,
            seed=self.seed,
            device=self.device,
            threads=self.threads,
            blobs=store.blobs,
            resume=partial(store.checkpoints, self.resume_key) if self.resume_key else None,
            load_layer=registry.load_layer,
        )


def node_with(cls: type[Node], settings: Mapping[str, Any], registry: Registry) -> Node:
    """Return a node with settings that come from connections, in part.

    Raises:
        ConfigureError: They do not fit.
    """
    try:
        return read_settings(cls, settings, registry)
    except ValidationError as error:
        first = setting_problems(error, cls, settings, "")[0]
        name = first.pointer.strip("/")
        raise ConfigureError(f'the setting "{name}": {first.message}') from None


def files_read(node: Node, parts: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest that each file a node reads has in its key, by setting.

    Left out are data sets, which never change, and files named by a connection, which no key knows.
    """
    marked = file_settings(type(node))
    if not marked:  # as nearly always
        return {}
    known: Mapping[str, str] = parts.get("files", {})
    names = [name for name, mark in marked if mark.mode != "write" and name in known]
    return {
        name: known[name]
        for name in names
        if name not in parts["inputs"] and not getattr(node, name).startswith(DATA_SCHEME)
    }


def record_of(
    key: str,
    path: str,
    node: Node,
    outcome: Outcome,
    *,
    device: str,
    threads: int,
    parts: Mapping[str, Any],
) -> Record:
    """Return what the store keeps of a node that was executed, values apart."""
    spec, summary = {}, {}
    for name, port in signature_of(type(node)).outputs.items():
        spec[name] = port.type.describe(outcome.specs[name])
        summary[name] = summary_of(port.type, outcome.values[name])
    return Record(
        key=key,
        node=path,
        type=node.__type_id__,
        state="stopped" if outcome.stopped else "done",
        seconds=outcome.seconds,
        spec=spec,
        summary=summary,
        warnings=outcome.warnings,
        files=outcome.files,
        provenance={"device": device, "threads": threads, "parts": parts},
    )


def summary_of(port_type: PortType, value: Any) -> dict[str, Any]:
    """Return a few facts about a value; of a table that streams, only its columns."""
    if is_lazy(value):
        return {"streamed": True, "columns": port_type.describe(value.collect_schema())}
    return port_type.summary(value)
