from __future__ import annotations

from pathlib import Path

import pytest

from flowengine.nn.monitor import Monitor, describe_seconds, describe_value
from flowengine.testing import FakeContext


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_is_told_ten_times_a_second_and_values_four_times(tmp_path: Path) -> None:
    ctx, clock, looks = FakeContext(tmp_path), Clock(), []
    monitor = Monitor(ctx, epochs=2, steps=1000, clock=clock)

    def look() -> dict[str, float]:
        looks.append(clock.now)
        return {"loss": 0.0412, "accuracy": 0.988}

    for step in range(1, 1001):
        clock.now += 0.001
        monitor.after_step((step - 1) // 500, step, look)
    assert len(looks) == 4
    assert len(ctx.fractions) == 11  # and of the last step
    assert ctx.points == 1000
    assert ctx.messages[-1] == "epoch 2/2 · loss 0.0412 · accuracy 98.8 % · 0 s left"


def test_the_last_step_is_told_however_soon_it_comes(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    monitor = Monitor(ctx, epochs=1, steps=3, clock=Clock())
    for step in (1, 2, 3):
        monitor.after_step(0, step, dict)
    assert ctx.fractions == [1 / 3, 1.0]


def test_the_time_left_follows_from_the_steps_of_this_run(tmp_path: Path) -> None:
    ctx, clock = FakeContext(tmp_path), Clock()
    monitor = Monitor(ctx, epochs=1, steps=100, clock=clock)
    monitor.after_step(0, 50, dict)  # resumed at half the way
    clock.now = 10.0
    monitor.after_step(0, 60, dict)
    assert ctx.messages[-1] == "epoch 1/1 · 40 s left"
    assert ctx.fractions[-1] == 0.6


def test_a_point_that_is_no_number_is_not_drawn(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    Monitor(ctx, epochs=1, steps=1).points(3, {"loss": float("nan"), "accuracy": 0.5})
    assert ctx.metrics == [("accuracy", 3, 0.5)]


def test_the_end_of_an_epoch_adds_only_what_its_last_step_has_not_told(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    monitor = Monitor(ctx, epochs=2, steps=2, clock=Clock())
    for step in (1, 2):
        monitor.after_step(step - 1, step, lambda: {"loss": 0.5})
        monitor.points(step, {"loss": 0.5, "val_loss": 0.6})
    assert ctx.metrics == [
        ("loss", 1, 0.5),
        ("val_loss", 1, 0.6),
        ("loss", 2, 0.5),
        ("val_loss", 2, 0.6),
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (89.0, "89 s"), (200.0, "3 min"), (5000.0, "83 min"), (9000.0, "2 h 30 min")],
)
def test_times_are_written_for_people(seconds: float, words: str) -> None:
    assert describe_seconds(seconds) == words


def test_values_are_written_for_people() -> None:
    assert describe_value("val_accuracy", 0.9912) == "val accuracy 99.1 %"
    assert describe_value("loss", 0.04123) == "loss 0.0412"
