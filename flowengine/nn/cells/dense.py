"""Dense layers. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

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
