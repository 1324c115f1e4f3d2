"""What pooling to a given size shares, over one, two and three axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import DataFormat

if TYPE_CHECKING:
    import torch


class AdaptivePooling(Layer):
    """Base of layers that pool to a given size; a subclass has it and says by what."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        output_size: tuple[int, ...]

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.output_size) + 1, self.axes)
        return TensorSpec((*self.output_size, tensor.shape[-1]))

    def flops(self, *inputs: TensorSpec) -> int:
        return max(inputs[0].size, self.outputs(*inputs).size)


class AdaptiveMaxPooling(AdaptivePooling):
    """Base of layers that keep the largest value of each window."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.adaptive_pooling import AdaptiveMaxPoolingCell

        return AdaptiveMaxPoolingCell(self.output_size)


class AdaptiveAveragePooling(AdaptivePooling):
    """Base of layers that keep the mean of each window."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.adaptive_pooling import AdaptiveAveragePoolingCell

        return AdaptiveAveragePoolingCell(self.output_size)
