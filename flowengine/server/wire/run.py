"""Runs: wishes, states, comparisons."""

from __future__ import annotations

from typing import Any, Literal

from flowengine.events import NodeState
from flowengine.server.wire.base import RunStatus, Wire
from flowengine.server.wire.report import Refusal


class RunRequest(Wire):
    """A wish to run. ``keep``: nodes whose values must be there to be looked at afterwards."""

    until: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    fresh: bool = False


class StopRequest(Wire):
    """A wish that a learner ends early and keeps what it has."""

    node: str


class ResetRequest(Wire):
    """A wish to forget the results of nodes; empty: of all."""

    nodes: tuple[str, ...] = ()


class Message(Wire):
    """A line of the log."""

    time: float
    node: str
    severity: Literal["info", "warning", "error"]
    text: str


class Preview(Wire):
    """A picture that a node shows while it runs; ``image`` is a PNG as data URI."""

    name: str
    step: int
    image: str


class NodeRun(Wire):
    """A node in a run.

    Args:
        fraction: Its progress, 0 to 1; that of a node that is done is the last it told, from which
            an editor knows how many steps an epoch had.
        message: The words of that progress.
    """

    state: NodeState
    cached: bool = False
    fraction: float = 0.0
    message: str = ""
    started: float | None = None
    seconds: float | None = None
    error: str = ""


class RunState(Wire):
    """A run as it stands.

    Args:
        metrics: For each node and metric its points so far, step and value.
        previews: The latest picture of each node.
        left_out: In the answer to a wish to run everything: why some nodes take no part.
    """

    id: str
    workflow: str
    status: RunStatus
    started: float
    seconds: float | None
    nodes: dict[str, NodeRun]
    metrics: dict[str, dict[str, tuple[tuple[float, float], ...]]]
    previews: dict[str, Preview]
    log: tuple[Message, ...]
    left_out: Refusal | None = None


class RunCard(Wire):
    """An earlier run, to be compared.

    Args:
        differences: Settings in which it differs from the workflow as it stands:
            ``node.setting`` → the value then (``None`` in JSON: the default), inside of choices
            ``node.optimizer.learning_rate``; ``node`` → the type of a node that is there no more
            (``None``: one that was not there yet).
        metrics: Last value of each metric, by ``node`` and metric.
        learned: By ``node``, the run in which it learned what it gave; of a kept result an earlier.
    """

    id: str
    status: RunStatus
    started: float
    seconds: float | None
    differences: dict[str, Any]
    metrics: dict[str, dict[str, float]]
    learned: dict[str, str]


class Curves(Wire):
    """The metrics of a run, for each node and metric its points."""

    id: str
    metrics: dict[str, dict[str, tuple[tuple[float, float], ...]]]
