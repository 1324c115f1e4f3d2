"""Preprocessing without weights. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

Factor = float | tuple[float, ...]

SMALLEST = 1e-7
"""Smallest deviation that values are divided by, as in Keras."""


class RescalingCell(Cell):
    """``x * scale + offset`` in float32, from whatever numbers arrive."""

    takes_integers = True

    def __init__(self, scale: Factor, offset: Factor) -> None:
        super().__init__()
        self.scale = self._factor("scale_values", scale)
        self.offset = self._factor("offset_values", offset)

    def forward(self, x: Tensor) -> Tensor:
        # An integer tensor times a float is float32 in one pass over the memory.
        values = x * self._value(self.scale)
        return values if self.offset == 0.0 else values + self._value(self.offset)

    def _factor(self, name: str, factor: Factor) -> float | str:
        if isinstance(factor, float):
            return factor
        self.register_buffer(name, torch.tensor(factor), persistent=False)
        return name

    def _value(self, factor: float | str) -> float | Tensor:
        return factor if isinstance(factor, float) else self.get_buffer(factor)


class NormalizationCell(Cell):
    """``(x - mean) / deviation``, or the other way; the statistics are given or weights."""

    def __init__(
        self,
        weights: Mapping[str, Weight],
        given: tuple[Any, Any] | None,
        *,
        sizes: tuple[int, ...],
        shape: tuple[int, ...],
        invert: bool,
    ) -> None:
        super().__init__(weights)
        self.shape = shape
        self.invert = invert
        for name, value in zip(("mean", "variance"), given or (), strict=False):
            values = torch.tensor(value, dtype=torch.float32).broadcast_to(sizes)
            self.register_buffer(name, values.clone(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = (self.get_buffer(name).view(self.shape) for name in ("mean", "variance"))
        deviation = variance.sqrt().clamp(min=SMALLEST)
        return x * deviation + mean if self.invert else (x - mean) / deviation
