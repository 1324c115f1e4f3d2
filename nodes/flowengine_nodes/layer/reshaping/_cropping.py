"""What cropping of one, two and three axes shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flowengine import ConfigureError, Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine.nn.windows import extent
from flowengine_nodes.layer._tensors import moved
from flowengine_nodes.layer.reshaping._sides import Sides

if TYPE_CHECKING:
    import torch


class Cropping(Layer):
    """Base of layers that cut edges off; a subclass has ``cropping``."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        cropping: Any

    @property
    def sides(self) -> Sides:
        """Places that are cut off before and after each axis."""
        sides: Sides = self.cropping
        return sides

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, len(self.sides) + 1, self.axes)
        left = tuple(
            None if size is None else size - before - after
            for size, (before, after) in zip(tensor.shape[:-1], self.sides, strict=True)
        )
        if any(size is not None and size <= 0 for size in left):
            cut = ", ".join(f"{before} and {after}" for before, after in self.sides)
            raise ConfigureError(
                f"nothing is left of the {extent(tensor.shape[:-1])} where {cut} are cut off; "
                f"smaller numbers would leave something",
                setting="cropping",
            )
        return moved(tensor, *left, tensor.shape[-1])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import CroppingCell

        return CroppingCell(self.sides)
