"""What pooling of a whole input shares, over one, two and three axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import DataFormat

if TYPE_CHECKING:
    import torch


class GlobalPooling(Layer):
    """Base of layers that keep one value of each channel; a subclass says which."""

    axes: ClassVar[str]

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
    keepdims: bool = False
    """Whether the pooled dimensions stay, with a size of 1."""

    @property
    def rank(self) -> int:
        """Number of axes that are pooled."""
        return self.axes.count(",")

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, self.rank + 1, self.axes)
        return TensorSpec((*[1] * self.rank * self.keepdims, tensor.shape[-1]))

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size


class GlobalMaxPooling(GlobalPooling):
    """Base of layers that keep the largest value of each channel."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.global_pooling import GlobalMaxPoolingCell

        return GlobalMaxPoolingCell(rank=self.rank, keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """Base of layers that keep the mean of each channel."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.global_pooling import (
            GlobalAveragePoolingCell,
            MaskedAveragePoolingCell,
        )

        # As in Keras, only sequences know masks.
        cell = MaskedAveragePoolingCell if self.rank == 1 else GlobalAveragePoolingCell
        return cell(rank=self.rank, keepdims=self.keepdims)
