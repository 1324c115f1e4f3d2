"""Dropout. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell


class DropoutCell(Cell):
    """Set values to zero at random while training, and scale up the rest.

    Attributes:
        generator: Own source of random numbers, where the layer has its own seed.
    """

    def __init__(
        self, *, rate: float, noise_shape: tuple[int | None, ...] | None, seed: int | None
    ) -> None:
        super().__init__()
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        if self.rate == 1:
            return torch.zeros_like(x)
        # Uniform numbers and a comparison cost half of what drawing from Bernoulli does.
        factors = self._uniform(x).ge_(self.rate).mul_(1 / (1 - self.rate))
        return x * factors

    def _uniform(self, x: Tensor) -> Tensor:
        if self.noise_shape is None and self.seed is None:
            return torch.rand_like(x)
        wanted = self.noise_shape or (None,) * x.dim()
        shape = [have if size is None else size for size, have in zip(wanted, x.shape, strict=True)]
        return torch.rand(shape, dtype=x.dtype, device=x.device, generator=self._generator(x))

    def _generator(self, x: Tensor) -> torch.Generator | None:
        if self.seed is not None and self.generator is None:
            self.generator = torch.Generator(x.device).manual_seed(self.seed)
        return self.generator
