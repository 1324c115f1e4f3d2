"""Values brought to another range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Rescaling", keywords=("normalize", "preprocessing"))
class Rescaling(Layer):
    """Multiply every value by a scale and add an offset.

    ``y = scale · x + offset``.

    Images arrive as numbers from 0 to 255: a scale of 0.00392156862745098 (1/255) brings them to
    0 to 1. As a layer it travels with the network, and tables keep their small integers.
    """

    scale: float | tuple[float, ...]
    """Factor: one number, or one for each channel."""
    offset: float | tuple[float, ...] = 0.0
    """What is added afterwards: one number, or one for each channel."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        last = inputs[0].shape[-1] if inputs[0].shape else 1
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(value, tuple) and last is not None and len(value) not in (1, last):
                raise ConfigureError(
                    f"{name} has {len(value)} numbers, but the input {inputs[0]} has {last} "
                    f"channels; give one number, or one for each channel",
                    setting=name,
                )
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.preprocessing import RescalingCell

        return RescalingCell(self.scale, self.offset)
