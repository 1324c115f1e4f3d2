"""Colours turned at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts, require_colours

if TYPE_CHECKING:
    import torch


@node(title="RandomHue", keywords=("augmentation", "colour", "image"))
class RandomHue(ColourLayer):
    """Turn the colours of images around the circle of colours while training.

    ``y = rgb(hue(x) + f, saturation(x), value(x))``.

    Each image is turned in either direction. When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part]
    """How far, as part of half the circle: from 0 to this number, or between two numbers."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return require_colours(super().outputs(*inputs), 3)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomHueCell

        return RandomHueCell(parts(self.factor), value_range=self.value_range, seed=self.seed)
