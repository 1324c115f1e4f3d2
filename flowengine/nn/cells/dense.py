"""Dense layers. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight


class DenseCell(Cell):
    """A matrix product over the last axis, plus a bias."""

    kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(self, weights: Mapping[str, Weight], activation: nn.Module | None) -> None:
        super().__init__(weights, optional=("bias",), activation=activation)

    def forward(self, x: Tensor) -> Tensor:
        return self.activated(F.linear(x, self.kernel, self.bias))


class EinsumCell(Cell):
    """Einstein's sum of the input and a kernel, plus a bias."""

    kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(
        self, weights: Mapping[str, Weight], activation: nn.Module | None, equation: str
    ) -> None:
        super().__init__(weights, optional=("bias",), activation=activation)
        self.equation = equation

    def forward(self, x: Tensor) -> Tensor:
        values = torch.einsum(self.equation, x, self.kernel)
        return self.activated(values if self.bias is None else values + self.bias)
