"""``Task``: all that executing one node needs, as JSON data, so that it can cross processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowengine.errors import ConfigureError
from flowengine.execute import Outcome
from flowengine.node import Node
from flowengine.plan import read_settings
from flowengine.registry import Registry
from flowengine.runtime import Control, EventBus, RunContext
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
    libraries: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data; ``Task(**data)`` reads it."""
        return asdict(self)

    def node(self, registry: Registry) -> Node:
        """Return the node with its settings.

        Raises:
            ConfigureError: The settings, some of them from connections, do not fit.
        """
        cls = registry.load(self.type)
        try:
            return read_settings(cls, self.settings)
        except ValidationError as error:
            first = setting_problems(error, cls, self.settings, "")[0]
            raise ConfigureError(f'setting "{first.pointer.strip("/")}": {first.message}') from None

    def context(
        self, store: Store, registry: Registry, bus: EventBus, control: Control
    ) -> RunContext:
        """Return the context in which the node executes."""
        resume: Callable[[], Path] | None = None
        if self.resume_key is not None:
            key = self.resume_key
            resume = lambda: store.checkpoints(key)  # noqa: E731  # one line says it best
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
            resume=resume,
            load_layer=registry.load_layer,
        )

    def record(self, node: Node, outcome: Outcome) -> Record:
        """Return what the store keeps of the run, values apart."""
        outputs = signature_of(type(node)).outputs
        return Record(
            key=self.key,
            node=self.path,
            type=self.type,
            state="stopped" if outcome.stopped else "done",
            seconds=outcome.seconds,
            spec={name: port.type.describe(outcome.specs[name]) for name, port in outputs.items()},
            summary={
                name: summary_of(port.type, outcome.values[name]) for name, port in outputs.items()
            },
            warnings=outcome.warnings,
            files=outcome.files,
            provenance={
                "device": self.device,
                "threads": self.threads,
                "libraries": list(self.libraries),
            },
        )


def summary_of(port_type: Any, value: Any) -> dict[str, Any]:
    """Return a few facts about a value; of a table that streams, only its columns."""
    if type(value).__name__ == "LazyFrame":
        return {"streamed": True, "columns": port_type.describe(value.collect_schema())}
    facts: dict[str, Any] = port_type.summary(value)
    return facts
