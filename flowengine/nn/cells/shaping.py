"""Modules that move values without computing. Imports torch."""

from __future__ import annotations

from torch import Tensor, nn

from flowengine.nn.cells.base import Cell


class FlattenCell(Cell):
    """All values of a row side by side; of a scalar, a vector of one."""

    takes_integers = True

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), -1)


class ActivationCell(Cell):
    """Nothing but an activation."""

    def __init__(self, activation: nn.Module | None) -> None:
        super().__init__(activation=activation)

    def forward(self, x: Tensor) -> Tensor:
        return self.activated(x)
