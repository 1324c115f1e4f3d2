"""What layers share that take images: their axes, their seeds, and how pixels are read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer._tensors import floating

Share = Annotated[float, Field(ge=-1, le=1)]
"""A part of the whole, in one direction or the other."""

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


class MovingImageLayer(RandomImageLayer):
    """Base of layers that move the pixels of images."""

    fill_mode: FillMode = "reflect"
    """What stands where no pixel comes from: ``reflect`` mirrors the image at its edges, ``wrap``
    repeats it, ``constant`` takes ``fill_value``, ``nearest`` repeats the edge."""
    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    """How a place between pixels is read."""
    fill_value: float = 0.0
    """Value beyond the edges with the fill mode ``constant``."""

    def flops(self, *inputs: TensorSpec) -> int:
        return (8 if self.interpolation == "bilinear" else 1) * inputs[0].size


def bounds(factor: float | tuple[float, float]) -> tuple[float, float]:
    """Return the bounds that a factor stands for: one number goes both ways."""
    if isinstance(factor, tuple):
        return min(factor), max(factor)
    return -abs(factor), abs(factor)
