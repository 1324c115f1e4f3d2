"""What layers share that change values at random while training."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import floating

Rate = Annotated[float, Field(ge=0, le=1)]
"""A share: 0 to 1."""

Part = Annotated[float, Field(ge=0, lt=1)]
"""A share below 1."""


class NoiseLayer(Layer):
    """Base of layers that do something while training only; the shape stays."""

    seed: int | None = None
    """Own seed; by default the random numbers follow from the learner's seed."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])


class DroppingLayer(NoiseLayer):
    """Base of layers that drop single values."""

    noise_shape: tuple[Size | None, ...] | None = None
    """Shape of the random mask with the batch first, null for the input's own size: ``[null, 1,
    16]`` drops the same of 16 features at all times of a sequence."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if self.noise_shape is not None:
            _check(self.noise_shape, inputs[0])
        return super().outputs(*inputs)


def _check(noise_shape: tuple[int | None, ...], tensor: TensorSpec) -> None:
    sizes = (None, *tensor.shape)
    fits = len(noise_shape) == len(sizes) and all(
        noise in (None, 1, size) or (size is None and noise is not None)
        for noise, size in zip(noise_shape, sizes, strict=True)
    )
    if not fits:
        raise ConfigureError(
            f"noise_shape {list(noise_shape)} does not fit the input {tensor} with the batch in "
            f"front; it needs {len(sizes)} numbers, each null, 1 or the input's size",
            setting="noise_shape",
        )
