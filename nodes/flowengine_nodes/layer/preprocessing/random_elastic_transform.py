"""Images bent at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import TensorSpec, node
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


@node(title="RandomElasticTransform", keywords=("augmentation", "distort", "bend", "image"))
class RandomElasticTransform(ColourLayer):
    """Bend some images like rubber while training, each in another way.

    Every pixel is read from a place beside its own: ``x + a · blur(noise)``, with ``a`` a tenth of
    the longer side times the scale. When a network is applied, images stay as they are.

    Source: Best practices for convolutional neural networks (Simard et al., 2003).
    """

    factor: Part | tuple[Part, Part] = 1.0
    """How probable it is, drawn for each image from 0 to this number, or between two numbers."""
    scale: Part | tuple[Part, Part] = 1.0
    """How far pixels move, drawn for all images of a batch together, likewise."""
    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    """How a place between pixels is read."""
    fill_mode: Literal["reflect", "wrap", "constant", "nearest", "mirror"] = "reflect"
    """What stands where no pixel comes from: ``reflect`` mirrors the image at its edges, ``mirror``
    at its last pixels, ``wrap`` repeats it, ``constant`` takes ``fill_value``, ``nearest`` repeats
    the edge."""
    fill_value: float = 0.0
    """Value beyond the edges with the fill mode ``constant``."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 16 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.moving import Reading
        from flowengine.nn.cells.warping import RandomElasticTransformCell

        return RandomElasticTransformCell(
            parts(self.factor),
            parts(self.scale),
            Reading(self.fill_mode, self.fill_value, self.interpolation),
            value_range=self.value_range,
            seed=self.seed,
        )
