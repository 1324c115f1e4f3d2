"""Where a training stands: what changes while it runs, beside weights and optimizer."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowengine.nn.metric import MetricState

Sums = dict[str, MetricState]
"""Running sums by the name under which they stand in the history."""

HistoryRow = dict[str, float | int | None]
"""Values of one epoch by column of the history."""


@dataclass
class Position:
    """Where a training stands.

    Attributes:
        epoch: Epochs that are done.
        step: Steps done in the epoch that runs.
        seconds: Time spent in the epoch that runs.
        sums: Running sums of that epoch.
        history: One row for each epoch that is done.
        ended: Why the training ends early, empty while it does not.
    """

    sums: Sums
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    history: list[HistoryRow] = field(default_factory=list)
    ended: str = ""
