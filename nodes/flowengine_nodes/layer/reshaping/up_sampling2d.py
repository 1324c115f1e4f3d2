"""A larger image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from flowengine import ConfigureError, TensorSpec, node
from flowengine_nodes.layer._settings import DataFormat, Pair
from flowengine_nodes.layer.reshaping._up_sampling import UpSampling

if TYPE_CHECKING:
    import torch

TAPS = {"nearest": 0, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
"""Places of an axis that an interpolation weighs for one of its output."""


@node(title="UpSampling2D", keywords=("resize", "interpolation", "repeat", "image"))
class UpSampling2D(UpSampling):
    """Enlarge an image by whole numbers.

    ``y[i, j] = x[i // size, j // size]``.

    ``nearest`` repeats pixels; the others weigh the pixels around each place. Whole numbers are
    rounded to whole numbers again.
    """

    axes: ClassVar[str] = "height, width, channels"

    size: Pair = (2, 2)
    """Factors of height and width; one number stands for both."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"] = "nearest"
    """How pixels between pixels are made; ``bicubic`` is torch's (with a slope of -0.75)."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if self.interpolation != "nearest" and inputs[0].dtype == "bool":
            raise ConfigureError(
                f'interpolation "{self.interpolation}" needs numbers; the input is {inputs[0]}; '
                f'"nearest" takes it',
                setting="interpolation",
            )
        return super().outputs(*inputs)

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * TAPS[self.interpolation] ** 2 * self.outputs(*inputs).size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.up_sampling import InterpolationCell, LanczosCell

        if self.interpolation == "nearest":
            return super().build(*inputs)
        if self.interpolation in ("bilinear", "bicubic"):
            return InterpolationCell(self.size, self.interpolation)
        return LanczosCell(self.size, radius=TAPS[self.interpolation] // 2)
