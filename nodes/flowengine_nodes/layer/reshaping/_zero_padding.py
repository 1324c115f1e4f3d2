"""What padding of one, two and three axes shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flowengine import Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer._tensors import moved
from flowengine_nodes.layer.reshaping._sides import Sides

if TYPE_CHECKING:
    import torch


class ZeroPadding(Layer):
    """Base of layers that add zeros at the edges; a subclass has ``padding``."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        padding: Any

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    @property
    def sides(self) -> Sides:
        """Places that are added before and after each axis."""
        sides: Sides = self.padding
        return sides

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.sides) + 1, self.axes)
        sizes = (
            None if size is None else size + before + after
            for size, (before, after) in zip(tensor.shape[:-1], self.sides, strict=True)
        )
        return moved(tensor, *sizes, tensor.shape[-1])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import ZeroPaddingCell

        return ZeroPaddingCell(self.sides)
