"""What people see of a training while it runs: progress in words, and points of live curves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from flowengine.context import Context

PROGRESS_EVERY = 0.1
"""Seconds between two reports of progress."""

VALUES_EVERY = 0.25
"""Seconds between two looks at the running values, each of which waits for the device."""


class Monitor:
    """Reports a training's progress, seldom enough to cost nothing.

    Args:
        ctx: Where to report.
        epochs: Number of epochs of the training.
        steps: Number of steps of the training.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        ctx: Context,
        *,
        epochs: int,
        steps: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ctx = ctx
        self.epochs = epochs
        self.steps = steps
        self.values: dict[str, float] = {}
        self._drawn: dict[str, int] = {}
        self._clock = clock
        self._reported = self._looked = -math.inf
        self._begun: tuple[float, int] | None = None

    def after_step(self, epoch: int, step: int, look: Callable[[], dict[str, float]]) -> bool:
        """Report where the training is; a cancellation point.

        Args:
            epoch: Number of the epoch, from 0.
            step: Number of steps done.
            look: Returns the running values; called only when it is time to show new ones.

        Returns:
            Whether the values are new.
        """
        now = self._clock()
        if self._begun is None:
            self._begun = (now, step)
        is_new = now - self._looked >= VALUES_EVERY
        if is_new:
            self._looked = now
            self.values = look()
            self.points(step, self.values)
        # The last step is always told: what is seen of a training that is done rests on it.
        if now - self._reported < PROGRESS_EVERY and step < self.steps:
            self.ctx.check()
            return is_new
        self._reported = now
        self.ctx.progress(step / max(self.steps, 1), self._sentence(epoch, step, now))
        return is_new

    def points(self, step: int, values: Mapping[str, float]) -> None:
        """Add values to the live curves; one that its step has already told is not told again."""
        for name, value in values.items():
            if math.isfinite(value) and self._drawn.get(name) != step:
                self._drawn[name] = step
                self.ctx.metric(name, step, value)

    def _sentence(self, epoch: int, step: int, now: float) -> str:
        parts = [f"epoch {min(epoch + 1, self.epochs)}/{self.epochs}"]
        parts += [describe_value(name, value) for name, value in self.values.items()]
        begun, first = self._begun or (now, step)
        if step > first:
            left = (now - begun) / (step - first) * (self.steps - step)
            parts.append(f"{describe_seconds(left)} left")
        return " · ".join(parts)


def describe_value(name: str, value: float) -> str:
    """Return a value as people read it: ``accuracy 98.8 %``, ``loss 0.0412``."""
    words = name.replace("_", " ")
    if name.endswith(("accuracy", "precision", "recall")):
        return f"{words} {100 * value:.1f} %"
    return f"{words} {value:.3g}"


def describe_seconds(seconds: float) -> str:
    """Return a time as people read it: ``12 s``, ``3 min``, ``1 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
