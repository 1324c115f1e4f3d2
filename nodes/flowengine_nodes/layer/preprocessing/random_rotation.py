"""Images rotated at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import MovingImageLayer, Share, bounds

if TYPE_CHECKING:
    import torch


@node(title="RandomRotation", keywords=("augmentation", "turn", "image"))
class RandomRotation(MovingImageLayer):
    """Rotate images around their middle while training, each by an angle of its own.

    ``y[p] = x[m + R(angle) · (p - m)]``.

    When a network is applied, images stay as they are.
    """

    factor: Share | tuple[Share, Share]
    """Largest angle as part of a full turn, counter-clockwise; one number goes both ways: ``0.1``
    is -36 to 36 degrees."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import RandomRotationCell

        return RandomRotationCell(
            bounds(self.factor),
            self.reading(),
            seed=self.seed,
        )
