"""Modules that move values without computing. Imports torch."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.nn.cells.convolution import flat_sides


class FlattenCell(Cell):
    """All values of a row side by side; of a scalar, a vector of one."""

    takes_integers = True

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], -1)


class IdentityCell(Cell):
    """The tensor itself."""

    takes_integers = True

    def forward(self, x: Tensor) -> Tensor:
        return x


class ActivationCell(Cell):
    """Nothing but an activation."""

    def __init__(self, activation: nn.Module | None) -> None:
        super().__init__(activation=activation)

    def forward(self, x: Tensor) -> Tensor:
        return self.activated(x)


class ReshapeCell(Cell):
    """The values of a row in another shape."""

    takes_integers = True

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.shape)


class PermuteCell(Cell):
    """The dimensions of a row in another order; the first is 1."""

    takes_integers = True

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.dims)


class RepeatVectorCell(Cell):
    """A vector as a sequence of equal steps, without a copy of it."""

    takes_integers = True

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, x: Tensor) -> Tensor:
        return x.unsqueeze(1).expand(-1, self.steps, -1)


class SliceCell(Cell):
    """A part of one axis, without a copy unless it goes backwards."""

    takes_integers = True

    def __init__(self, axis: int, part: slice) -> None:
        super().__init__()
        self.axis = axis
        self.part = part

    def forward(self, x: Tensor) -> Tensor:
        return self._cut(x)

    def compute_mask(self, mask: Tensor | None, x: Tensor) -> Tensor | None:
        return self._cut(mask) if mask is not None and self.axis < mask.dim() else mask

    def _cut(self, x: Tensor) -> Tensor:
        before = (slice(None),) * self.axis
        if self.part.step > 0:
            return x[(*before, self.part)]
        # Torch goes forwards only: the same places of the turned axis, counted from its other end.
        start, stop = (
            None if place is None else -place - 1 for place in (self.part.start, self.part.stop)
        )
        return x.flip(self.axis)[(*before, slice(start, stop, -self.part.step))]


class _SidesCell(Cell):
    takes_integers = True

    def __init__(self, sides: tuple[tuple[int, int], ...]) -> None:
        super().__init__()
        self.sides = sides


class CroppingCell(_SidesCell):
    """Places cut off before and after the axes behind the batch, without a copy of the rest."""

    def forward(self, x: Tensor) -> Tensor:
        for axis, (before, after) in enumerate(self.sides, start=1):
            x = x.narrow(axis, before, x.shape[axis] - before - after)
        return x


class ZeroPaddingCell(_SidesCell):
    """Zeros added before and after the axes behind the batch."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, [0, 0, *flat_sides(self.sides)])
