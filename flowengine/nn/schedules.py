"""The family of schedules: how the learning rate changes while training."""

from __future__ import annotations

import bisect
import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from flowengine.family import Choice, Member

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


class _Decay(Schedule):
    decay_steps: Annotated[int, Field(ge=1)] | None = None
    """Number of steps of the decay; by default those of the whole training."""

    @property
    def needs_length(self) -> bool:  # type: ignore[override]  # depends on a setting here
        """Whether the factor depends on how long the whole training is."""
        return self.decay_steps is None

    def span(self, steps: int) -> int:
        """Return the number of steps of the decay, in a training of so many steps."""
        return self.decay_steps or steps


class ExponentialDecay(_Decay):
    """Multiply the rate by one factor in so many steps: ``decay_rate ^ (step / decay_steps)``."""

    type: Literal["exponential_decay"] = "exponential_decay"
    decay_rate: Positive
    """What is left of the rate after the decay."""
    staircase: bool = False
    """Whether to go down in steps, each ``decay_steps`` long."""

    def factor(self, step: int, steps: int) -> float:
        part = step / self.span(steps)
        return _power(self.decay_rate, math.floor(part) if self.staircase else part)


class InverseTimeDecay(_Decay):
    """Divide the rate by more and more: by ``1 + decay_rate · step / decay_steps``."""

    type: Literal["inverse_time_decay"] = "inverse_time_decay"
    decay_rate: Annotated[float, Field(ge=0)]
    """What the divisor grows by in each ``decay_steps``."""
    staircase: bool = False
    """Whether to go down in steps, each ``decay_steps`` long."""

    def factor(self, step: int, steps: int) -> float:
        part = step / self.span(steps)
        return 1.0 / (1.0 + self.decay_rate * (math.floor(part) if self.staircase else part))


class PolynomialDecay(_Decay):
    """Fall to an end along a line, or a curve of another power."""

    type: Literal["polynomial_decay"] = "polynomial_decay"
    end_learning_rate: Annotated[float, Field(ge=0)] = 0.1
    """Where the rate ends, as a part of the optimizer's rate."""
    power: Annotated[float, Field(ge=0)] = 1.0
    """Power of the curve; 1 is a line."""
    cycle: bool = False
    """Whether to start anew, and take longer, each time the end is reached."""

    def factor(self, step: int, steps: int) -> float:
        span = self.span(steps)
        if self.cycle:
            span *= max(math.ceil(step / span), 1)
        part = min(step, span) / span
        end = self.end_learning_rate
        return float((1.0 - end) * (1.0 - part) ** self.power + end)


class CosineDecay(_Decay):
    """Fall along half a cosine, after a rise along a line where a warm-up is wanted."""

    type: Literal["cosine_decay"] = "cosine_decay"
    alpha: Annotated[float, Field(ge=0)] = 0.0
    """Where the rate ends, as a part of where the decay began."""
    initial_learning_rate: Annotated[float, Field(ge=0)] = 1.0
    """Where the rate begins, as a part of the optimizer's rate; 0 with a warm-up."""
    warmup_target: Positive | None = None
    """Where the warm-up ends and the decay begins, as a part of the optimizer's rate; null for no
    warm-up."""
    warmup_steps: Annotated[int, Field(ge=0)] = 0
    """Number of steps of the warm-up, which come before those of the decay."""

    def span(self, steps: int) -> int:
        warmup = self.warmup_steps if self.warmup_target is not None else 0
        return self.decay_steps or max(steps - warmup, 1)

    def factor(self, step: int, steps: int) -> float:
        first, target = self.initial_learning_rate, self.warmup_target
        if target is None:
            return first * self._fallen(step / self.span(steps))
        if step < self.warmup_steps:
            return first + (target - first) * step / self.warmup_steps
        return target * self._fallen((step - self.warmup_steps) / self.span(steps))

    def _fallen(self, part: float) -> float:
        return _cosine(1.0, self.alpha, min(part, 1.0))


class CosineDecayRestarts(Schedule):
    """Fall along half a cosine again and again, from lower starts and over longer times."""

    type: Literal["cosine_decay_restarts"] = "cosine_decay_restarts"
    first_decay_steps: Annotated[int, Field(ge=1)]
    """Number of steps of the first fall."""
    t_mul: Annotated[float, Field(ge=1)] = 2.0
    """How many times as long each fall is as the one before."""
    m_mul: Annotated[float, Field(ge=0)] = 1.0
    """Where each fall starts, as a part of where the one before did."""
    alpha: Annotated[float, Field(ge=0)] = 0.0
    """Where a fall ends, as a part of the optimizer's rate."""

    def factor(self, step: int, steps: int) -> float:
        part = step / self.first_decay_steps
        if self.t_mul == 1.0:
            round_ = math.floor(part)
            part -= round_
        else:
            round_ = math.floor(math.log(1.0 - part * (1.0 - self.t_mul)) / math.log(self.t_mul))
            before = (1.0 - self.t_mul**round_) / (1.0 - self.t_mul)
            part = (part - before) / self.t_mul**round_
        top = _power(self.m_mul, round_)
        return float((1.0 - self.alpha) * _cosine(top, 0.0, part) + self.alpha)


class PiecewiseConstantDecay(Schedule):
    """Keep one rate up to a step, then another."""

    type: Literal["piecewise_constant_decay"] = "piecewise_constant_decay"
    boundaries: tuple[Annotated[int, Field(ge=0)], ...]
    """Last step of each rate but the last, in ascending order."""
    values: tuple[Annotated[float, Field(ge=0)], ...]
    """The rates, one more than boundaries, as parts of the optimizer's rate."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"values has {len(self.values)} numbers and boundaries {len(self.boundaries)}; "
                f"there must be one value more than boundaries"
            )
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise ValueError(f"boundaries {list(self.boundaries)} must ascend")
        return self

    def factor(self, step: int, steps: int) -> float:
        return self.values[bisect.bisect_left(self.boundaries, step)]


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        # As in Keras: a rate that grew beyond all numbers is told by the loss, which is none then.
        return math.inf


def _cosine(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1.0 + math.cos(math.pi * part)) / 2.0


SCHEDULES: tuple[type[Schedule], ...] = (
    Constant,
    OneCycle,
    ExponentialDecay,
    InverseTimeDecay,
    PolynomialDecay,
    CosineDecay,
    CosineDecayRestarts,
    PiecewiseConstantDecay,
)

ScheduleSetting = Annotated[Schedule, Choice("schedule", lambda: SCHEDULES)]
"""A schedule in a file: its name, or an object with its name as ``type`` and its settings."""
