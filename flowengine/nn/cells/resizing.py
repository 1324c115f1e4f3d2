"""Images of another size. Imports torch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.base import Cell, channels_first, channels_last
from flowengine.nn.cells.up_sampling import LanczosCell

TORCH_MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}
RADII = {"lanczos3": 3, "lanczos5": 5}


class ResizingCell(Cell):
    """Images stretched to a size, after cropping or padding to its proportions where wanted."""

    takes_integers = True

    def __init__(
        self,
        height: int,
        width: int,
        *,
        interpolation: str = "bilinear",
        crops: bool = False,
        pads: bool = False,
        fill_value: float = 0.0,
        antialias: bool = False,
    ) -> None:
        super().__init__()
        self.size = (height, width)
        self.interpolation = interpolation
        self.crops = crops
        self.pads = pads
        self.fill_value = fill_value
        self.antialias = antialias and interpolation != "nearest"

    def forward(self, x: Tensor) -> Tensor:
        if x.is_floating_point():
            return self._resized(x)
        limits = torch.iinfo(x.dtype)
        return self._resized(x.float()).round().clamp(limits.min, limits.max).to(x.dtype)

    def _resized(self, x: Tensor) -> Tensor:
        if self.crops:
            x = _cropped(x, self.size)
        elif self.pads:
            x = _padded(x, self.size, self.fill_value)
        if self.interpolation in RADII:
            lanczos = LanczosCell((1, 1), radius=RADII[self.interpolation])
            return lanczos.resized(x, list(self.size))
        return self.stretched(x)

    def stretched(self, x: Tensor) -> Tensor:
        """Return images stretched by torch's own interpolations."""
        resized = F.interpolate(
            channels_first(x),
            size=self.size,
            mode=TORCH_MODES[self.interpolation],
            align_corners=None if self.interpolation == "nearest" else False,
            antialias=self.antialias,
        )
        return channels_last(resized)


class CenterCropCell(Cell):
    """The middle of images; of too small ones, all that has the right proportions, enlarged."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.size = (height, width)
        self.enlarged = ResizingCell(height, width, crops=True)

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        top, left = x.shape[1] - height, x.shape[2] - width
        if top < 0 or left < 0:
            result: Tensor = self.enlarged(x)
            return result
        return x[:, top // 2 : top // 2 + height, left // 2 : left // 2 + width]


def _cropped(x: Tensor, size: tuple[int, int]) -> Tensor:
    height, width = x.shape[1:3]
    rows = max(min(height, int(width * size[0] / size[1])), 1)
    columns = max(min(width, int(height * size[1] / size[0])), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, top : top + rows, left : left + columns]


def _padded(x: Tensor, size: tuple[int, int], value: float) -> Tensor:
    height, width = x.shape[1:3]
    rows = max(height, int(width * size[0] / size[1]))
    columns = max(width, int(height * size[1] / size[0]))
    # The same on both sides, as in Keras: an odd place is left out.
    top, left = (rows - height) // 2, (columns - width) // 2
    return F.pad(x, (0, 0, left, left, top, top), value=value)
