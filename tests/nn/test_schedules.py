from __future__ import annotations

import math
import os
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from flowengine.nn.schedules import (
    Constant,
    CosineDecayRestarts,
    OneCycle,
    Schedule,
    ScheduleSetting,
)
from flowengine.testing.parity import record


def test_constant_leaves_the_rate_alone() -> None:
    assert {Constant().factor(step, 10) for step in range(10)} == {1.0}


@pytest.mark.parametrize("steps", [10, 100, 937])
def test_one_cycle_is_that_of_torch(steps: int) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps, cycle_momentum=False
    )
    apart = 0.0
    for step in range(steps):
        apart = max(apart, abs(OneCycle().factor(step, steps) - theirs.get_last_lr()[0]))
        optimizer.step()
        if step < steps - 1:
            theirs.step()
    assert apart < 1e-9
    record("schedule", "one_cycle", settings={}, difference=apart, reference="torch")


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_of_few_steps_stays_within_its_bounds(steps: int) -> None:
    for step in range(steps):
        assert 0.0 < OneCycle().factor(step, steps) <= 1.0


@pytest.mark.parametrize(
    "schedule",
    [
        {"type": "exponential_decay", "decay_rate": 10.0, "decay_steps": 1},
        {"type": "exponential_decay", "decay_rate": 10.0, "decay_steps": 1, "staircase": True},
        {"type": "cosine_decay_restarts", "first_decay_steps": 1, "t_mul": 1.0, "m_mul": 10.0},
    ],
)
def test_a_rate_may_grow_beyond_all_numbers(schedule: dict[str, Any]) -> None:
    made: Schedule = TypeAdapter(ScheduleSetting).validate_python(schedule)
    assert made.factor(300, 400) == pytest.approx(1e300)
    assert made.factor(309, 400) == math.inf


RATE = 0.02

CASES: list[dict[str, Any]] = [
    {"type": "exponential_decay", "decay_steps": 7, "decay_rate": 0.5},
    {"type": "exponential_decay", "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    {"type": "inverse_time_decay", "decay_steps": 7, "decay_rate": 0.5},
    {"type": "inverse_time_decay", "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    {"type": "polynomial_decay", "decay_steps": 7},
    {"type": "polynomial_decay", "decay_steps": 7, "power": 2.0, "end_learning_rate": 0.0},
    {"type": "polynomial_decay", "decay_steps": 7, "cycle": True},
    {"type": "cosine_decay", "decay_steps": 11},
    {"type": "cosine_decay", "decay_steps": 11, "alpha": 0.1},
    {
        "type": "cosine_decay",
        "decay_steps": 11,
        "initial_learning_rate": 0.0,
        "warmup_target": 1.0,
        "warmup_steps": 5,
    },
    {"type": "cosine_decay_restarts", "first_decay_steps": 5},
    {"type": "cosine_decay_restarts", "first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.5},
    {"type": "cosine_decay_restarts", "first_decay_steps": 4, "t_mul": 1.5, "alpha": 0.2},
    {"type": "piecewise_constant_decay", "boundaries": [3, 9], "values": [1.0, 0.5, 0.1]},
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rates_are_those_of_keras(case: dict[str, Any]) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    settings = {name: value for name, value in case.items() if name != "type"}
    ours = schedule(case)
    theirs = getattr(keras.optimizers.schedules, type(ours).__name__)(**absolute(case))
    apart = max(
        abs(ours.factor(step, 1000) - float(theirs(step)) / RATE)
        for step in range(30)
        if not at_restart(ours, step)
    )
    assert apart < 1e-5
    record("schedule", case["type"], settings=settings, difference=apart)


def schedule(case: dict[str, Any]) -> Schedule:
    return TypeAdapter(ScheduleSetting).validate_python(case)


def absolute(case: dict[str, Any]) -> dict[str, Any]:
    """Return Keras' settings, whose rates are no parts of the optimizer's."""
    settings = {name: value for name, value in case.items() if name != "type"}
    if case["type"] == "piecewise_constant_decay":
        return {**settings, "values": [RATE * value for value in case["values"]]}
    for name, usual in (("initial_learning_rate", 1.0), ("warmup_target", None)):
        if name == "initial_learning_rate" or name in settings:
            settings[name] = RATE * settings.get(name, usual)
    if case["type"] == "polynomial_decay":
        settings["end_learning_rate"] = RATE * case.get("end_learning_rate", 0.1)
    return settings


def at_restart(ours: Schedule, step: int) -> bool:
    # Rounding decides whether the step at a restart is the last of one fall or the first of the
    # next: of these two rates either may come.
    if not isinstance(ours, CosineDecayRestarts) or ours.t_mul == 1.0:
        return False
    ends = [ours.first_decay_steps * (ours.t_mul**n - 1) / (ours.t_mul - 1) for n in range(9)]
    return any(abs(step - end) < 1e-6 for end in ends[1:])


def test_a_decay_without_steps_takes_the_whole_training() -> None:
    ours = schedule({"type": "cosine_decay", "warmup_target": 1.0, "warmup_steps": 20})
    assert ours.needs_length
    assert ours.factor(20, 100) == pytest.approx(1.0)
    assert ours.factor(60, 100) == pytest.approx(0.5)
    assert ours.factor(100, 100) == pytest.approx(0.0)
    assert not schedule({"type": "cosine_decay", "decay_steps": 9}).needs_length


def test_values_and_boundaries_must_fit() -> None:
    for boundaries, message in (([3], "one value more"), ([9, 3], "must ascend")):
        case = {
            "type": "piecewise_constant_decay",
            "boundaries": boundaries,
            "values": [1.0, 0.5, 0.1],
        }
        with pytest.raises(ValidationError, match=message):
            schedule(case)


def test_a_power_that_divides_by_what_is_left_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        schedule({"type": "polynomial_decay", "power": -1.0})


def test_one_cycle_depends_on_the_length_of_the_training() -> None:
    assert OneCycle.needs_length
    assert not Constant.needs_length
