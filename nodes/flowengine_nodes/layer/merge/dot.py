"""Scalar products of two tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, MergeLayer, TensorSpec, node
from flowengine_nodes.layer._tensors import require_count, tensor_axis

if TYPE_CHECKING:
    import torch


@node(title="Dot", keywords=("scalar product", "matrix product", "cosine", "similarity"))
class Dot(MergeLayer):
    """Multiply two tensors and sum over one axis of each.

    ``y[i, j] = sum(a[i, k] · b[j, k])``.

    Of two vectors this is their scalar product, of two sequences the products of each step of one
    with each step of the other. Normalised, it is the cosine of the angle between them. The result
    has the other axes of the first tensor, then those of the second.
    """

    axes: int | tuple[int, int]
    """Axis of both tensors, or one of each, counted with the batch as axis 0; -1 is the last."""
    normalize: bool = False
    """Whether to bring vectors along the axis to length 1 first."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        require_count(inputs, 2)
        axes = self._axes(*inputs)
        sizes = [tensor.shape[axis] for tensor, axis in zip(inputs, axes, strict=True)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ConfigureError(
                f"the axes {list(axis + 1 for axis in axes)} of the inputs {inputs[0]} and "
                f"{inputs[1]} have {sizes[0]} and {sizes[1]} places; they must have the same",
                setting="axes",
            )
        rest = [
            size
            for tensor, axis in zip(inputs, axes, strict=True)
            for at, size in enumerate(tensor.shape)
            if at != axis
        ]
        return TensorSpec(tuple(rest) or (1,))

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * self.outputs(*inputs).size * (inputs[0].shape[self._axes(*inputs)[0]] or 1)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import DotCell

        one, two = self._axes(*inputs)
        return DotCell(axes=(one + 1, two + 1), normalize=self.normalize)

    def _axes(self, *inputs: TensorSpec) -> tuple[int, int]:
        one, two = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return (
            tensor_axis(inputs[0], one, setting="axes"),
            tensor_axis(inputs[1], two, setting="axes"),
        )
