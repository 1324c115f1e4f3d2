"""``Loss``, the base of the family of losses: one value per item, then one number per batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from flowengine.binding import Answer
from flowengine.family import Member
from flowengine.tensor import Shape

if TYPE_CHECKING:
    from torch import Tensor

EPSILON = 1e-7
"""Keras' guard against the logarithm of zero."""

TargetForm = Literal["values", "index", "one_hot"]
"""What a loss compares an output with: values of the same shape, the position of the right class
(one axis less), or a vector that says for each class how much it is meant."""


class Loss(Member):
    """Base of the losses.

    A loss answers ``per_item(target, output)``: the mean over the last axis, one value for each row
    (and step). Targets arrive in the form it names: of the output's shape, or without its last axis
    for ``index``. Unless it says that it is not ``by_step``, a target has the output's steps.
    """

    form: ClassVar[TargetForm] = "values"
    by_step: ClassVar[bool] = True

    reduction: Literal["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum"] = (
        "sum_over_batch_size"
    )
    """How the values of a batch become one number."""

    @property
    def answer(self) -> Answer:
        """What it takes the output for."""
        return "probability"

    @property
    def ignored(self) -> int | None:
        """Position of a class whose items do not count, if there is one."""
        return None

    def check(self, shape: Shape, *, weighed: bool) -> None:
        """Hold the loss against the output it is of.

        Args:
            shape: Shape of the output, without the batch.
            weighed: Whether rows count differently.

        Raises:
            ValueError: It cannot be taken of that.
        """

    def bounds(self, units: int) -> tuple[int, int] | None:
        """Return the least and the largest value that a target may have, where there are such.

        Args:
            units: Number of units of the output.
        """
        return (0, units - 1) if self.form == "index" else None

    def judged(
        self, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Return target and mask for metrics: a class that is no unit cannot be answered."""
        if self.ignored is None or 0 <= self.ignored < output.shape[-1]:
            return target, mask
        counts = target != self.ignored
        return target.where(counts, 0), counts if mask is None else mask & counts

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        """Return the loss of each item of the batch."""
        raise NotImplementedError(f"{type(self).__name__} needs a method per_item")

    def mask(self, target: Tensor) -> Tensor | None:
        """Return which items count, where the target itself says so."""
        return None

    def mean(
        self,
        target: Tensor,
        output: Tensor,
        *,
        mask: Tensor | None = None,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Return the loss of a batch, reduced as Keras reduces.

        Args:
            target: What should have come, in the form of ``form``.
            output: What the network gave.
            mask: Which items count; the mean is then over those only.
            sample_weight: A factor for each row or item.
        """
        values = self.per_item(target, output)
        own = self.mask(target)
        if own is not None:
            mask = own if mask is None else mask & own
        weight = sample_weight
        if mask is not None:
            weight = self._masked(mask, weight, values)
        if weight is not None:
            weight = align(weight, values)
            values = values * weight
        total = values.sum()
        if self.reduction == "sum":
            return total
        if self.reduction == "mean_with_sample_weight" and weight is not None:
            divisor = weight.sum()
            # Of a batch that does not count, not even the gradient may be divided by zero.
            quotient = total / divisor.where(divisor != 0, 1.0)
            return quotient.where(divisor != 0, 0.0)
        return total / max(values.numel(), 1)

    def _masked(self, mask: Tensor, weight: Tensor | None, values: Tensor) -> Tensor:
        import torch

        factor = mask.to(values.dtype)
        if self.reduction in ("sum_over_batch_size", "mean"):
            # The divisor stays the number of all items, so the counted ones are scaled up.
            valid = factor.sum()
            scale = torch.where(valid == 0, torch.zeros_like(valid), mask.numel() / valid)
            factor = factor * scale
        return factor if weight is None else factor * align(weight, factor)


def align(weight: Tensor, values: Tensor) -> Tensor:
    """Return ``weight`` with axes added at its end until it can be multiplied with ``values``."""
    weight = weight.to(values.dtype)
    return weight.reshape(weight.shape + (1,) * (values.dim() - weight.dim()))
