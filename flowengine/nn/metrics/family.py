"""The family of metrics under Keras' names, as a setting."""

from __future__ import annotations

from typing import Annotated

from flowengine.family import choice
from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from flowengine.nn.metrics.area import AUC
from flowengine.nn.metrics.classes import (
    BinaryIoU,
    F1Score,
    FBetaScore,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
)
from flowengine.nn.metrics.counts import (
    FalseNegatives,
    FalsePositives,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from flowengine.nn.metrics.mean import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    Mean,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Perplexity,
    Poisson,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    Sum,
)
from flowengine.nn.metrics.metric import Metric
from flowengine.nn.metrics.regression import ConcordanceCorrelation, PearsonCorrelation, R2Score

METRICS: tuple[type[Metric], ...] = (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    MeanAbsoluteError,
    MeanSquaredError,
    RootMeanSquaredError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    LogCoshError,
    CosineSimilarity,
    R2Score,
    PearsonCorrelation,
    ConcordanceCorrelation,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    Perplexity,
    KLDivergence,
    Poisson,
    Hinge,
    SquaredHinge,
    CategoricalHinge,
    Precision,
    Recall,
    F1Score,
    FBetaScore,
    AUC,
    TruePositives,
    FalsePositives,
    TrueNegatives,
    FalseNegatives,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    PrecisionAtRecall,
    RecallAtPrecision,
    IoU,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
    BinaryIoU,
    Mean,
    Sum,
)

MetricSetting = Annotated[
    Accuracy
    | BinaryAccuracy
    | CategoricalAccuracy
    | SparseCategoricalAccuracy
    | TopKCategoricalAccuracy
    | SparseTopKCategoricalAccuracy
    | MeanAbsoluteError
    | MeanSquaredError
    | RootMeanSquaredError
    | MeanAbsolutePercentageError
    | MeanSquaredLogarithmicError
    | LogCoshError
    | CosineSimilarity
    | R2Score
    | PearsonCorrelation
    | ConcordanceCorrelation
    | BinaryCrossentropy
    | CategoricalCrossentropy
    | SparseCategoricalCrossentropy
    | Perplexity
    | KLDivergence
    | Poisson
    | Hinge
    | SquaredHinge
    | CategoricalHinge
    | Precision
    | Recall
    | F1Score
    | FBetaScore
    | AUC
    | TruePositives
    | FalsePositives
    | TrueNegatives
    | FalseNegatives
    | SensitivityAtSpecificity
    | SpecificityAtSensitivity
    | PrecisionAtRecall
    | RecallAtPrecision
    | IoU
    | MeanIoU
    | OneHotIoU
    | OneHotMeanIoU
    | BinaryIoU
    | Mean
    | Sum,
    *choice("metric", *METRICS),
]
"""A metric in a file: its name, or an object with its name as ``type`` and its settings."""


def usual_metrics(loss: Loss) -> tuple[Metric, ...]:
    """Return what people want to see beside a loss: accuracy of classes, else the mean error."""
    is_class = loss.form != "values" or "crossentropy" in loss.type or "hinge" in loss.type
    return (Accuracy(),) if is_class else (MeanAbsoluteError(),)
