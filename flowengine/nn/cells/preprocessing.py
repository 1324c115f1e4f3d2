"""Preprocessing without weights. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell

Factor = float | tuple[float, ...]


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
