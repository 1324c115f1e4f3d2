"""Values multiplied with normal noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.regularization._noise import NoiseLayer, Part

if TYPE_CHECKING:
    import torch


@node(title="GaussianDropout", keywords=("regularization", "overfitting", "noise"))
class GaussianDropout(NoiseLayer):
    """Multiply with normal noise of mean 1 while training: ``x · N(1, sqrt(rate / (1 - rate)))``.

    The noise has the variance that Dropout of the same rate would have, but drops nothing
    altogether (Srivastava et al., 2014).
    """

    rate: Part
    """Share of the values that Dropout would drop."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import GaussianDropoutCell

        return GaussianDropoutCell(rate=self.rate, seed=self.seed)
