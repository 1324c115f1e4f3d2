from __future__ import annotations

import pytest
import torch

from flowengine.nn.schedules import Constant, OneCycle


def test_constant_leaves_the_rate_alone() -> None:
    assert {Constant().factor(step, 10) for step in range(10)} == {1.0}


@pytest.mark.parametrize("steps", [10, 100, 937])
def test_one_cycle_is_that_of_torch(steps: int) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps, cycle_momentum=False
    )
    for step in range(steps):
        assert OneCycle().factor(step, steps) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        if step < steps - 1:
            theirs.step()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_of_few_steps_stays_within_its_bounds(steps: int) -> None:
    for step in range(steps):
        assert 0.0 < OneCycle().factor(step, steps) <= 1.0


def test_only_one_cycle_depends_on_the_length_of_the_training() -> None:
    assert OneCycle.needs_length
    assert not Constant.needs_length
