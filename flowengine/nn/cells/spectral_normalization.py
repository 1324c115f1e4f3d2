"""A kernel held to one spectral norm. Imports torch."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

LONGEST = 1e7
"""Largest factor by which a vector is stretched to length 1, as in Keras."""


class SpectralNormalizationCell(Cell):
    """A module whose kernel is divided by its largest singular value while training.

    The singular value is found by iteration, which goes on from one batch to the next.
    """

    kernel_kind = "cell"
    vector_u: Tensor

    def __init__(
        self,
        weights: Mapping[str, Weight],
        layer: nn.Module,
        *,
        kernel: str,
        axes: tuple[int, ...],
        iterations: int,
    ) -> None:
        super().__init__(weights)
        self.layer = layer
        self.kernel = kernel
        self.back = [axes.index(axis) for axis in range(len(axes))]
        self.iterations = iterations
        self.frozen = False
        self.takes_integers = getattr(layer, "takes_integers", False)
        self.rows_apart = getattr(layer, "rows_apart", False)
        self.reads_mask = "mask" in inspect.signature(layer.forward).parameters

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        # A frozen layer is left alone; Keras goes on dividing.
        if self.training and not self.frozen:
            self._normalise()
        result: Tensor = self.layer(x, mask=mask) if self.reads_mask else self.layer(x)
        return result

    @torch.no_grad()
    def _normalise(self) -> None:
        # The data behind the parameter: a network may use the layer twice before it goes back.
        kernel = self.layer.get_parameter(self.kernel).data
        matrix = (kernel.permute(self.back) if self.back else kernel).flatten(0, -2)
        if not matrix.any():
            return
        right = self.vector_u
        for _ in range(self.iterations):
            left = _unit(right @ matrix.T)
            right = _unit(left @ matrix)
        largest = (left @ matrix @ right.T).squeeze()
        self.vector_u.copy_(right)
        kernel.div_(largest)


def _unit(vector: Tensor) -> Tensor:
    return vector * vector.square().sum().rsqrt().clamp(max=LONGEST)
