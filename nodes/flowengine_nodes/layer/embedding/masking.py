"""Steps of a sequence to be skipped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Masking", keywords=("padding", "sequence", "missing"))
class Masking(Layer):
    """Skip the steps of a sequence in which every feature has the same special value.

    ``y[t] = 0 where all(x[t] = mask_value), else x[t]``.

    Sequences of different lengths are padded with that value to one length. Recurrent layers
    behind this one, losses and metrics skip those steps; the mask ends at a layer that mixes steps,
    such as a convolution. The values of skipped steps become 0.
    """

    mask_value: float = 0.0
    """Value that all features of a skipped step have."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if not inputs[0].shape:
            raise ConfigureError("this layer needs a sequence; it gets a scalar")
        return replace(floating(inputs[0]), masked=True)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.embedding import MaskingCell

        return MaskingCell(self.mask_value)
