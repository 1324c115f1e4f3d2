"""Images changed by modules that are chosen at random while training. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from flowengine.nn.cells.augmentation import Bounds, RandomImageCell

SEEDS = 1 << 24
"""Numbers that a float32 from 0 to 1 tells apart."""


class ChoosingCell(RandomImageCell):
    """Base of cells that apply some of their parts to a whole batch."""

    rows_apart = False

    def __init__(self, parts: Sequence[nn.Module], *, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.parts = nn.ModuleList(parts)

    def source(self, x: Tensor) -> np.random.Generator:
        """Return a source of random choices, which follows from the cell's own numbers."""
        return np.random.default_rng(int(self.uniform(x, (1, 1, 1, 1)) * SEEDS))

    def chained(self, x: Tensor, numbers: Sequence[int]) -> Tensor:
        """Return images after some of the parts; beyond their number there is none."""
        for number in numbers:
            if number < len(self.parts):
                x = self.parts[number](x)
        return x


class RandAugmentCell(ChoosingCell):
    """Apply parts, one behind the other."""

    def __init__(self, parts: Sequence[nn.Module], *, count: int, seed: int | None) -> None:
        super().__init__(parts, seed=seed)
        self.count = count

    def disturb(self, x: Tensor) -> Tensor:
        return self.chained(x, self.source(x).integers(len(self.parts), size=self.count).tolist())


class AugMixCell(ChoosingCell):
    """Mix images with what chains of parts make of them."""

    def __init__(
        self,
        parts: Sequence[nn.Module],
        *,
        chains: int,
        depth: int,
        alpha: float,
        value_range: Bounds,
        seed: int | None,
    ) -> None:
        super().__init__(parts, seed=seed)
        self.chains = chains
        self.depth = depth
        self.alpha = alpha
        self.low, self.high = sorted(value_range)

    def disturb(self, x: Tensor) -> Tensor:
        source = self.source(x)
        weights = source.dirichlet([self.alpha] * self.chains).tolist()
        kept = float(source.beta(self.alpha, self.alpha))
        # One number more than there are parts: none.
        numbers = source.integers(len(self.parts) + 1, size=(self.chains, self.depth)).tolist()
        return self.mixed(x, numbers, weights, kept)

    def mixed(
        self, x: Tensor, numbers: Sequence[Sequence[int]], weights: Sequence[float], kept: float
    ) -> Tensor:
        """Return images mixed with those behind chains.

        Args:
            x: Images.
            numbers: For each chain its parts.
            weights: For each chain how much it counts.
            kept: How much the images themselves count.
        """
        changed = torch.zeros_like(x)
        for chain, weight in zip(numbers, weights, strict=True):
            changed = changed + self.chained(x, chain) * weight
        return (kept * x + (1 - kept) * changed).clamp(self.low, self.high)
