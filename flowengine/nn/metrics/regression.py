"""Metrics of numbers: how much of the targets the outputs explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.losses.loss import EPSILON, Loss, align
from flowengine.nn.metrics.metric import (
    MeanMetric,
    Metric,
    MetricState,
    as_vector,
    check_several,
    ratio,
    zeros,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class R2Score(Metric):
    """Part of the targets' variance that the outputs explain: 1 is all, 0 is what the mean does."""

    type: Literal["r2_score"] = "r2_score"
    class_aggregation: Literal["uniform_average", "variance_weighted_average"] = "uniform_average"
    """How several outputs become one number: all alike, or by their variance."""
    num_regressors: Annotated[int, Field(ge=0)] = 0
    """Number of inputs, for the adjusted score; 0 for the plain one."""

    def start(self, device: torch.device) -> MetricState:
        # One number for each output, as soon as their number is known.
        return {name: zeros(device) for name in ("mean", "spread", "errors", "count", "items")}

    def update(
        self, state: MetricState, target: Tensor, output: Tensor, mask: Tensor | None
    ) -> None:
        import torch

        dtype = state["count"].dtype
        weight = torch.ones_like(output) if mask is None else align(mask, output).expand_as(output)
        target, given, weight = (
            one.reshape(-1, output.shape[-1]).to(dtype)
            for one in (as_vector(target, output), output, weight)
        )
        before, count = state["count"], weight.sum(0)
        total = (before + count).clamp(min=1)
        # Spreads around the mean are joined: a difference of squares would leave noise where the
        # targets hardly differ, which is then divided by.
        mean = (target * weight).sum(0) / count.clamp(min=1)
        apart = mean - state["mean"]
        spread = ((target - mean).square() * weight).sum(0)
        state["spread"] = state["spread"] + spread + apart.square() * before * count / total
        state["mean"] = state["mean"] + apart * count / total
        state["errors"] = state["errors"] + ((target - given).square() * weight).sum(0)
        state["count"] = before + count
        state["items"] = state["items"] + weight.sum()

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        import torch

        total = state["spread"]
        # As in Keras, of targets that are all the same there is nothing to explain.
        scores = (1 - state["errors"] / total).where(total != 0, 0.0)
        if self.class_aggregation == "uniform_average":
            score = scores.mean()
        else:
            score = ratio((total * scores).sum(), total.sum())
        if not self.num_regressors:
            return score
        items = state["items"]
        left = items - self.num_regressors - 1
        # With fewer items than inputs there is nothing to adjust by.
        return torch.where(left > 0, 1 - (1 - score) * (items - 1) / left, score)


class PearsonCorrelation(MeanMetric):
    """Correlation of target and output along the last axis: 1 where one is a line of the other."""

    type: Literal["pearson_correlation"] = "pearson_correlation"

    def check(self, units: int, loss: Loss) -> None:
        check_several(units, "take r2_score")

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        one, two = (_standard(values) for values in (as_vector(target, output), output))
        return (one * two).mean(-1)


class ConcordanceCorrelation(MeanMetric):
    """Correlation that also asks for the same mean and deviation: 1 where both are the same."""

    type: Literal["concordance_correlation"] = "concordance_correlation"

    def check(self, units: int, loss: Loss) -> None:
        check_several(units, "take r2_score")

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = as_vector(target, output).to(output.dtype)
        meant, given = target.mean(-1, keepdim=True), output.mean(-1, keepdim=True)
        spread = target.var(-1, correction=0, keepdim=True)
        spread = spread + output.var(-1, correction=0, keepdim=True) + (meant - given).square()
        together = (target - given) * (output - given)
        return (2 * together / (spread + EPSILON)).mean(-1)


def _standard(values: Tensor) -> Tensor:
    centred = values - values.mean(-1, keepdim=True)
    return centred / centred.std(-1, correction=0, keepdim=True)
