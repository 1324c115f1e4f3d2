"""The family of losses under Keras' names, as a setting."""

from __future__ import annotations

from typing import Annotated

from flowengine.family import Choice
from flowengine.nn.losses.loss import Loss
from flowengine.nn.losses.overlap import (
    CTC,
    CategoricalGeneralizedCrossEntropy,
    Circle,
    Dice,
    Tversky,
)
from flowengine.nn.losses.probability import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalHinge,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from flowengine.nn.losses.regression import (
    CosineSimilarity,
    Hinge,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
)

LOSSES: tuple[type[Loss], ...] = (
    MeanSquaredError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy,
    KLDivergence,
    Poisson,
    CosineSimilarity,
    Huber,
    LogCosh,
    Hinge,
    SquaredHinge,
    CategoricalHinge,
    CategoricalGeneralizedCrossEntropy,
    Dice,
    Tversky,
    CTC,
    Circle,
)

LossSetting = Annotated[Loss, Choice("loss", lambda: LOSSES)]
"""A loss in a file: its name, or an object with its name as ``type`` and its settings."""
