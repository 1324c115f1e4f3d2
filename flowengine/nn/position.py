"""Where a training stands: what changes while it runs, beside weights and optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowengine.nn.metrics.metric import MetricState

if TYPE_CHECKING:
    from torch import Tensor

Sums = dict[str, MetricState]
"""Running sums by the name under which they stand in the history."""

HistoryRow = dict[str, float | int | None]
"""Values of one epoch by column of the history."""


@dataclass
class Watch:
    """What a rule about stagnation has seen of the epochs so far.

    Attributes:
        best: The best value; ``None`` before the first.
        waited: Epochs since it got better.
        resting: Epochs in which the rule looks away.
    """

    best: float | None = None
    waited: int = 0
    resting: int = 0


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
        rate_factor: What the learning rate was lowered to, as a part of what it would be.
        stopping: What early stopping has seen.
        plateau: What the rule for plateaus has seen.
        best: The weights of the best epoch, where they are to be kept.
    """

    sums: Sums
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    history: list[HistoryRow] = field(default_factory=list)
    ended: str = ""
    rate_factor: float = 1.0
    stopping: Watch = field(default_factory=Watch)
    plateau: Watch = field(default_factory=Watch)
    best: Mapping[str, Tensor] = field(default_factory=dict)
