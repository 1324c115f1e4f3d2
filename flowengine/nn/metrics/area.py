"""The area under a curve of right and wrong answers over all thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from flowengine.nn.losses.loss import EPSILON, Loss
from flowengine.nn.metrics.counts import Counts, Threshold
from flowengine.nn.metrics.metric import ratio

if TYPE_CHECKING:
    from torch import Tensor


class AUC(Counts):
    """Area under a curve over many thresholds: 1 is perfect, for ROC one half is chance."""

    type: Literal["auc"] = "auc"
    num_thresholds: Annotated[int, Field(ge=2)] = 200
    """How many thresholds are tried."""
    curve: Literal["ROC", "PR", "PRGAIN"] = "ROC"
    """``ROC``: found over false alarms; ``PR``: precision over recall; ``PRGAIN``: their gains."""
    summation_method: Literal["interpolation", "minoring", "majoring"] = "interpolation"
    """How the area between two thresholds is measured: by the middle, from below, from above."""
    thresholds: tuple[Threshold, ...] | None = None
    """Own thresholds between 0 and 1, in place of evenly spaced ones."""
    multi_label: bool = False
    """Whether each output has a curve of its own, of whose areas the mean is taken."""
    num_labels: Annotated[int, Field(ge=1)] | None = None
    """Number of outputs, for ``multi_label``."""
    label_weights: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    """Weight of each output."""
    from_logits: bool = False
    """Whether the output is a logit, with no sigmoid behind it."""

    @model_validator(mode="after")
    def _labels(self) -> Self:
        if self.multi_label != (self.num_labels is not None):
            raise ValueError("num_labels belongs to multi_label; set both or neither")
        if self.label_weights is not None and len(self.label_weights) != self.num_labels:
            raise ValueError(
                f"label_weights has {len(self.label_weights)} numbers; it needs multi_label and "
                f"one for each of its num_labels"
            )
        return self

    def check(self, units: int, loss: Loss) -> None:
        if self.num_labels not in (None, units):
            raise ValueError(f"its num_labels is {self.num_labels}, and there are {units} units")

    def levels(self) -> tuple[float, ...]:
        last = self.num_thresholds - 1
        inner = self.thresholds or tuple(i / last for i in range(1, last))
        return (-EPSILON, *sorted(inner), 1.0 + EPSILON)

    @property
    def of_probabilities(self) -> bool:
        return not self.from_logits

    def columns(self) -> int:
        return self.num_labels or 1

    def chosen(self, target: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        # A linear output may leave the range of the thresholds; the curve has two ends even so.
        return target, output.sigmoid() if self.from_logits else output.clamp(0.0, 1.0)

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated(state)
        else:
            x, y = self._curve(state)
            one, two = y[:-1], y[1:]
            heights = {
                "interpolation": (one + two) / 2,
                "minoring": one.minimum(two),
                "majoring": one.maximum(two),
            }[self.summation_method]
            areas = (x[:-1] - x[1:]) * heights
        by_label = areas.sum(0)
        if self.label_weights is None:
            return by_label.mean()
        weights = by_label.new_tensor(self.label_weights)
        return ratio((by_label * weights).sum(), weights.sum())

    def _curve(self, state: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        right, wrong, yes, no = (state[name] for name in ("right", "wrong", "yes", "no"))
        recall = ratio(right, yes)
        if self.curve == "ROC":
            return ratio(wrong, no), recall
        if self.curve == "PR":
            return recall, ratio(right, right + wrong)
        scale = ratio(yes, no)
        recall_gain = (1 - scale * ratio(yes - right, right)).where(right != 0, 0.0)
        precision_gain = (1 - scale * ratio(wrong, right)).where(right != 0, 1.0)
        return recall_gain.clamp(min=0), precision_gain


def _interpolated(state: Mapping[str, Tensor]) -> Tensor:
    """Return the areas below a precision-recall curve that is interpolated by counts."""
    right, answered = state["right"], state["right"] + state["wrong"]
    gained, more = right[:-1] - right[1:], (answered[:-1] - answered[1:]).clamp(min=0)
    slope = ratio(gained, more)
    rest = right[1:] - slope * answered[1:]
    both = (answered[:-1] > 0) & (answered[1:] > 0)
    share = ratio(answered[:-1], answered[1:].clamp(min=0)).where(both, 1.0)
    return ratio(slope * (gained + rest * share.log()), state["yes"].expand_as(slope))
