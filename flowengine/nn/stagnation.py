"""What happens when a training gets no better: it ends early, or its learning rate falls.

The rules are settings and arithmetic; what they have seen so far is a ``Watch``, which a checkpoint
holds, so that an interrupted training ends where an uninterrupted one does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from flowengine.errors import ConfigureError, listing, suggest
from flowengine.nn.position import Watch

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]
Direction = Literal["down", "up"]


class Rule(BaseModel):
    """What both rules are told."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    monitor: str | None = None
    """Column of the history that is watched; by default the validation loss, else the loss."""
    min_delta: Amount = 0.0
    """A change by less is no improvement."""
    mode: Literal["auto", "min", "max"] = "auto"
    """Whether smaller or larger is better; `auto` knows it of every loss and metric."""

    def watched(self, names: Iterable[str], *, setting: str) -> str:
        """Return the column that is watched, of those a history will have.

        Raises:
            ConfigureError: The history will not have it.
        """
        known = list(names)
        if self.monitor is None:
            return "val_loss" if "val_loss" in known else "loss"
        if self.monitor not in known:
            needs = "; connect validation data" if self.monitor.startswith("val_") else ""
            raise ConfigureError(
                f'{setting} watches "{self.monitor}", which the history does not have{needs}.'
                f"{suggest(self.monitor, known)} It has {listing(known)}",
                setting=setting,
            )
        return self.monitor

    def is_better(self, value: float, than: float | None, direction: Direction) -> bool:
        """Return whether a value is an improvement; no number is none."""
        if than is None:
            return value == value
        if self._direction(direction) == "up":
            return value - self.min_delta > than
        return value + self.min_delta < than

    def _direction(self, natural: Direction) -> Direction:
        if self.mode == "auto":
            return natural
        return "up" if self.mode == "max" else "down"


class EarlyStopping(Rule):
    """End the training when it gets no better."""

    patience: Count = 0
    """Epochs without improvement that are waited for."""
    start_from_epoch: Count = 0
    """Epochs at the beginning that are not looked at."""
    restore_best_weights: bool = False
    """Whether the weights of the best epoch are kept, instead of those of the last."""

    def look(self, watch: Watch, epoch: int, value: float, direction: Direction) -> bool:
        """Take note of an epoch, counted from 1, and return whether it is the best so far."""
        if epoch <= self.start_from_epoch:
            return False
        if self.is_better(value, watch.best, direction):
            watch.best, watch.waited = value, 0
            return True
        watch.waited += 1
        return False

    def is_over(self, watch: Watch) -> bool:
        """Return whether the training is to end."""
        return watch.waited > 0 and watch.waited >= self.patience


class ReduceOnPlateau(Rule):
    """Lower the learning rate when the training gets no better."""

    min_delta: Amount = 1e-4
    """A change by less is no improvement."""
    patience: Count = 10
    """Epochs without improvement that are waited for."""
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """What the learning rate is multiplied by."""
    cooldown: Count = 0
    """Epochs after a reduction in which nothing is counted."""
    min_learning_rate: Amount = 0.0
    """Learning rate below which it is not lowered."""

    def look(self, watch: Watch, value: float, rate: float, direction: Direction) -> float:
        """Take note of an epoch and return the learning rate of the next.

        Args:
            watch: What was seen before.
            value: The watched value.
            rate: The learning rate of the epoch.
            direction: Whether larger or smaller values are better by nature.
        """
        if watch.resting:
            watch.resting -= 1
            watch.waited = 0
        if self.is_better(value, watch.best, direction):
            watch.best, watch.waited = value, 0
            return rate
        if not watch.resting:
            watch.waited += 1
        if watch.waited < max(self.patience, 1) or rate <= self.min_learning_rate:
            return rate
        watch.waited, watch.resting = 0, self.cooldown
        return max(rate * self.factor, self.min_learning_rate)
