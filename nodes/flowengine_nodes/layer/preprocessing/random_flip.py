"""Images flipped at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import RandomImageLayer

if TYPE_CHECKING:
    import torch


@node(title="RandomFlip", keywords=("augmentation", "mirror", "image"))
class RandomFlip(RandomImageLayer):
    """Flip every other image while training, chosen at random.

    ``y[i, j] = x[height - 1 - i, width - 1 - j]``.

    When a network is applied, images stay as they are. As in Keras, an image is flipped in both
    directions or in none with ``horizontal_and_vertical``; two layers flip them apart.
    """

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
    """Whether left and right change places, top and bottom, or both."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.augmentation import RandomFlipCell

        axes = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}
        return RandomFlipCell(axes[self.mode], seed=self.seed)
