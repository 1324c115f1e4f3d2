"""The family of schedules: how the learning rate changes while training."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.family import Member, choice

Positive = Annotated[float, Field(gt=0)]


class Schedule(Member):
    """Base of the schedules: a factor on the optimizer's learning rate for each step.

    Attributes:
        needs_length: Whether the factor depends on how long the whole training is. Such a training
            cannot be made longer later, only done anew.
    """

    needs_length: ClassVar[bool] = False

    def factor(self, step: int, steps: int) -> float:
        """Return the factor for a step.

        Args:
            step: Number of the step, from 0.
            steps: Number of steps of the whole training.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method factor")


class Constant(Schedule):
    """The learning rate of the optimizer, from the first step to the last."""

    type: Literal["constant"] = "constant"

    def factor(self, step: int, steps: int) -> float:
        return 1.0


class OneCycle(Schedule):
    """Rise to the optimizer's learning rate, then fall far below where it began.

    Both halves follow a cosine. Often reaches in two or three epochs what a constant rate reaches
    in many.
    """

    needs_length: ClassVar[bool] = True

    type: Literal["one_cycle"] = "one_cycle"
    rise: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Part of the steps in which the rate rises."""
    start_divisor: Positive = 25.0
    """The first rate is the optimizer's divided by this."""
    end_divisor: Positive = 10000.0
    """The last rate is the first one divided by this."""

    def factor(self, step: int, steps: int) -> float:
        first = 1.0 / self.start_divisor
        top = self.rise * steps - 1.0
        if step <= top:
            return _cosine(first, 1.0, step / top) if top > 0 else 1.0
        rest = (steps - 1.0) - top
        return _cosine(1.0, first / self.end_divisor, (step - top) / rest if rest > 0 else 1.0)


def _cosine(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1.0 + math.cos(math.pi * part)) / 2.0


SCHEDULES: tuple[type[Schedule], ...] = (Constant, OneCycle)

ScheduleSetting = Annotated[Constant | OneCycle, *choice("schedule", *SCHEDULES)]
"""A schedule in a file: its name, or an object with its name as ``type`` and its settings."""
