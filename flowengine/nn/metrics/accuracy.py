"""Metrics that say which part of the answers is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.metric import (
    MeanMetric,
    Metric,
    as_index,
    as_vector,
    check_several,
)

if TYPE_CHECKING:
    from torch import Tensor

Threshold = Annotated[float, Field(ge=0, le=1)]


class Accuracy(MeanMetric):
    """Part of the items that are right.

    One output is right on the side of one half its target is on, or of zero where the loss takes a
    logit or a margin; of several, the largest is the answer, whether the target is a position or a
    vector.
    """

    aliases: ClassVar[tuple[str, ...]] = ("acc",)

    type: Literal["accuracy"] = "accuracy"

    def beside(self, loss: Loss) -> Metric:
        return _SideOfZero() if loss.answer in ("logit", "margin") else self

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        if output.shape[-1] == 1:
            return _binary_accuracy(target, output, 0.5)
        return (as_index(target, output) == output.argmax(-1)).float()


class _SideOfZero(Accuracy):
    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        if output.shape[-1] == 1:
            # What is not meant is 0 or, where margins are, -1.
            return ((target > 0) == (output > 0)).float().mean(-1)
        return super().per_item(target, output)


class BinaryAccuracy(MeanMetric):
    """Part of the outputs that are on their target's side of a threshold."""

    type: Literal["binary_accuracy"] = "binary_accuracy"
    threshold: Threshold = 0.5
    """Output above which the answer is yes."""

    @property
    def of_probabilities(self) -> bool:
        return self.threshold > 0

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return _binary_accuracy(as_vector(target, output), output, self.threshold)


class CategoricalAccuracy(MeanMetric):
    """Part of the items whose class has the largest output; the target is one-hot."""

    type: Literal["categorical_accuracy"] = "categorical_accuracy"

    def check(self, units: int, loss: Loss) -> None:
        check_several(units, "take binary_accuracy")

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (as_index(target, output) == output.argmax(-1)).float()


class SparseCategoricalAccuracy(CategoricalAccuracy):
    """Part of the items whose class has the largest output; the target is its position."""

    type: Literal["sparse_categorical_accuracy"] = "sparse_categorical_accuracy"  # type: ignore[assignment]  # the name of another member


class TopKCategoricalAccuracy(MeanMetric):
    """Part of the items whose class is among the ``k`` largest outputs; the target is one-hot."""

    type: Literal["top_k_categorical_accuracy"] = "top_k_categorical_accuracy"
    k: Annotated[int, Field(ge=1)] = 5
    """How many answers are allowed."""

    def check(self, units: int, loss: Loss) -> None:
        check_several(units, "take binary_accuracy")

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        right = output.gather(-1, as_index(target, output).unsqueeze(-1))
        return ((output > right).sum(-1) < self.k).float()


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """Part of the items whose class is among the ``k`` largest; the target is its position."""

    type: Literal["sparse_top_k_categorical_accuracy"] = "sparse_top_k_categorical_accuracy"  # type: ignore[assignment]  # the name of another member


def _binary_accuracy(target: Tensor, output: Tensor, threshold: float) -> Tensor:
    return (target == (output > threshold)).float().mean(-1)
