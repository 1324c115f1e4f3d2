"""What up-sampling of one, two and three axes shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._tensors import moved

if TYPE_CHECKING:
    import torch


class UpSampling(Layer):
    """Base of layers that repeat places; a subclass has ``size``."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        size: Any

    @property
    def factors(self) -> tuple[int, ...]:
        """How often each place of each axis is repeated."""
        factors: tuple[int, ...] = self.size
        return factors

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.factors) + 1, self.axes)
        sizes = (
            None if size is None else size * factor
            for size, factor in zip(tensor.shape[:-1], self.factors, strict=True)
        )
        return moved(tensor, *sizes, tensor.shape[-1])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.up_sampling import RepeatCell

        return RepeatCell(self.factors)
