"""``Metric``, the base of the family of metrics: numbers that are followed, not trained for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from flowengine.family import Member
from flowengine.nn.losses.loss import Loss, align
from flowengine.tensor import TensorSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MetricState = dict[str, "Tensor"]
"""What a metric has summed up so far; lies on the device, so that no step waits for it."""


class Metric(Member):
    """Base of the metrics: sums over batches and a result at the end.

    Attributes:
        better: Whether larger or smaller values are better.
    """

    better: ClassVar[Literal["up", "down"]] = "up"

    @property
    def label(self) -> str:
        """Name of the number in a history."""
        return self.type

    @property
    def of_probabilities(self) -> bool:
        """Whether it takes the output for probabilities, so that logits give wrong numbers."""
        return False

    def beside(self, loss: Loss) -> Metric:
        """Return the metric as it is meant for an output that a loss is made small of."""
        return self

    def check(self, units: int, loss: Loss) -> None:
        """Hold the metric against the output it is of.

        Args:
            units: Number of units of the output.
            loss: The loss of the output.

        Raises:
            ValueError: It cannot be taken of that, or would say the same of anything.
        """

    def parts(self, output: TensorSpec) -> tuple[Metric, ...]:
        """Return the metrics of one number each that this one stands for, for an output."""
        return (self,)

    def start(self, device: torch.device) -> MetricState:
        """Return sums of nothing."""
        raise NotImplementedError(f"{type(self).__name__} needs a method start")

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        """Add a batch to the sums, in place."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update")

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        """Return the value of the sums; of nothing it is zero."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result")


class MeanMetric(Metric):
    """Base of metrics that are a mean over all items; a member answers ``per_item``."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        """Return the value of each item of the batch."""
        raise NotImplementedError(f"{type(self).__name__} needs a method per_item")

    def start(self, device: torch.device) -> MetricState:
        return {"total": zeros(device), "count": zeros(device)}

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        values = self.per_item(target, output)
        if mask is None:
            state["total"] += values.sum()
            state["count"] += values.numel()
        else:
            weight = align(mask, values).expand_as(values)
            state["total"] += (values * weight).sum()
            state["count"] += weight.sum()

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return ratio(state["total"], state["count"])


def check_class(class_id: int | None, units: int) -> None:
    """Refuse the one class that is looked at where the output has no unit for it.

    Raises:
        ValueError: It has none.
    """
    if class_id is not None and class_id >= units:
        raise ValueError(f"its class_id is {class_id}, and the units are 0 to {units - 1}")


def check_several(units: int, instead: str) -> None:
    """Refuse an output of one unit, whose only value is always the largest.

    Raises:
        ValueError: It has one; the sentence ends with what helps instead.
    """
    if units == 1:
        raise ValueError(f"it compares units with each other, and there is one; {instead}")


def zeros(device: torch.device, *shape: int) -> Tensor:
    """Return sums of nothing, wide enough to count all rows of any table."""
    import torch

    dtype = torch.float32 if device.type == "mps" else torch.float64
    return torch.zeros(shape, dtype=dtype, device=device)


def ratio(part: Tensor, whole: Tensor) -> Tensor:
    """Return ``part / whole``, and zero where there is nothing."""
    return (part / whole).where(whole != 0, part.new_zeros(()))


def as_index(target: Tensor, output: Tensor) -> Tensor:
    """Return the position of the right class, whether the target is one or a vector."""
    return target.long() if target.dim() < output.dim() else target.argmax(-1)


def as_vector(target: Tensor, output: Tensor) -> Tensor:
    """Return a target of the output's shape, whether it is one or the position of a class."""
    from torch.nn.functional import one_hot

    if target.dim() == output.dim():
        return target
    return one_hot(target.long(), output.shape[-1]).to(output.dtype)
