"""Events of a run: the one channel by which command line, editor and embedders watch it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

EventKind = Literal["run", "state", "progress", "metric", "preview", "warning", "log"]
NodeState = Literal[
    "not configured",
    "ready",
    "waiting",
    "queued",
    "running",
    "done",
    "stopped",
    "changed",
    "failed",
    "skipped",
    "cancelled",
    "inactive",
]


@dataclass(slots=True)
class Event:
    """One thing that happened.

    Nobody changes one; it is not frozen, as making it would then take three times as long.

    Args:
        kind: ``run`` (data: status), ``state`` (state, cached, seconds, error), ``progress``
            (fraction, message), ``metric`` (name, step, value), ``preview`` (name, step, and image,
            a PNG as data URI), ``warning`` or ``log`` (message).
        node: Path of the node, empty for the run itself.
        data: What belongs to the kind.
        time: Seconds since the epoch.
    """

    kind: EventKind
    node: str
    data: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return asdict(self)


Listener = Callable[[Event], None]
