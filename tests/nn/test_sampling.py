"""Drawing positions from scores."""

from __future__ import annotations

import numpy as np
import pytest

from flowengine.nn.sampling import Sampler

CHANCES = np.array([0.5, 0.3, 0.15, 0.05])
MANY = 20_000


def sampler(
    temperature: float = 1.0,
    *,
    rows: int = 1,
    top_k: int | None = None,
    never: tuple[int, ...] = (),
    seed: int = 0,
    length: int = MANY,
) -> Sampler:
    return Sampler([temperature] * rows, top_k=top_k, never=never, seed=seed, length=length)


def shares(made: Sampler) -> np.ndarray:
    scores = np.log(CHANCES)[np.newaxis]
    drawn = [int(made.draw(scores)[0]) for _ in range(MANY)]
    return np.bincount(drawn, minlength=len(CHANCES)) / MANY


def test_positions_are_drawn_as_often_as_they_are_likely() -> None:
    assert shares(sampler()) == pytest.approx(CHANCES, abs=0.01)


def test_temperature_is_a_power_of_the_probabilities() -> None:
    expected = CHANCES**2 / (CHANCES**2).sum()
    assert shares(sampler(0.5)) == pytest.approx(expected, abs=0.01)


def test_only_the_best_are_drawn() -> None:
    assert shares(sampler(top_k=2)) == pytest.approx([0.625, 0.375, 0, 0], abs=0.01)


def test_some_positions_are_never_drawn() -> None:
    assert shares(sampler(never=(0, 3))) == pytest.approx([0, 2 / 3, 1 / 3, 0], abs=0.01)


def test_temperature_zero_takes_the_best_beside_rows_that_draw() -> None:
    made = Sampler([0.0, 5.0], top_k=None, never=(), seed=0, length=200)
    drawn = np.array(
        [made.draw(np.log(CHANCES[[0, 1, 2, 3]] * np.ones((2, 1)))) for _ in range(200)]
    )
    assert set(drawn[:, 0]) == {0}
    assert len(set(drawn[:, 1])) > 1


def test_a_low_temperature_overflows_nowhere() -> None:
    scores = np.array([[800.0, 799.0, -800.0]])
    made = sampler(1e-4, length=50)
    assert {int(made.draw(scores)[0]) for _ in range(50)} == {0}


def test_what_has_no_probability_is_not_drawn() -> None:
    scores = np.array([[-np.inf, 0.0, -np.inf]])
    made = sampler(length=100)
    assert {int(made.draw(scores)[0]) for _ in range(100)} == {1}


def test_a_seed_draws_the_same_again_and_another_does_not() -> None:
    scores = np.zeros((1, 50))

    def text(seed: int) -> list[int]:
        made = sampler(seed=seed, length=20)
        return [int(made.draw(scores)[0]) for _ in range(20)]

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_a_row_draws_the_same_whatever_stands_behind_it() -> None:
    one, two = sampler(rows=1, length=20), sampler(rows=2, length=20)
    for _ in range(20):
        assert one.draw(np.zeros((1, 50)))[0] == two.draw(np.zeros((2, 50)))[0]


def test_the_scores_stay_as_they_were() -> None:
    scores = np.zeros((1, 4))
    sampler(never=(1,), top_k=2, length=1).draw(scores)
    assert scores.tolist() == [[0, 0, 0, 0]]
