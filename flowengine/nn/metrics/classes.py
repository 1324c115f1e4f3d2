"""Metrics of classes: F-scores and overlaps (intersection over union)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.losses.loss import EPSILON, Loss, align
from flowengine.nn.metrics.metric import (
    Metric,
    MetricState,
    as_vector,
    check_class,
    check_several,
    ratio,
    zeros,
)
from flowengine.tensor import TensorSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

State = Mapping[str, "Tensor"]
Position = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class _FScore(Metric):
    average: Literal["micro", "macro", "weighted"] | None = "macro"
    """``micro``: over all answers; ``macro``: the mean of the classes; ``weighted``: that mean by
    how often a class occurs; null: no mean, but a number for each class."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    """Output above which the answer is yes; by default the largest output is the answer."""
    class_id: Position | None = None
    """The one class that is scored, without a mean; all by default."""

    @property
    def of_probabilities(self) -> bool:
        return self.threshold is not None

    @property
    def label(self) -> str:
        return self.type if self.class_id is None else f"{self.type}_{self.class_id}"

    def parts(self, output: TensorSpec) -> tuple[Metric, ...]:
        if self.average is not None or self.class_id is not None:
            return (self,)
        classes = range(output.shape[-1] or 0 if output.shape else 0)
        return tuple(self.model_copy(update={"class_id": number}) for number in classes)

    def check(self, units: int, loss: Loss) -> None:
        check_class(self.class_id, units)
        if self.threshold is None:
            check_several(units, "set its threshold, such as 0.5")

    def recall_weight(self) -> float:
        """Return how much more recall counts than precision."""
        return 1.0

    def start(self, device: torch.device) -> MetricState:
        # One number for each class, as soon as their number is known.
        return {name: zeros(device) for name in ("right", "answered", "meant")}

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        target = as_vector(target, output).to(output.dtype)
        if self.threshold is None:
            is_largest = output >= output.amax(-1, keepdim=True)
            yes = (is_largest & (output.abs() > 1e-9)).to(output.dtype)
        else:
            yes = (output > self.threshold).to(output.dtype)
        weight = output.new_ones(()) if mask is None else align(mask, output)
        for name, values in (("right", yes * target), ("answered", yes), ("meant", target)):
            summed = (values * weight).reshape(-1, output.shape[-1]).sum(0)
            state[name] = state[name] + summed.to(state[name].dtype)

    def result(self, state: State) -> Tensor:
        right, answered, meant = (state[name] for name in ("right", "answered", "meant"))
        if self.average == "micro" and self.class_id is None:
            right, answered, meant = right.sum(), answered.sum(), meant.sum()
        precision, recall = right / (answered + EPSILON), right / (meant + EPSILON)
        square = self.recall_weight() ** 2
        scores = precision * recall / (square * precision + recall + EPSILON) * (1 + square)
        if self.class_id is not None:
            return scores[self.class_id]
        if self.average is None:
            return scores
        if self.average == "weighted":
            return (scores * meant / (meant.sum() + EPSILON)).sum()
        return scores.mean()


class F1Score(_FScore):
    """Harmonic mean of precision and recall."""

    type: Literal["f1_score"] = "f1_score"


class FBetaScore(_FScore):
    """Harmonic mean of precision and recall, with recall counting ``beta`` times as much."""

    type: Literal["fbeta_score"] = "fbeta_score"
    beta: Annotated[float, Field(gt=0)] = 1.0
    """How much more recall counts than precision."""

    def recall_weight(self) -> float:
        return self.beta


class _Overlap(Metric):
    def confusion(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        """Return the class that is meant and the class that is answered, for each place."""
        raise NotImplementedError(f"{type(self).__name__} needs a method confusion")

    def classes(self) -> int:
        """Return the number of classes."""
        raise NotImplementedError(f"{type(self).__name__} needs a method classes")

    def wanted(self) -> tuple[int, ...]:
        """Return the classes whose mean is taken."""
        return tuple(range(self.classes()))

    def ignored(self) -> int | None:
        """Return a class whose places do not count."""
        return None

    def start(self, device: torch.device) -> MetricState:
        return {"confusion": zeros(device, self.classes(), self.classes())}

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        meant, given = (one.long() for one in self.confusion(target, output))
        counts = ((meant >= 0) & (meant < self.classes())).logical_and(
            (given >= 0) & (given < self.classes())
        )
        if self.ignored() is not None:
            counts &= meant != self.ignored()
        weight = counts.to(output.dtype)
        if mask is not None:
            weight = weight * align(mask, weight)
        place = (meant * self.classes() + given).where(counts, 0)
        sums = state["confusion"].flatten()
        sums.scatter_add_(0, place.flatten(), weight.flatten().to(sums.dtype))
        state["confusion"].copy_(sums.view_as(state["confusion"]))

    def result(self, state: State) -> Tensor:
        confusion = state["confusion"]
        right = confusion.diagonal()
        union = confusion.sum(0) + confusion.sum(1) - right
        chosen = list(self.wanted())
        right, union = right[chosen], union[chosen]
        overlaps = ratio(right, union)
        return overlaps.sum() / ((union > 0).sum() + EPSILON)


class _ClassOverlap(_Overlap):
    num_classes: Count
    """Number of classes."""
    ignore_class: int | None = None
    """Position of a class whose places do not count."""
    axis: int = -1
    """Axis of vectors, whose largest value is the class."""

    def classes(self) -> int:
        return self.num_classes

    def ignored(self) -> int | None:
        return self.ignore_class

    def meant(self, target: Tensor, output: Tensor) -> Tensor:
        """Return the position of the right class, whether the target is one or a vector."""
        return target if target.dim() < output.dim() else target.argmax(self.axis)

    def check_classes(self, units: int, loss: Loss, *, sparse: bool) -> None:
        """Hold the classes that are named against each other and the units of the output.

        Raises:
            ValueError: They do not fit, or a unit for each class is taken for a position.
        """
        if max(self.wanted(), default=0) >= self.num_classes:
            raise ValueError(
                f"its target_class_ids hold {max(self.wanted())}, and its num_classes is "
                f"{self.num_classes}"
            )
        if sparse and loss.form != "values":
            raise ValueError(
                f"the output has {units} units for classes; set sparse_y_pred to false"
            )
        if not sparse and self.axis == -1 and units > self.num_classes:
            raise ValueError(f"its num_classes is {self.num_classes}, and there are {units} units")


class _PositionOverlap(_ClassOverlap):
    sparse_y_true: bool = True
    """Whether targets are positions of classes; otherwise vectors."""
    sparse_y_pred: bool = True
    """Whether outputs are positions of classes; otherwise vectors."""

    def confusion(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        if self.sparse_y_pred:
            return target if self.sparse_y_true else target.argmax(self.axis), output
        return self.meant(target, output), output.argmax(self.axis)

    def check(self, units: int, loss: Loss) -> None:
        self.check_classes(units, loss, sparse=self.sparse_y_pred)


class _VectorOverlap(_ClassOverlap):
    sparse_y_pred: bool = False
    """Whether outputs are positions of classes; otherwise vectors."""

    def confusion(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        if self.sparse_y_pred:
            return target.argmax(self.axis), output
        return self.meant(target, output), output.argmax(self.axis)

    def check(self, units: int, loss: Loss) -> None:
        self.check_classes(units, loss, sparse=self.sparse_y_pred)


class MeanIoU(_PositionOverlap):
    """Mean over all classes of intersection over union: how well regions agree."""

    type: Literal["mean_io_u"] = "mean_io_u"


class IoU(_PositionOverlap):
    """Mean over some classes of intersection over union: how well regions agree."""

    type: Literal["io_u"] = "io_u"
    target_class_ids: tuple[Position, ...]
    """Positions of those classes."""

    def wanted(self) -> tuple[int, ...]:
        return self.target_class_ids


class OneHotMeanIoU(_VectorOverlap):
    """Mean over all classes of intersection over union; targets are one-hot."""

    type: Literal["one_hot_mean_io_u"] = "one_hot_mean_io_u"


class OneHotIoU(_VectorOverlap):
    """Mean over some classes of intersection over union; targets are one-hot."""

    type: Literal["one_hot_io_u"] = "one_hot_io_u"
    target_class_ids: tuple[Position, ...]
    """Positions of those classes."""

    def wanted(self) -> tuple[int, ...]:
        return self.target_class_ids


class BinaryIoU(_Overlap):
    """Mean of the intersections over unions of yes and no."""

    type: Literal["binary_io_u"] = "binary_io_u"
    target_class_ids: tuple[Annotated[int, Field(ge=0, le=1)], ...] = (0, 1)
    """Whether "no" (0), "yes" (1) or both count."""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Output from which on the answer is yes."""

    @property
    def of_probabilities(self) -> bool:
        return self.threshold > 0

    def confusion(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        return as_vector(target, output), output >= self.threshold

    def classes(self) -> int:
        return 2

    def wanted(self) -> tuple[int, ...]:
        return self.target_class_ids
