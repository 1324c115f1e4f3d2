"""What pooling over one, two and three axes shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine.nn.windows import window_shape
from flowengine_nodes.layer._settings import DataFormat, Padding

if TYPE_CHECKING:
    import torch


class Pooling(Layer):
    """Base of pooling layers; a subclass has ``pool_size`` and ``strides``, and says by what."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        pool_size: tuple[int, ...]
        strides: tuple[int, ...] | None

    padding: Padding = "valid"
    """``valid``: only where the window fits; ``same``: windows may reach beyond the edge."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    @property
    def steps(self) -> tuple[int, ...]:
        """The strides; by default the window itself."""
        return self.strides or self.pool_size

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.pool_size) + 1, self.axes)
        ones = (1,) * len(self.pool_size)
        sizes = window_shape(
            "pool", tensor.shape[:-1], self.pool_size, self.steps, ones, self.padding
        )
        return TensorSpec((*sizes, tensor.shape[-1]))

    def flops(self, *inputs: TensorSpec) -> int:
        return math.prod(self.pool_size) * self.outputs(*inputs).size


class MaxPooling(Pooling):
    """Base of layers that keep the largest value of each window."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.pooling import MaxPoolingCell

        return MaxPoolingCell(window=self.pool_size, strides=self.steps, padding=self.padding)


class AveragePooling(Pooling):
    """Base of layers that keep the mean of each window."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.pooling import AveragePoolingCell

        return AveragePoolingCell(window=self.pool_size, strides=self.steps, padding=self.padding)
