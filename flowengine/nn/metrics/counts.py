"""Metrics that count right and wrong answers at a threshold, or at many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.losses.loss import Loss, align
from flowengine.nn.metrics.metric import (
    Metric,
    MetricState,
    as_vector,
    check_class,
    ratio,
    zeros,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Threshold = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
State = Mapping[str, "Tensor"]

ALL = -1e30
"""Threshold below every output."""


class Counts(Metric):
    """Base of metrics that compare outputs with thresholds: what is answered yes, and what is.

    The sums are those of right and of wrong answers above each threshold, and of all that is and is
    not: four numbers of a confusion matrix follow from them.
    """

    def levels(self) -> tuple[float, ...]:
        """Return the thresholds in ascending order."""
        raise NotImplementedError(f"{type(self).__name__} needs a method levels")

    @property
    def of_probabilities(self) -> bool:
        return max(self.levels()) > 0

    def columns(self) -> int:
        """Return how many outputs are counted apart; 1 counts all together."""
        return 1

    def chosen(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        """Return the targets and outputs that are counted."""
        return target, output

    def start(self, device: torch.device) -> MetricState:
        shape = (len(self.levels()), self.columns())
        return {
            "right": zeros(device, *shape),
            "wrong": zeros(device, *shape),
            "yes": zeros(device, self.columns()),
            "no": zeros(device, self.columns()),
        }

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        import torch

        target, output = self.chosen(as_vector(target, output), output)
        weight = torch.ones_like(output) if mask is None else align(mask, output).expand_as(output)
        flat = [one.reshape(-1, self.columns()) for one in (target.to(output.dtype), weight)]
        is_yes = (flat[0] != 0).to(weight.dtype)
        yes, no = is_yes * flat[1], (1 - is_yes) * flat[1]
        levels = torch.tensor(self.levels(), dtype=output.dtype, device=output.device)
        # How many thresholds an output passes; from there on it counts for none.
        passed = torch.bucketize(output.reshape(-1, self.columns()).contiguous(), levels)
        for name, values in (("right", yes), ("wrong", no)):
            sums = state[name].new_zeros(len(levels) + 1, self.columns())
            sums.scatter_add_(0, passed, values.to(sums.dtype))
            state[name] += sums.flip(0).cumsum(0).flip(0)[1:]
        state["yes"] += yes.sum(0)
        state["no"] += no.sum(0)


class _OneThreshold(Counts):
    threshold: Threshold | None = None
    """Output above which the answer is yes; one half by default, anything with ``top_k``."""
    top_k: Count | None = None
    """How many of the largest outputs of an item are answers; all by default."""
    class_id: Annotated[int, Field(ge=0)] | None = None
    """The one output that is counted; all by default."""

    def check(self, units: int, loss: Loss) -> None:
        check_class(self.class_id, units)

    def levels(self) -> tuple[float, ...]:
        usual = 0.5 if self.top_k is None else ALL
        return (usual if self.threshold is None else self.threshold,)

    def chosen(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        if self.top_k is not None:
            least = output.topk(min(self.top_k, output.shape[-1]), -1).values[..., -1:]
            output = output.masked_fill(output < least, 2 * ALL)
        if self.class_id is not None:
            return target[..., self.class_id, None], output[..., self.class_id, None]
        return target, output


class Precision(_OneThreshold):
    """Part of the answers "yes" that are right."""

    type: Literal["precision"] = "precision"

    def result(self, state: State) -> Tensor:
        return ratio(state["right"], state["right"] + state["wrong"])[0, 0]


class Recall(_OneThreshold):
    """Part of what should be "yes" that is answered so."""

    type: Literal["recall"] = "recall"

    def result(self, state: State) -> Tensor:
        return ratio(state["right"], state["yes"])[0, 0]


class _Number(Counts):
    threshold: Threshold = 0.5
    """Output above which the answer is yes."""

    def levels(self) -> tuple[float, ...]:
        return (self.threshold,)


class TruePositives(_Number):
    """How many answers "yes" are right."""

    type: Literal["true_positives"] = "true_positives"

    def result(self, state: State) -> Tensor:
        return state["right"][0, 0]


class FalsePositives(_Number):
    """How many answers "yes" are wrong."""

    better = "down"
    type: Literal["false_positives"] = "false_positives"

    def result(self, state: State) -> Tensor:
        return state["wrong"][0, 0]


class TrueNegatives(_Number):
    """How many answers "no" are right."""

    type: Literal["true_negatives"] = "true_negatives"

    def result(self, state: State) -> Tensor:
        return (state["no"] - state["wrong"])[0, 0]


class FalseNegatives(_Number):
    """How many answers "no" are wrong."""

    better = "down"
    type: Literal["false_negatives"] = "false_negatives"

    def result(self, state: State) -> Tensor:
        return (state["yes"] - state["right"])[0, 0]


class _Curve(Counts):
    num_thresholds: Count = 200
    """How many thresholds are tried."""
    class_id: Annotated[int, Field(ge=0)] | None = None
    """The one output that is counted; all by default."""

    def check(self, units: int, loss: Loss) -> None:
        check_class(self.class_id, units)

    def levels(self) -> tuple[float, ...]:
        if self.num_thresholds == 1:
            return (0.5,)
        return tuple(i / (self.num_thresholds - 1) for i in range(self.num_thresholds))

    def chosen(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        if self.class_id is None:
            return target, output
        return target[..., self.class_id, None], output[..., self.class_id, None]

    def best(self, wanted: Tensor, bound: Tensor, least: float) -> Tensor:
        """Return the largest of what is wanted, at thresholds where the other is large enough."""
        return wanted.where(bound >= least, 0.0).amax()


class SensitivityAtSpecificity(_Curve):
    """Best sensitivity (part of "yes" that is found) where the specificity is large enough."""

    type: Literal["sensitivity_at_specificity"] = "sensitivity_at_specificity"
    specificity: Threshold
    """The specificity (part of "no" that is answered so) that is asked for."""

    def result(self, state: State) -> Tensor:
        sensitivity, specificity = _sensitivity(state), _specificity(state)
        return self.best(sensitivity, specificity, self.specificity)


class SpecificityAtSensitivity(_Curve):
    """Best specificity (part of "no" that is answered so) where the sensitivity is large enough."""

    type: Literal["specificity_at_sensitivity"] = "specificity_at_sensitivity"
    sensitivity: Threshold
    """The sensitivity (part of "yes" that is found) that is asked for."""

    def result(self, state: State) -> Tensor:
        return self.best(_specificity(state), _sensitivity(state), self.sensitivity)


class PrecisionAtRecall(_Curve):
    """Best precision where the recall is large enough."""

    type: Literal["precision_at_recall"] = "precision_at_recall"
    recall: Threshold
    """The recall that is asked for."""

    def result(self, state: State) -> Tensor:
        return self.best(_precision(state), _sensitivity(state), self.recall)


class RecallAtPrecision(_Curve):
    """Best recall where the precision is large enough."""

    type: Literal["recall_at_precision"] = "recall_at_precision"
    precision: Threshold
    """The precision that is asked for."""

    def result(self, state: State) -> Tensor:
        return self.best(_sensitivity(state), _precision(state), self.precision)


def _sensitivity(state: State) -> Tensor:
    return ratio(state["right"], state["yes"])


def _specificity(state: State) -> Tensor:
    return ratio(state["no"] - state["wrong"], state["no"])


def _precision(state: State) -> Tensor:
    return ratio(state["right"], state["right"] + state["wrong"])
