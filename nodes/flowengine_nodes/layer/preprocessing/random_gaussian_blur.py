"""Images blurred at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer._settings import Spread
from flowengine_nodes.layer.preprocessing._images import ColourLayer, Part, parts

if TYPE_CHECKING:
    import torch


def _odd(size: int) -> int:
    if size % 2 == 0:
        raise ValueError(f"expected an odd number, which has a middle, got {size}")
    return size


Odd = Annotated[int, Field(ge=1), AfterValidator(_odd)]


@node(title="RandomGaussianBlur", keywords=("augmentation", "smooth", "image"))
class RandomGaussianBlur(ColourLayer):
    """Blur some images while training, all images of a batch by the same deviation.

    ``y = x * g, g[a, b] = exp(-(a² + b²) / 2σ²) / sum``.

    When a network is applied, images stay as they are.
    """

    factor: Part | tuple[Part, Part] = 1.0
    """How probable it is, drawn for each image from 0 to this number, or between two numbers."""
    kernel_size: Annotated[tuple[Odd, Odd], Spread(2)] = (3, 3)
    """Width and height of the window that is blurred over, both odd."""
    sigma: Part | tuple[Part, Part] = 1.0
    """Deviation in pixels: from 0 to this number, or between two numbers."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.tones import RandomGaussianBlurCell

        return RandomGaussianBlurCell(
            parts(self.factor),
            kernel_size=self.kernel_size,
            sigma=parts(self.sigma),
            value_range=self.value_range,
            seed=self.seed,
        )
