"""One number of many, along axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import tensor_axes

if TYPE_CHECKING:
    import torch

Name = Literal["logsumexp", "max", "mean", "min", "norm", "prod", "std", "sum", "var"]


@node(
    title="Reduce",
    keywords=("sum", "mean", "maximum", "minimum", "variance", "norm", "distance", "average"),
)
class Reduce(Layer):
    """Make one number of all values along the axes named.

    ``y = f(x_1, x_2, …)``.

    The mean over the channels of an image, the sum of squares that a distance is the root of. Steps
    that a mask excludes would count, so a masked sequence is reduced along its features only.
    """

    function: Name
    """What becomes of the values. `norm` is the root of their sum of squares; `var` and `std`
    divide by their number."""
    axis: int | tuple[int, ...] = -1
    """Axis or axes that are gone afterwards, counted with the batch as axis 0; -1 is the last."""
    keepdims: bool = False
    """Whether they stay, with a size of 1."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (tensor,) = inputs
        axes = tensor_axes(tensor, self.axis)
        if tensor.masked and 0 in axes:
            raise ConfigureError(
                "the steps that a mask excludes would count; reduce along the features, or use a "
                "GlobalAveragePooling1D layer, which leaves them out",
                setting="axis",
            )
        shape = [
            1 if place in axes else size
            for place, size in enumerate(tensor.shape)
            if self.keepdims or place not in axes
        ]
        return TensorSpec(tuple(shape), masked=tensor.masked)

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.computing import ReduceCell

        axes = tuple(place + 1 for place in tensor_axes(inputs[0], self.axis))
        return ReduceCell(self.function, axes, keepdims=self.keepdims)
