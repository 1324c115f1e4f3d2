"""What layers share that take images: their axes, their seeds, and how pixels are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    from flowengine.nn.cells.moving import Reading

Share = Annotated[float, Field(ge=-1, le=1)]
"""A part of the whole, in one direction or the other."""

Part = Annotated[float, Field(ge=0, le=1)]
"""A part of the whole."""

FillMode = Literal["reflect", "wrap", "constant", "nearest"]

ValueRange = tuple[float, float]


class ImageLayer(Layer):
    """Base of layers that take images."""

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(require_rank(inputs, 3, "height, width, channels"))


class RandomImageLayer(ImageLayer):
    """Base of layers that change images at random while training, each image differently."""

    seed: int | None = None
    """Own seed; by default the random numbers follow from the learner's seed."""


class RangedImageLayer(ImageLayer):
    """Base of layers that know the range of values of images."""

    value_range: ValueRange = (0.0, 255.0)
    """Smallest and largest value of a pixel."""


class ColourLayer(RandomImageLayer, RangedImageLayer):
    """Base of layers that change the colours of images at random while training."""

    def flops(self, *inputs: TensorSpec) -> int:
        return 4 * inputs[0].size


class MovingImageLayer(RandomImageLayer):
    """Base of layers that move the pixels of images."""

    fill_mode: FillMode = "reflect"
    """What stands where no pixel comes from: ``reflect`` mirrors the image at its edges, ``wrap``
    repeats it, ``constant`` takes ``fill_value``, ``nearest`` repeats the edge."""
    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    """How a place between pixels is read."""
    fill_value: float = 0.0
    """Value beyond the edges with the fill mode ``constant``."""

    def reading(self) -> Reading:
        """Return how pixels are read."""
        from flowengine.nn.cells.moving import Reading

        return Reading(self.fill_mode, self.fill_value, self.interpolation)

    def flops(self, *inputs: TensorSpec) -> int:
        return (8 if self.interpolation == "bilinear" else 1) * inputs[0].size


def bounds(factor: float | tuple[float, float]) -> tuple[float, float]:
    """Return the bounds that a factor stands for: one number goes both ways."""
    if isinstance(factor, tuple):
        return min(factor), max(factor)
    return -abs(factor), abs(factor)


def parts(factor: float | tuple[float, float]) -> tuple[float, float]:
    """Return the bounds that a factor stands for: one number is the upper one."""
    return (min(factor), max(factor)) if isinstance(factor, tuple) else (0.0, factor)


def require_colours(tensor: TensorSpec, *counts: int) -> TensorSpec:
    """Return the images, where they have one of so many channels.

    Raises:
        ConfigureError: They have another number.
    """
    channels = tensor.shape[-1]
    if channels is not None and channels not in counts:
        raise ConfigureError(
            f"this layer needs images of red, green and blue, which are 3 channels; it gets "
            f"{tensor}"
        )
    return tensor
