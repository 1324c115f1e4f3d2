"""The same values in another shape."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine.nn.windows import times
from flowengine_nodes.layer._tensors import moved

if TYPE_CHECKING:
    import torch


def _dimension(value: int) -> int:
    if value != -1 and value < 1:
        raise ValueError(f"a dimension is at least 1, or -1 to follow from the rest; not {value}")
    return value


@node(title="Reshape")
class Reshape(Layer):
    """Give the values of a row another shape, in the same order.

    ``y.flat = x.flat``.
    """

    target_shape: tuple[Annotated[int, AfterValidator(_dimension)], ...]
    """Size of each dimension, without the batch; one of them may be -1, which makes it follow from
    the rest."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (tensor,) = inputs
        if self.target_shape.count(-1) > 1:
            raise self._refused("only one dimension can be -1, to follow from the rest")
        known = math.prod(size for size in self.target_shape if size != -1)
        left: int | None = None
        if None not in tensor.shape:
            left, rest = divmod(tensor.size, known)
            if rest or (left != 1 and -1 not in self.target_shape):
                way_out = (
                    f"{tensor.size} is no multiple of {known}"
                    if -1 in self.target_shape
                    else "-1 lets one dimension follow from the rest"
                )
                raise self._refused(
                    f"the {tensor.size} values of the input {tensor} do not fit; {way_out}"
                )
        return moved(tensor, *(left if size == -1 else size for size in self.target_shape))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import ReshapeCell

        return ReshapeCell(self.target_shape)

    def _refused(self, reason: str) -> ConfigureError:
        return ConfigureError(
            f"target shape {times(self.target_shape)}: {reason}", setting="target_shape"
        )
