"""Normal noise added to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.regularization._noise import NoiseLayer, Rate

if TYPE_CHECKING:
    import torch


@node(title="GaussianNoise", keywords=("regularization", "augmentation", "denoising"))
class GaussianNoise(NoiseLayer):
    """Add normal noise of mean 0 while training: ``x + N(0, stddev)``.

    Keeps a network from learning its examples by heart. When a network is applied, nothing is
    added.
    """

    stddev: Rate
    """Standard deviation of the noise, 0 to 1."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import GaussianNoiseCell

        return GaussianNoiseCell(stddev=self.stddev, seed=self.seed)
