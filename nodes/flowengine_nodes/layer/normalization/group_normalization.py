"""Normalization of groups of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine_nodes.layer._tensors import floating, known_axis, tensor_axis
from flowengine_nodes.layer.normalization._scaling import ScalingSettings

if TYPE_CHECKING:
    import torch


@node(title="GroupNormalization", keywords=("group norm", "instance norm", "standardize"))
class GroupNormalization(ScalingSettings, Layer):
    """Bring groups of channels of each row to mean 0 and deviation 1, then scale and shift them.

    ``gamma · (x - mean) / sqrt(variance + epsilon) + beta``, where mean and variance are those of a
    group of channels at all places of an image. Does not look at other rows, so small batches do no
    harm (Wu and He, 2018).
    """

    groups: int = 32
    """Number of groups, which divides the channels; -1 makes each channel a group, which is called
    instance normalization."""
    axis: int = -1
    """Axis of the channels, counted with the batch as axis 0."""
    epsilon: Annotated[float, Field(ge=0)] = 0.001
    """Added to the variance, so that nothing is divided by zero."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        channels = self._channels(inputs[0])
        if self.groups != -1 and (self.groups < 1 or channels % self.groups):
            fitting = [str(count) for count in range(1, channels + 1) if channels % count == 0]
            raise ConfigureError(
                f"groups is {self.groups}, which does not divide the {channels} channels of the "
                f"input; choose one of {', '.join(fitting[-8:])}, or -1 for a group a channel",
                setting="groups",
            )
        return floating(inputs[0])

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return self.scaling_weights(self._channels(inputs[0]))

    def flops(self, *inputs: TensorSpec) -> int:
        return 7 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.row_normalization import GroupNormalizationCell

        return GroupNormalizationCell(
            self.weights(*inputs),
            axis=tensor_axis(inputs[0], self.axis) + 1,
            groups=self._channels(inputs[0]) if self.groups == -1 else self.groups,
            epsilon=self.epsilon,
        )

    def _channels(self, tensor: TensorSpec) -> int:
        return known_axis(tensor, tensor_axis(tensor, self.axis), "normalised")
