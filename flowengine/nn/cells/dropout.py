"""Values changed at random while training. Imports torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell

SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805
"""The least value that SELU gives."""

NoiseShape = tuple[int | None, ...] | None


class NoiseCell(Cell):
    """Base of cells that use random numbers while training.

    Attributes:
        generator: Own source of random numbers, where the layer has its own seed.
    """

    def __init__(self, *, seed: int | None) -> None:
        super().__init__()
        self.seed = seed
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        return self.disturb(x) if self.training else x

    def disturb(self, x: Tensor) -> Tensor:
        """Return what comes out while training."""
        raise NotImplementedError(f"{type(self).__name__} needs a method disturb")

    def uniform(self, x: Tensor, shape: NoiseShape = None) -> Tensor:
        """Return numbers from 0 to 1 in the shape of ``x``, or in another one."""
        if shape is None and self.seed is None:
            return torch.rand_like(x)
        wanted = shape or (None,) * x.dim()
        sizes = [have if size is None else size for size, have in zip(wanted, x.shape, strict=True)]
        return torch.rand(sizes, dtype=x.dtype, device=x.device, generator=self._generator(x))

    def normal(self, x: Tensor) -> Tensor:
        """Return normal numbers of mean 0 and deviation 1 in the shape of ``x``."""
        if self.seed is None:
            return torch.randn_like(x)
        return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=self._generator(x))

    def _generator(self, x: Tensor) -> torch.Generator | None:
        if self.seed is not None and self.generator is None:
            self.generator = torch.Generator(x.device).manual_seed(self.seed)
        return self.generator


class DropoutCell(NoiseCell):
    """Set values to zero at random, and scale up the rest."""

    def __init__(self, *, rate: float, noise_shape: NoiseShape, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.rate = rate
        self.noise_shape = noise_shape
        self.rows_apart = noise_shape is None or noise_shape[0] is None

    def disturb(self, x: Tensor) -> Tensor:
        if self.rate == 0:
            return x
        if self.rate == 1:
            return torch.zeros_like(x)
        # Uniform numbers and a comparison cost half of what drawing from Bernoulli does.
        factors = self.uniform(x, self.noise_shape).ge_(self.rate).mul_(1 / (1 - self.rate))
        return x * factors


class AlphaDropoutCell(NoiseCell):
    """Set values to SELU's floor at random, then bring mean and variance back."""

    kernel_kind = "cell"

    def __init__(self, *, rate: float, noise_shape: NoiseShape, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.rate = rate
        self.noise_shape = noise_shape
        self.rows_apart = noise_shape is None or noise_shape[0] is None
        self.scale = 1 / math.sqrt((1 - rate) * (1 + rate * SELU_FLOOR**2))
        self.shift = -self.scale * SELU_FLOOR * rate

    def disturb(self, x: Tensor) -> Tensor:
        if self.rate == 0:
            return x
        kept = self.uniform(x, self.noise_shape) >= self.rate
        return x.where(kept, SELU_FLOOR) * self.scale + self.shift


class GaussianNoiseCell(NoiseCell):
    """Add normal noise."""

    def __init__(self, *, stddev: float, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.stddev = stddev

    def disturb(self, x: Tensor) -> Tensor:
        return x + self.normal(x) * self.stddev if self.stddev else x


class GaussianDropoutCell(NoiseCell):
    """Multiply with normal noise around 1."""

    def __init__(self, *, rate: float, seed: int | None) -> None:
        super().__init__(seed=seed)
        self.deviation = math.sqrt(rate / (1 - rate))

    def disturb(self, x: Tensor) -> Tensor:
        return x * (1 + self.normal(x) * self.deviation) if self.deviation else x
