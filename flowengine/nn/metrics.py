"""The family of metrics under Keras' names, as a setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.family import choice
from flowengine.nn.loss import Loss, align
from flowengine.nn.metric import MeanMetric, Metric, MetricState, ratio, zeros

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Threshold = Annotated[float, Field(ge=0, le=1)]


class Accuracy(MeanMetric):
    """Part of the items that are right.

    One output is right on the side of one half its target is on; of several, the largest is the
    answer, whether the target is a position or a vector.
    """

    type: Literal["accuracy"] = "accuracy"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        if output.shape[-1] == 1:
            return _binary_accuracy(target, output, 0.5)
        return (_index(target, output) == output.argmax(-1)).float()


class BinaryAccuracy(MeanMetric):
    """Part of the outputs that are on their target's side of a threshold."""

    type: Literal["binary_accuracy"] = "binary_accuracy"
    threshold: Threshold = 0.5
    """Output above which the answer is yes."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return _binary_accuracy(_vector(target, output), output, self.threshold)


class TopKCategoricalAccuracy(MeanMetric):
    """Part of the items whose class is among the ``k`` largest outputs."""

    type: Literal["top_k_categorical_accuracy"] = "top_k_categorical_accuracy"
    k: Annotated[int, Field(ge=1)] = 5
    """How many answers are allowed."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        right = output.gather(-1, _index(target, output).unsqueeze(-1))
        return ((output > right).sum(-1) < self.k).float()


class MeanAbsoluteError(MeanMetric):
    """Mean of the absolute differences."""

    better: ClassVar[Literal["up", "down"]] = "down"
    type: Literal["mean_absolute_error"] = "mean_absolute_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (_vector(target, output) - output).abs().mean(-1)


class MeanSquaredError(MeanMetric):
    """Mean of the squared differences."""

    better: ClassVar[Literal["up", "down"]] = "down"
    type: Literal["mean_squared_error"] = "mean_squared_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (_vector(target, output) - output).square().mean(-1)


class RootMeanSquaredError(MeanMetric):
    """Root of the mean of the squared differences."""

    better: ClassVar[Literal["up", "down"]] = "down"
    type: Literal["root_mean_squared_error"] = "root_mean_squared_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (_vector(target, output) - output).square().mean(-1)

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return super().result(state).sqrt()


class _Counts(Metric):
    threshold: Threshold = 0.5
    """Output above which the answer is yes."""

    def start(self, device: torch.device) -> MetricState:
        return {name: zeros(device) for name in ("right", "answered", "meant")}

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        yes = (output > self.threshold).float()
        meant = _vector(target, output).float()
        if mask is not None:
            weight = align(mask, yes)
            yes, meant = yes * weight, meant * weight
        state["right"] += (yes * meant).sum()
        state["answered"] += yes.sum()
        state["meant"] += meant.sum()


class Precision(_Counts):
    """Part of the answers "yes" that are right."""

    type: Literal["precision"] = "precision"

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return ratio(state["right"], state["answered"])


class Recall(_Counts):
    """Part of what should be "yes" that is answered so."""

    type: Literal["recall"] = "recall"

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return ratio(state["right"], state["meant"])


def _binary_accuracy(target: Tensor, output: Tensor, threshold: float) -> Tensor:
    return (target == (output > threshold)).float().mean(-1)


def _index(target: Tensor, output: Tensor) -> Tensor:
    return target.long() if target.dim() < output.dim() else target.argmax(-1)


def _vector(target: Tensor, output: Tensor) -> Tensor:
    from torch.nn.functional import one_hot

    if target.dim() == output.dim():
        return target
    return one_hot(target.long(), output.shape[-1]).to(output.dtype)


METRICS: tuple[type[Metric], ...] = (
    Accuracy,
    BinaryAccuracy,
    TopKCategoricalAccuracy,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    Precision,
    Recall,
)

MetricSetting = Annotated[
    Accuracy
    | BinaryAccuracy
    | TopKCategoricalAccuracy
    | MeanAbsoluteError
    | MeanSquaredError
    | RootMeanSquaredError
    | Precision
    | Recall,
    *choice("metric", *METRICS),
]
"""A metric in a file: its name, or an object with its name as ``type`` and its settings."""


def usual_metrics(loss: Loss) -> tuple[Metric, ...]:
    """Return what people want to see beside a loss: accuracy of classes, else the mean error."""
    is_class = loss.form != "values" or "crossentropy" in loss.type or "hinge" in loss.type
    return (Accuracy(),) if is_class else (MeanAbsoluteError(),)
