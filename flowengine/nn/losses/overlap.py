"""Losses of whole regions, sequences and embeddings, and one that forgives wrong labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.binding import Answer
from flowengine.nn.losses.loss import EPSILON, Loss, TargetForm
from flowengine.tensor import Shape

if TYPE_CHECKING:
    from torch import Tensor

Axes = int | tuple[int, ...] | None


class _Overlap(Loss):
    axis: Axes = None
    """Axes over which a region lies, counted with the batch as axis 0; all by default, so that the
    whole batch has one value."""

    def check(self, shape: Shape, *, weighed: bool) -> None:
        rank = len(shape) + 1
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis or 0,)
        for axis in axes:
            if not -rank <= axis < rank:
                raise ValueError(f"its axis is {axis}, and the axes are 0 to {rank - 1}")
        if weighed and self.axis is not None and any(axis % rank == 0 for axis in axes):
            raise ValueError("its axis 0 puts all rows together, so that none can weigh more")

    def sums(self, *values: Tensor) -> list[Tensor]:
        """Return the sums over the axes."""
        axes = tuple(range(values[0].dim())) if self.axis is None else self.axis
        return [one.sum(axes) for one in values]


class Dice(_Overlap):
    """How far output and target are from covering the same region."""

    type: Literal["dice"] = "dice"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype)
        common, meant, given = self.sums(target * output, target, output)
        return 1.0 - 2.0 * common / (meant + given + EPSILON)


class Tversky(_Overlap):
    """Dice that weighs what is missed and what is too much differently."""

    type: Literal["tversky"] = "tversky"
    alpha: float = 0.5
    """Weight of what the target has and the output lacks."""
    beta: float = 0.5
    """Weight of what the output has and the target lacks."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype)
        common, missed, surplus = self.sums(
            target * output, (1.0 - output) * target, output * (1.0 - target)
        )
        weighed = common + missed * self.alpha + surplus * self.beta + EPSILON
        return 1.0 - common / weighed


class CategoricalGeneralizedCrossEntropy(Loss):
    """Cross-entropy that forgives wrong labels; the target is the position of the class."""

    form: ClassVar[TargetForm] = "index"

    type: Literal["categorical_generalized_cross_entropy"] = "categorical_generalized_cross_entropy"
    q: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """How forgiving: near 0 it is the cross-entropy, near 1 the absolute error."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        given = output.gather(-1, target.long().unsqueeze(-1)).squeeze(-1)
        return (1.0 - given**self.q) / self.q


class CTC(Loss):
    """Connectionist temporal classification: a short sequence of classes in a long one of logits.

    The output holds a logit for each class at each step, the class 0 meaning nothing; the target
    holds classes, with 0 behind the last.
    """

    form: ClassVar[TargetForm] = "index"
    by_step: ClassVar[bool] = False

    type: Literal["ctc"] = "ctc"

    def check(self, shape: Shape, *, weighed: bool) -> None:
        if len(shape) != 2:
            raise ValueError(
                f"it wants steps of classes (2 axes), and the output has {len(shape)}; let the "
                f"layers before return sequences"
            )

    @property
    def answer(self) -> Answer:
        return "logits"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        from torch.nn import functional

        target = target.long()
        rows, steps = output.shape[:2]
        return functional.ctc_loss(
            output.log_softmax(-1).transpose(0, 1),
            target,
            target.new_full((rows,), steps),
            (target != 0).sum(-1),
            reduction="none",
        )


class Circle(Loss):
    """Brings embeddings of one class together and others apart; the target is the class.

    Each row of the batch is compared with all others; embeddings should have length 1.
    """

    form: ClassVar[TargetForm] = "index"

    type: Literal["circle"] = "circle"
    gamma: float = 80.0
    """How strongly far pairs count."""
    margin: Annotated[float, Field(ge=0, le=1)] = 0.4
    """Room that is left within and between classes."""
    remove_diagonal: bool = True
    """Whether a row is not compared with itself."""

    def bounds(self, units: int) -> tuple[int, int] | None:
        # Units are places of an embedding, and classes are told apart by being different.
        return None

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        import torch
        from torch.nn.functional import softplus

        target = target.reshape(-1)
        apart = (1.0 - output @ output.T).clamp(min=0.0)
        alike = target.unsqueeze(1) == target.unsqueeze(0)
        near = alike
        if self.remove_diagonal:
            near = alike & ~torch.eye(len(target), dtype=torch.bool, device=output.device)
        pulled = -self.gamma * (self.margin + apart) * (self.margin - apart)
        pushed = self.gamma * (1.0 + self.margin - apart).clamp(min=0.0)
        pushed = pushed * (1.0 - self.margin - apart)
        lowest = float("-inf")
        pull = pulled.masked_fill(~near, lowest).logsumexp(1)
        push = pushed.masked_fill(alike, lowest).logsumexp(1)
        return softplus(pull + push)

    def mean(
        self,
        target: Tensor,
        output: Tensor,
        *,
        mask: Tensor | None = None,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Return the loss of a batch; rows without a loss do not count, as in Keras."""
        counts = self.per_item(target, output).detach() > 0
        counts = counts if mask is None else mask & counts
        return super().mean(target, output, mask=counts, sample_weight=sample_weight)
