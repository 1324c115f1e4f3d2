"""A layer at every step of a sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine.nested import LayerSetting

if TYPE_CHECKING:
    import torch


@node(title="TimeDistributed", keywords=("sequence", "wrapper", "each step", "video"))
class TimeDistributed(Layer):
    """Apply one layer, with the same weights, to every step of a sequence.

    ``y[t] = layer(x[t])``.

    The first dimension of the input is time; the layer sees the rest, such as one image of a film.
    """

    layer: LayerSetting
    """The layer: an object with its type and its settings, such as ``{"type": "layer.conv2d",
    "filters": 8, "kernel_size": 3}``."""

    def step(self, tensor: TensorSpec) -> TensorSpec:
        """Return one step of a sequence.

        Raises:
            ConfigureError: The tensor is no sequence.
        """
        if len(tensor.shape) < 2:
            raise ConfigureError(
                f"this layer needs an input of at least 2 dimensions, the first of which is time; "
                f"it gets {tensor}"
            )
        return replace(tensor, shape=tensor.shape[1:])

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (tensor,) = inputs
        step = self.step(tensor)
        try:
            made = self.layer.output_specs(step)[0]
        except ConfigureError as error:
            raise ConfigureError(
                f"the layer inside gets one step of {tensor}, which is {step}: {error}",
                setting="layer",
            ) from None
        return replace(made, shape=(tensor.shape[0], *made.shape), masked=tensor.masked)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        weights = self.layer.weights(self.step(inputs[0]))
        return {f"layer/{name}": weight for name, weight in weights.items()}

    def flops(self, *inputs: TensorSpec) -> int:
        return (inputs[0].shape[0] or 1) * self.layer.flops(self.step(inputs[0]))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.wrapper import TimeDistributedCell

        step = self.step(inputs[0])
        # A layer that refuses masks is asked about one only where there is one.
        masked = step.masked and self.layer.output_specs(step)[0].masked
        return TimeDistributedCell(self.layer.build(step), keeps_masks=masked)
