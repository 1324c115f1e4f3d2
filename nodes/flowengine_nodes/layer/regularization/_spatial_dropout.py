"""What dropout of whole channels shares over one, two and three axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer.regularization._noise import NoiseLayer, Rate

if TYPE_CHECKING:
    import torch


class SpatialDropout(NoiseLayer):
    """Base of layers that drop whole channels; a subclass names the axes."""

    axes: ClassVar[str]

    rate: Rate
    """Share of the channels that are dropped."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        require_rank(inputs, len(self.axes.split(", ")), self.axes)
        return super().outputs(*inputs)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import DropoutCell

        places = (1,) * (len(inputs[0].shape) - 1)
        return DropoutCell(rate=self.rate, noise_shape=(None, *places, None), seed=self.seed)
