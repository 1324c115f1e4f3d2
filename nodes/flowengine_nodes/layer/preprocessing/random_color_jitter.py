"""Brightness, contrast, saturation and hue changed at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, Share, require_colours
from flowengine_nodes.layer.preprocessing.random_brightness import RandomBrightness
from flowengine_nodes.layer.preprocessing.random_contrast import RandomContrast
from flowengine_nodes.layer.preprocessing.random_hue import RandomHue
from flowengine_nodes.layer.preprocessing.random_saturation import RandomSaturation

if TYPE_CHECKING:
    import torch


@node(title="RandomColorJitter", keywords=("augmentation", "colour", "image"))
class RandomColorJitter(ColourLayer):
    """Change brightness, contrast, saturation and hue of images while training, in this order.

    ``y = hue(saturation(contrast(brightness(x))))``.

    Each is done by a layer of its own, which has more to say of its factor. When a network is
    applied, images stay as they are.
    """

    brightness_factor: Share | tuple[Share, Share] | None = None
    """As of RandomBrightness; null leaves the brightness alone."""
    contrast_factor: Part | tuple[Part, Part] | None = None
    """As of RandomContrast; null leaves the contrast alone."""
    saturation_factor: Share | tuple[Share, Share] | None = None
    """As of RandomSaturation; null leaves the saturation alone."""
    hue_factor: Part | tuple[Part, Part] | None = None
    """As of RandomHue; null leaves the hue alone."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        has_colours = self.saturation_factor is not None or self.hue_factor is not None
        made = super().outputs(*inputs)
        return require_colours(made, 3) if has_colours else made

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.colours import RandomColorJitterCell

        return RandomColorJitterCell([layer.build(*inputs) for layer in self.layers()])

    def layers(self) -> list[ColourLayer]:
        """Return the layers that do it."""
        chosen = (
            (RandomBrightness, self.brightness_factor),
            (RandomContrast, self.contrast_factor),
            (RandomSaturation, self.saturation_factor),
            (RandomHue, self.hue_factor),
        )
        return [
            cls.model_construct(
                factor=factor,
                value_range=self.value_range,
                # Layers of one seed would draw the same numbers.
                seed=None if self.seed is None else self.seed + number,
                data_format=self.data_format,
            )
            for number, (cls, factor) in enumerate(chosen)
            if factor is not None
        ]
