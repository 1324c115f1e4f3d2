"""Images of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import ConfigureError, TensorSpec, node
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._images import ImageLayer

if TYPE_CHECKING:
    import torch

TAPS = {"nearest": 0, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
"""Places of an axis that an interpolation weighs for one of its output."""


@node(title="Resizing", keywords=("scale", "image", "interpolation"))
class Resizing(ImageLayer):
    """Bring images to a size.

    Whole numbers stay whole: they are rounded. The image is stretched, or first cropped or padded
    to the new proportions. As a layer it travels with the network, which then takes images of any
    size: start it with ``[null, null, 3]``.
    """

    height: Size
    """Height of the result."""
    width: Size
    """Width of the result."""
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] = "bilinear"
    """How pixels between pixels are made; ``bicubic`` is torch's (with a slope of -0.75)."""
    crop_to_aspect_ratio: bool = False
    """Whether to cut off what does not fit the new proportions, so that nothing is stretched."""
    pad_to_aspect_ratio: bool = False
    """Whether to fill up to the new proportions, so that nothing is stretched or lost."""
    fill_mode: Literal["constant"] = "constant"
    """What the image is filled up with: always one value."""
    fill_value: float = 0.0
    """That value."""
    antialias: bool = False
    """Whether to smooth an image that gets smaller, which keeps fine patterns from flickering; for
    ``bilinear`` and ``bicubic``."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, 3, "height, width, channels")
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ConfigureError(
                "crop_to_aspect_ratio and pad_to_aspect_ratio exclude one another; choose one",
                setting="pad_to_aspect_ratio",
            )
        if self.antialias and self.interpolation.startswith("lanczos"):
            raise ConfigureError(
                f'antialias does not go with interpolation "{self.interpolation}"; "bicubic" '
                f"has it",
                setting="antialias",
            )
        kept = tensor.dtype if "int" in tensor.dtype else "float32"
        return TensorSpec((self.height, self.width, tensor.shape[-1]), kept)

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * TAPS[self.interpolation] ** 2 * self.outputs(*inputs).size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.resizing import ResizingCell

        return ResizingCell(
            self.height,
            self.width,
            interpolation=self.interpolation,
            crops=self.crop_to_aspect_ratio,
            pads=self.pad_to_aspect_ratio,
            fill_value=self.fill_value,
            antialias=self.antialias,
        )
