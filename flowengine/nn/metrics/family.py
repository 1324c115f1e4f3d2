"""The family of metrics under Keras' names, as a setting."""

from __future__ import annotations

from typing import Annotated

from flowengine.family import Choice
from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.metric import Metric


def _members() -> tuple[type[Metric], ...]:
    from flowengine.nn.metrics.members import METRICS

    return METRICS


MetricSetting = Annotated[Metric, Choice("metric", _members)]
"""A metric in a file: its name, or an object with its name as ``type`` and its settings."""


def usual_metrics(loss: Loss) -> tuple[Metric, ...]:
    """Return what people want to see beside a loss: accuracy of classes, else the mean error."""
    if loss.form != "values" or "crossentropy" in loss.type or "hinge" in loss.type:
        from flowengine.nn.metrics.accuracy import Accuracy

        return (Accuracy(),)
    from flowengine.nn.metrics.mean import MeanAbsoluteError

    return (MeanAbsoluteError(),)
