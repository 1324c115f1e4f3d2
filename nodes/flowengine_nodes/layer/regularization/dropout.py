"""Values dropped at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.regularization._noise import DroppingLayer, Rate

if TYPE_CHECKING:
    import torch


@node(title="Dropout", keywords=("regularization", "overfitting"))
class Dropout(DroppingLayer):
    """Set a share of the values to zero at random while training.

    The others are scaled up by ``1 / (1 - rate)``, so that the sum stays the same on average. When
    a network is applied, nothing is dropped (Srivastava et al., 2014).
    """

    rate: Rate
    """Share of the values that are dropped."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import DropoutCell

        return DropoutCell(rate=self.rate, noise_shape=self.noise_shape, seed=self.seed)
