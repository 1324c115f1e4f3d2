"""Dropout for networks of SELU activations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.regularization._noise import DroppingLayer, Part

if TYPE_CHECKING:
    import torch


@node(title="AlphaDropout", keywords=("regularization", "overfitting", "selu"))
class AlphaDropout(DroppingLayer):
    """Drop a share of the values at random while training, keeping mean and variance.

    ``y = a · x + b where x is kept, else -1.7581 · a + b``.

    Dropped values become ``-1.7581``, the floor of SELU; all are then scaled and shifted, so that
    what comes out of a SELU activation stays of mean 0 and variance 1 (Klambauer et al., 2017).
    """

    rate: Part
    """Share of the values that are dropped."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import AlphaDropoutCell

        return AlphaDropoutCell(rate=self.rate, noise_shape=self.noise_shape, seed=self.seed)
