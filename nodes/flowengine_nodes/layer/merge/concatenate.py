"""Tensors side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, MergeLayer, TensorSpec, node
from flowengine_nodes.layer._tensors import tensor_axis

if TYPE_CHECKING:
    import torch


@node(title="Concatenate", keywords=("join", "append", "stack"))
class Concatenate(MergeLayer):
    """Put tensors side by side along one axis, in the order of their connections.

    ``y = [x_1, x_2, …]``.

    All other sizes must agree. Integers stay integers where all tensors have the same data type;
    otherwise the result is float32.
    """

    axis: int = -1
    """Axis along which the tensors are joined, counted with the batch as axis 0; -1 is the last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        first = inputs[0]
        axis = tensor_axis(first, self.axis)
        sizes = list(first.shape)
        for tensor in inputs[1:]:
            if len(tensor.shape) != len(sizes):
                raise ConfigureError(
                    f"inputs of {first} and {tensor} cannot be joined: the number of dimensions "
                    f"differs; a reshape layer would give them the same"
                )
            for at, size in enumerate(tensor.shape):
                sizes[at] = (
                    _sum(sizes[at], size) if at == axis else _same(sizes[at], size, first, tensor)
                )
        types = {tensor.dtype for tensor in inputs}
        return TensorSpec(
            tuple(sizes),
            types.pop() if len(types) == 1 and "float" not in first.dtype else "float32",
            masked=any(tensor.masked for tensor in inputs),
        )

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import ConcatenateCell

        return ConcatenateCell(
            axis=tensor_axis(inputs[0], self.axis) + 1, dtype=self.outputs(*inputs).dtype
        )


def _sum(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else one + two


def _same(one: int | None, two: int | None, first: TensorSpec, tensor: TensorSpec) -> int | None:
    if None not in (one, two) and one != two:
        raise ConfigureError(
            f"inputs of {first} and {tensor} cannot be joined: {one} and {two} differ beside the "
            f"axis that grows; choose another axis, or bring both to one shape",
            setting="axis",
        )
    return two if one is None else one
