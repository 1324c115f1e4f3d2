"""A part of an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import field_validator

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import moved, tensor_axis

if TYPE_CHECKING:
    import torch


@node(title="Slice", keywords=("part", "pick", "select", "crop", "last step", "reverse", "split"))
class Slice(Layer):
    """Take a part of one axis, as Python's slices do.

    ``y = x[…, start:stop:step, …]``.

    From -1 on it is the last step of a sequence, every second place with a step of 2, and with a
    step of -1 all places from the end. A mask goes along.
    """

    axis: int = -1
    """Axis that is cut, counted with the batch as axis 0; -1 is the last."""
    start: int | None = None
    """First place that is taken, from 0 on; negative numbers count from the end, null begins at the
    first (with a negative step at the last)."""
    stop: int | None = None
    """First place that is not taken any more; null takes all that are left."""
    step: int = 1
    """How far it is from one place to the next; negative numbers go backwards."""

    @field_validator("step")
    @classmethod
    def _check_step(cls, value: int) -> int:
        if value == 0:
            raise ValueError("step is 0, which would stay at one place; expected another number")
        return value

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (tensor,) = inputs
        at = tensor_axis(tensor, self.axis)
        size = tensor.shape[at]
        left = self._open_size() if size is None else len(range(size)[self.part])
        if left == 0:
            raise ConfigureError(
                f"nothing is left of the {size} places along axis {self.axis} of the input "
                f"{tensor} from {self.start} to {self.stop} with a step of {self.step}"
            )
        made = moved(tensor, *tensor.shape[:at], left, *tensor.shape[at + 1 :])
        return TensorSpec(made.shape, made.dtype, masked=tensor.masked)

    @property
    def part(self) -> slice:
        """The part as Python writes it."""
        return slice(self.start, self.stop, self.step)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import SliceCell

        return SliceCell(tensor_axis(inputs[0], self.axis) + 1, self.part)

    def _open_size(self) -> int | None:
        """Return how much is taken of an unknown number of places, where that is known: one."""
        start, stop = self.start or 0, self.stop
        is_last = start == -1 and stop is None and self.step > 0
        is_one = stop is not None and stop == start + 1 and stop != 0 and self.step > 0
        return 1 if is_last or is_one else None
