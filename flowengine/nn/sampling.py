"""One position drawn out of many scores, for many texts at a time. Imports no torch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

LEAST_HEAT = 1e-300
"""What a lower temperature counts as; it takes the best long before."""


class Sampler:
    """Draws positions; each row has its own temperature and its own random numbers.

    A row's numbers depend on the seed and its place alone, so a text does not change when others
    are added behind it.

    Args:
        temperatures: Temperature of each row; 0 always takes the best.
        top_k: Draw among so many of the best; ``None``: among all.
        never: Positions that are not drawn.
        seed: Seed of the random numbers.
        length: How often is drawn.
        places: Place of each row among all rows; by default one after the other.
    """

    def __init__(
        self,
        temperatures: Sequence[float],
        *,
        top_k: int | None,
        never: Collection[int],
        seed: int,
        length: int,
        places: Sequence[int] | None = None,
    ) -> None:
        rows = len(temperatures)
        heat = np.array(temperatures, np.float64)[:, np.newaxis]
        self.greedy = np.flatnonzero(heat[:, 0] == 0)
        # Of what is smaller still, floating point has no inverse.
        self.coolness = 1 / np.where(heat == 0, 1.0, np.maximum(heat, LEAST_HEAT))
        self.top_k = top_k
        self.never = np.array(sorted(never), np.intp)
        numbers = [
            np.random.default_rng((seed, place)).random(length)
            for place in (range(rows) if places is None else places)
        ]
        self.numbers = (
            np.stack(numbers, axis=1)[:, :, np.newaxis] if rows else np.empty((length, 0, 1))
        )
        self.drawn = 0

    def draw(self, scores: Array) -> Array:
        """Return a position for each row.

        Args:
            scores: Logarithms of probabilities, up to a constant for each row.
        """
        scores = scores.astype(np.float64)
        if len(self.never):
            scores[:, self.never] = -np.inf
        number, self.drawn = self.numbers[self.drawn], self.drawn + 1
        if len(self.greedy) == len(scores):
            best: Array = scores.argmax(axis=1)
            return best
        if self.top_k is not None and self.top_k < scores.shape[1]:
            worst = np.partition(scores, -self.top_k, axis=1)[:, -self.top_k, np.newaxis]
            scores[scores < worst] = -np.inf
        # The functions behind numpy's methods, which take twice as long for a row of a hundred.
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        # Divided after the largest is 0, so that a low temperature overflows nowhere.
        heights = np.add.accumulate(np.exp(scores * self.coolness), axis=1)
        # The first height above the number: a position without probability is never hit.
        found: Array = (heights > number * heights[:, -1:]).argmax(axis=1)
        if len(self.greedy):
            found[self.greedy] = scores[self.greedy].argmax(axis=1)
        return found
