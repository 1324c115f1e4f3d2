"""Losses that compare probabilities (or logits) with classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.binding import Answer
from flowengine.nn.losses.loss import EPSILON, Loss, TargetForm

if TYPE_CHECKING:
    from torch import Tensor

Fraction = Annotated[float, Field(ge=0, le=1)]


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no outputs, each by itself."""

    aliases: ClassVar[tuple[str, ...]] = ("bce",)

    type: Literal["binary_crossentropy"] = "binary_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no sigmoid behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards one half."""

    @property
    def answer(self) -> Answer:
        return "logit" if self.from_logits else "probability"

    def bounds(self, units: int) -> tuple[int, int] | None:
        return 0, 1

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = _smooth(target.to(output.dtype), self.label_smoothing, 0.5)
        return _binary(target, output, from_logits=self.from_logits).mean(-1)


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy that looks more at what is still wrong."""

    type: Literal["binary_focal_crossentropy"] = "binary_focal_crossentropy"
    apply_class_balancing: bool = False
    """Whether ``alpha`` weighs the two classes."""
    alpha: float = 0.25
    """Weight of the class 1; the class 0 has the rest."""
    gamma: float = 2.0
    """How strongly what is already right is left aside; 0 not at all."""
    from_logits: bool = False
    """Whether the output is a logit, with no sigmoid behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards one half."""

    @property
    def answer(self) -> Answer:
        return "logit" if self.from_logits else "probability"

    def bounds(self, units: int) -> tuple[int, int] | None:
        return 0, 1

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = _smooth(target.to(output.dtype), self.label_smoothing, 0.5)
        if self.from_logits:
            output = output.sigmoid()
        right = target * output + (1.0 - target) * (1.0 - output)
        values = (1.0 - right) ** self.gamma * _binary(target, output)
        if self.apply_class_balancing:
            values = (target * self.alpha + (1.0 - target) * (1.0 - self.alpha)) * values
        return values.mean(-1)


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one class among several; the target is a vector (one-hot)."""

    form: ClassVar[TargetForm] = "one_hot"

    type: Literal["categorical_crossentropy"] = "categorical_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards all classes being equal."""

    @property
    def answer(self) -> Answer:
        return "logits" if self.from_logits else "probability"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = _smooth(target.to(output.dtype), self.label_smoothing, 1.0 / output.shape[-1])
        return -(target * _log_probability(output, from_logits=self.from_logits)).sum(-1)


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy that looks more at what is still wrong."""

    form: ClassVar[TargetForm] = "one_hot"

    type: Literal["categorical_focal_crossentropy"] = "categorical_focal_crossentropy"
    alpha: float = 0.25
    """Factor of the whole."""
    gamma: float = 2.0
    """How strongly what is already right is left aside; 0 not at all."""
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards all classes being equal."""

    @property
    def answer(self) -> Answer:
        return "logits" if self.from_logits else "probability"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = _smooth(target.to(output.dtype), self.label_smoothing, 1.0 / output.shape[-1])
        if self.from_logits:
            output = output.softmax(-1)
        given = _probability(output)
        return (self.alpha * (1.0 - given) ** self.gamma * -target * given.log()).sum(-1)


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy of one class among several; the target is the position of the class."""

    form: ClassVar[TargetForm] = "index"

    type: Literal["sparse_categorical_crossentropy"] = "sparse_categorical_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""
    ignore_class: int | None = None
    """Position of a class whose items do not count, such as padding."""

    @property
    def answer(self) -> Answer:
        return "logits" if self.from_logits else "probability"

    @property
    def ignored(self) -> int | None:
        return self.ignore_class

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.long()
        counts = self.mask(target)
        if counts is not None:
            target = target.where(counts, target.new_zeros(()))
        place = target.unsqueeze(-1)
        if self.from_logits:
            values = -output.log_softmax(-1).gather(-1, place).squeeze(-1)
        else:
            # Only the right class's probability is needed, so only its logarithm is taken.
            right = output.gather(-1, place) / output.sum(-1, keepdim=True)
            values = -right.clamp(EPSILON, 1.0 - EPSILON).log().squeeze(-1)
        return values if counts is None else values.where(counts, values.new_zeros(()))

    def mask(self, target: Tensor) -> Tensor | None:
        return None if self.ignore_class is None else target != self.ignore_class


class KLDivergence(Loss):
    """Kullback-Leibler divergence of the output from the target distribution."""

    aliases: ClassVar[tuple[str, ...]] = ("kld", "kullback_leibler_divergence")

    form: ClassVar[TargetForm] = "one_hot"

    type: Literal["kl_divergence"] = "kl_divergence"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype).clamp(EPSILON, 1.0)
        return (target * (target / output.clamp(EPSILON, 1.0)).log()).sum(-1)


class CategoricalHinge(Loss):
    """How far the right class is from leading all others by 1; the target is one-hot."""

    form: ClassVar[TargetForm] = "one_hot"

    type: Literal["categorical_hinge"] = "categorical_hinge"

    @property
    def answer(self) -> Answer:
        return "margins"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype)
        right = (target * output).sum(-1)
        wrong = ((1.0 - target) * output).amax(-1)
        return (wrong - right + 1.0).clamp(min=0.0)


def _smooth(target: Tensor, smoothing: float, even: float) -> Tensor:
    return target * (1.0 - smoothing) + smoothing * even if smoothing else target


def _binary(target: Tensor, output: Tensor, *, from_logits: bool = False) -> Tensor:
    from torch.nn import functional

    if from_logits:
        return functional.binary_cross_entropy_with_logits(output, target, reduction="none")
    # Written out, as torch's own fails where the output of a training gone astray is NaN.
    output = output.clamp(EPSILON, 1.0 - EPSILON)
    return -(target * output.log() + (1.0 - target) * (1.0 - output).log())


def _probability(output: Tensor) -> Tensor:
    return (output / output.sum(-1, keepdim=True)).clamp(EPSILON, 1.0 - EPSILON)


def _log_probability(output: Tensor, *, from_logits: bool) -> Tensor:
    return output.log_softmax(-1) if from_logits else _probability(output).log()
