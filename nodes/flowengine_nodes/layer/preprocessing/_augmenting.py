"""What layers share that choose among other layers by chance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from flowengine import TensorSpec
from flowengine_nodes.layer.preprocessing._images import ColourLayer, ImageLayer, Part, parts
from flowengine_nodes.layer.preprocessing.auto_contrast import AutoContrast
from flowengine_nodes.layer.preprocessing.equalization import Equalization
from flowengine_nodes.layer.preprocessing.random_brightness import RandomBrightness
from flowengine_nodes.layer.preprocessing.random_color_degeneration import RandomColorDegeneration
from flowengine_nodes.layer.preprocessing.random_contrast import RandomContrast
from flowengine_nodes.layer.preprocessing.random_posterization import RandomPosterization
from flowengine_nodes.layer.preprocessing.random_rotation import RandomRotation
from flowengine_nodes.layer.preprocessing.random_sharpness import RandomSharpness
from flowengine_nodes.layer.preprocessing.random_shear import RandomShear
from flowengine_nodes.layer.preprocessing.random_translation import RandomTranslation
from flowengine_nodes.layer.preprocessing.solarization import Solarization

if TYPE_CHECKING:
    import torch


class AugmentingLayer(ColourLayer):
    """Base of layers that change images by layers chosen at random."""

    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    """How a place between pixels is read."""

    def moving(self, factor: Part | tuple[Part, Part]) -> list[ImageLayer]:
        """Return what shifts pixels, and what changes tones whatever the number of channels."""
        share = parts(factor)
        how = {"interpolation": self.interpolation, "data_format": self.data_format}
        ranged = {"value_range": self.value_range, "data_format": self.data_format}
        return [
            RandomShear.model_validate({"x_factor": share, "y_factor": share, **how}),
            RandomTranslation.model_validate(
                {"height_factor": share, "width_factor": share, **how}
            ),
            RandomRotation.model_validate({"factor": share, **how}),
            RandomPosterization.model_validate({"factor": max(1, int(8 * share[1])), **ranged}),
            Solarization.model_validate(
                {"addition_factor": share, "threshold_factor": share, **ranged}
            ),
            AutoContrast.model_validate(ranged),
            Equalization.model_validate(ranged),
        ]

    def colouring(self, factor: Part | tuple[Part, Part]) -> list[ImageLayer]:
        """Return what changes colours and contrasts."""
        kinds = (RandomBrightness, RandomColorDegeneration, RandomContrast, RandomSharpness)
        settings = {
            "factor": parts(factor),
            "value_range": self.value_range,
            "data_format": self.data_format,
        }
        return [kind.model_validate(settings) for kind in kinds]

    def built(self, layers: Iterable[ImageLayer], tensor: TensorSpec) -> list[torch.nn.Module]:
        """Return the modules of layers; of an own seed each has one of its own."""
        return [
            # Layers of one seed would draw the same numbers.
            layer.model_copy(update={"seed": self.seed + number}).build(tensor)
            if self.seed is not None and "seed" in type(layer).model_fields
            else layer.build(tensor)
            for number, layer in enumerate(layers, 1)
        ]
