"""The rectifier that learns its slopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, Weight, node
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import InitializerSetting, Zeros
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._tensors import floating, known_axis, tensor_axis
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="PReLU", keywords=("rectifier", "parametric"))
class PReLU(ActivationLayer):
    """Keep what is positive; learn the slope of the rest: ``alpha * x`` below 0.

    There is a slope for each place of the input, or one for all places along shared axes: of images
    with ``shared_axes`` ``[1, 2]`` each channel has one (He et al., 2015).
    """

    alpha_initializer: InitializerSetting = Zeros()
    """What fills the slopes before training."""
    alpha_regularizer: RegularizerSetting | None = None
    """What the slopes add to the loss."""
    alpha_constraint: ConstraintSetting | None = None
    """What the slopes must satisfy after each step."""
    shared_axes: int | tuple[int, ...] | None = None
    """Axes along which there is one slope, counted with the batch as axis 0."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        self._shape(inputs[0])
        return floating(inputs[0])

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {
            "alpha": Weight(
                self._shape(inputs[0]),
                self.alpha_initializer,
                regularizer=self.alpha_regularizer,
                constraint=self.alpha_constraint,
            )
        }

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import ChannelPReLUCell, PReLUCell

        weights = self.weights(*inputs)
        by_channel = weights["alpha"].size == weights["alpha"].shape[-1]
        return ChannelPReLUCell(weights) if by_channel else PReLUCell(weights)

    def _shape(self, tensor: TensorSpec) -> tuple[int, ...]:
        axes = (self.shared_axes,) if isinstance(self.shared_axes, int) else self.shared_axes or ()
        shared = {tensor_axis(tensor, axis, "shared_axes") for axis in axes}
        return tuple(
            1 if axis in shared else known_axis(tensor, axis, f"{axis + 1}.")
            for axis in range(len(tensor.shape))
        )
