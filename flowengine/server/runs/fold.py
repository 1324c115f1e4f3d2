"""Events of a run, folded into its state: what runs, how far, the curves so far, the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flowengine.events import Event
from flowengine.server.wire import Message, NodeRun, Preview, RunState, RunStatus
from flowengine.store import RunInfo

MOST_POINTS = 2000
"""Points of one curve that are sent; longer ones are thinned out evenly."""
MOST_PICTURES = 64
"""Pictures of one node that are sent, the last one among them."""
MOST_LINES = 500
"""Lines of the log that are sent, the latest."""

Points = tuple[tuple[float, float], ...]


class RunFold:
    """A run as its events tell it, taken in one after the other.

    Others may look at it meanwhile: they go through copies.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, NodeRun] = {}
        self.details: dict[str, str] = {}
        self.metrics: dict[str, dict[str, list[tuple[float, float]]]] = {}
        self.previews: dict[str, Preview] = {}
        self.gallery: dict[str, list[Preview]] = {}
        self.log: list[Message] = []
        self.forgotten: set[str] = set()

    def take(self, event: Event) -> None:
        """Take in one event."""
        node, data = event.node, event.data
        if event.kind == "state":
            self._state(event)
        elif event.kind == "progress":
            self._change(node, fraction=data["fraction"], message=data["message"])
        elif event.kind == "metric":
            curves = self.metrics.setdefault(node, {})
            # what is no number on the way to JSON is a gap
            if data["value"] is not None:
                curves.setdefault(data["name"], []).append((data["step"], data["value"]))
        elif event.kind == "preview":
            preview = Preview(name=data["name"], step=data["step"], image=data["image"])
            self.previews[node] = preview
            self.gallery.setdefault(node, []).append(preview)
        elif event.kind in ("warning", "log"):
            severity = "warning" if event.kind == "warning" else "info"
            self._say(event.time, node, severity, data["message"])

    def state(self, info: RunInfo, workflow: str) -> RunState:
        """Return the run as it stands.

        Args:
            info: The run.
            workflow: Path of the workflow in the workspace.
        """
        status = status_of(info)
        over = {} if status == "running" else {"running": "cancelled", "queued": "cancelled"}
        return RunState(
            id=info.id,
            workflow=workflow,
            status=status,
            started=info.started,
            seconds=info.seconds,
            nodes={
                path: node.model_copy(update={"state": over.get(node.state, node.state)})
                for path, node in dict(self.nodes).items()
            },
            metrics=self.curves(),
            previews=dict(self.previews),
            log=tuple(self.log[-MOST_LINES:]),
        )

    def curves(self) -> dict[str, dict[str, Points]]:
        """Return the points of each metric of each node."""
        return {
            node: {name: thinned(points) for name, points in dict(curves).items()}
            for node, curves in dict(self.metrics).items()
        }

    def pictures(self, node: str) -> list[Preview]:
        """Return the pictures a node showed, one after the other; of many every so many-th."""
        shown = list(self.gallery.get(node, ()))
        stride = -(-len(shown) // MOST_PICTURES) or 1
        return shown[::-1][::stride][::-1]

    def last_values(self) -> dict[str, dict[str, float]]:
        """Return the last value of each metric of each node."""
        return {
            node: {name: points[-1][1] for name, points in dict(curves).items()}
            for node, curves in dict(self.metrics).items()
        }

    def _state(self, event: Event) -> None:
        node, data = event.node, event.data
        if data.get("forgotten"):
            self.forgotten.add(node)
            return
        state, error = data["state"], data.get("error") or ""
        changes: dict[str, Any] = {"state": state}
        if state == "running":
            changes["started"] = event.time
        else:
            changes |= {"cached": bool(data.get("cached")), "seconds": data.get("seconds")}
        if error:
            changes["error"] = error
            self.details[node] = data.get("detail") or ""
            self._say(event.time, node, "error", error)
        self._change(node, **changes)

    def _change(self, node: str, **changes: Any) -> None:
        before = self.nodes.get(node) or NodeRun(state="queued")
        self.nodes[node] = before.model_copy(update=changes)

    def _say(self, time: float, node: str, severity: Any, text: str) -> None:
        self.log.append(Message(time=time, node=node, severity=severity, text=text))


def folded(events: Iterable[Event]) -> RunFold:
    """Return what events tell."""
    fold = RunFold()
    for event in events:
        fold.take(event)
    return fold


def status_of(info: RunInfo) -> RunStatus:
    """Return a run's status."""
    statuses: dict[str, RunStatus] = {
        "running": "running",
        "done": "done",
        "failed": "failed",
        "cancelled": "cancelled",
    }
    return statuses.get(info.status, "interrupted")


def thinned(points: list[tuple[float, float]]) -> Points:
    """Return at most so many points, the last one among them."""
    if len(points) <= MOST_POINTS:
        return tuple(points)
    stride = -(-len(points) // (MOST_POINTS - 1))
    return (*points[:-1:stride], points[-1])
