"""What layers share that merge tensors value by value."""

from __future__ import annotations

from functools import reduce
from typing import ClassVar

from flowengine import ConfigureError, MergeLayer, TensorSpec
from flowengine.tensor import Shape
from flowengine_nodes.layer._tensors import require_count


class ElementwiseMerge(MergeLayer):
    """Base of layers that merge tensors value by value; sizes of 1 are spread as numpy does."""

    exactly: ClassVar[int | None] = None
    """How many tensors it takes; any number where it is ``None``."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if self.exactly is not None:
            require_count(inputs, self.exactly)
        shape = reduce(_broadcast, (tensor.shape for tensor in inputs))
        return TensorSpec(shape, masked=all(tensor.masked for tensor in inputs))

    def flops(self, *inputs: TensorSpec) -> int:
        return (len(inputs) - 1) * self.outputs(*inputs).size


def _broadcast(one: Shape, two: Shape) -> Shape:
    if len(one) < len(two):
        one, two = two, one
    # The shorter shape belongs to the end of the longer one.
    padded = (1,) * (len(one) - len(two)) + two
    return tuple(_size(pair, one, two) for pair in zip(one, padded, strict=True))


def _size(pair: tuple[int | None, int | None], one: Shape, two: Shape) -> int | None:
    known = {size for size in pair if size is not None}
    large = known - {1}
    if len(large) > 1:
        raise ConfigureError(
            f"inputs of {TensorSpec(one)} and {TensorSpec(two)} cannot be merged value by value: "
            f"{min(large)} and {max(large)} differ, and neither is 1; bring both to one shape"
        )
    # Beside an unknown size, 1 tells nothing and any other size tells all.
    return large.pop() if large else None if None in pair else 1
