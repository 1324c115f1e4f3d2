"""What is known of a run while it goes on, gathered from its events."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flowengine.cli.facts import number_text
from flowengine.cli.output import seconds
from flowengine.events import Event

OVER = ("done", "stopped", "failed", "skipped", "cancelled", "inactive")
KEPT = ("done", "stopped")
_METRICS = 4


@dataclass
class NodeWatch:
    """One node of the run.

    Args:
        path: Its path.
        state: The latest state.
        cached: Whether its result was found in the store.
        seconds: How long it took.
        fraction: Its progress, 0 to 1.
        message: The words that came with the progress.
        metrics: The latest value by name.
        started: When it began to run, by the monotonic clock.
    """

    path: str
    state: str = "queued"
    cached: bool = False
    seconds: float = 0.0
    fraction: float = 0.0
    message: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: str = ""
    started: float = 0.0

    def remaining(self, now: float) -> float | None:
        """Return the seconds it will still take if it goes on as it did; ``None``: unknown."""
        spent = now - self.started
        if not 0.01 <= self.fraction < 1 or spent < 1:
            return None
        return spent * (1 - self.fraction) / self.fraction

    def words(self, now: float) -> str:
        """Return its progress in words: message, metrics, time left; nothing twice."""
        words = [self.message] if self.message else []
        for name, value in list(self.metrics.items())[:_METRICS]:
            plain = name.replace("_", " ")
            if plain not in self.message and name not in self.message:
                words.append(f"{plain} {number_text(name, value)}")
        left = self.remaining(now)
        if left is not None and "left" not in self.message:
            words.append(f"{seconds(left)} left")
        return " · ".join(words)


class RunWatch:
    """Takes a run's events and knows where each node stands."""

    def __init__(self) -> None:
        self.nodes: dict[str, NodeWatch] = {}
        self.total = 0
        self.started = time.monotonic()

    def take(self, event: Event) -> NodeWatch | None:
        """Note one event; return the node it tells of."""
        if not event.node:
            self.total = int(event.data.get("nodes", self.total))
            return None
        node = self.nodes.setdefault(event.node, NodeWatch(event.node))
        data = event.data
        if event.kind == "state":
            self._state(node, data)
        elif event.kind == "progress":
            node.fraction = float(data.get("fraction", 0.0))
            node.message = str(data.get("message", ""))
        elif event.kind == "metric":
            node.metrics[str(data["name"])] = float(data["value"])
        elif event.kind == "warning":
            node.warnings.append(str(data["message"]))
        return node

    def _state(self, node: NodeWatch, data: Mapping[str, Any]) -> None:
        node.state = str(data["state"])
        if node.state == "running":
            node.started = time.monotonic()
        node.cached = bool(data.get("cached", node.cached))
        node.seconds = float(data.get("seconds") or node.seconds)
        node.error = str(data.get("error") or node.error)

    @property
    def running(self) -> list[NodeWatch]:
        """The nodes that run now."""
        return [node for node in list(self.nodes.values()) if node.state == "running"]

    @property
    def kept(self) -> list[str]:
        """Paths of the nodes whose results are there."""
        return [node.path for node in self.nodes.values() if node.state in KEPT]

    def to_json(self, status: str) -> dict[str, Any]:
        """Return the run as ``--json`` prints it, for a run that had to be left."""
        return {
            "status": status,
            "seconds": round(time.monotonic() - self.started, 3),
            "nodes": {
                node.path: {
                    "state": node.state if node.state in OVER else "cancelled",
                    "cached": node.cached,
                    "seconds": node.seconds,
                    "warnings": node.warnings,
                    "error": node.error or None,
                    "outputs": {},
                }
                for node in self.nodes.values()
            },
        }
