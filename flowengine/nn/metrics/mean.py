"""Metrics that are the mean of a loss over all items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.nn.losses import probability, regression
from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.metric import MeanMetric, as_index, as_vector, check_several

if TYPE_CHECKING:
    from torch import Tensor

Fraction = Annotated[float, Field(ge=0, le=1)]


class LossMetric(MeanMetric):
    """Base of metrics that are the mean of a loss; a member names it."""

    better: ClassVar[Literal["up", "down"]] = "down"

    def loss(self) -> Loss:
        """Return the loss."""
        raise NotImplementedError(f"{type(self).__name__} needs a method loss")

    def check(self, units: int, loss: Loss) -> None:
        if self.loss().type.endswith("categorical_crossentropy"):
            check_several(units, "take binary_crossentropy")

    @property
    def of_probabilities(self) -> bool:
        return not getattr(self.loss(), "from_logits", True)

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        loss = self.loss()
        target = as_index(target, output) if loss.form == "index" else as_vector(target, output)
        return loss.per_item(target, output)


class Mean(MeanMetric):
    """Mean of the outputs, whatever the targets are."""

    type: Literal["mean"] = "mean"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return output


class Sum(Mean):
    """Sum of the outputs, whatever the targets are."""

    type: Literal["sum"] = "sum"  # type: ignore[assignment]  # the name of another member

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return state["total"]


class MeanAbsoluteError(LossMetric):
    """Mean of the absolute differences."""

    aliases: ClassVar[tuple[str, ...]] = ("mae",)

    type: Literal["mean_absolute_error"] = "mean_absolute_error"

    def loss(self) -> Loss:
        return regression.MeanAbsoluteError()


class MeanSquaredError(LossMetric):
    """Mean of the squared differences."""

    aliases: ClassVar[tuple[str, ...]] = ("mse",)

    type: Literal["mean_squared_error"] = "mean_squared_error"

    def loss(self) -> Loss:
        return regression.MeanSquaredError()


class MeanAbsolutePercentageError(LossMetric):
    """Mean of the absolute differences, in percent of the target."""

    aliases: ClassVar[tuple[str, ...]] = ("mape",)

    type: Literal["mean_absolute_percentage_error"] = "mean_absolute_percentage_error"

    def loss(self) -> Loss:
        return regression.MeanAbsolutePercentageError()


class MeanSquaredLogarithmicError(LossMetric):
    """Mean of the squared differences of the logarithms."""

    aliases: ClassVar[tuple[str, ...]] = ("msle",)

    type: Literal["mean_squared_logarithmic_error"] = "mean_squared_logarithmic_error"

    def loss(self) -> Loss:
        return regression.MeanSquaredLogarithmicError()


class Poisson(LossMetric):
    """Negative logarithm of a Poisson distribution's probability, for counts."""

    type: Literal["poisson"] = "poisson"

    def loss(self) -> Loss:
        return regression.Poisson()


class KLDivergence(LossMetric):
    """Kullback-Leibler divergence of the output from the target distribution."""

    type: Literal["kl_divergence"] = "kl_divergence"

    def loss(self) -> Loss:
        return probability.KLDivergence()


class Hinge(LossMetric):
    """How far the output stays below a margin of 1 on the right side of zero."""

    type: Literal["hinge"] = "hinge"

    def loss(self) -> Loss:
        return regression.Hinge()


class SquaredHinge(LossMetric):
    """The square of ``hinge``."""

    type: Literal["squared_hinge"] = "squared_hinge"

    def loss(self) -> Loss:
        return regression.SquaredHinge()


class CategoricalHinge(LossMetric):
    """How far the right class is from leading all others by 1."""

    type: Literal["categorical_hinge"] = "categorical_hinge"

    def loss(self) -> Loss:
        return probability.CategoricalHinge()


class LogCoshError(LossMetric):
    """Mean of the logarithm of the hyperbolic cosine of the differences."""

    type: Literal["log_cosh_error"] = "log_cosh_error"

    def loss(self) -> Loss:
        return regression.LogCosh()


class RootMeanSquaredError(MeanSquaredError):
    """Root of the mean of the squared differences."""

    type: Literal["root_mean_squared_error"] = "root_mean_squared_error"  # type: ignore[assignment]  # the name of another member

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        return super().result(state).sqrt()


class CosineSimilarity(LossMetric):
    """Cosine of the angle between target and output: 1 is the same direction."""

    better: ClassVar[Literal["up", "down"]] = "up"

    type: Literal["cosine_similarity"] = "cosine_similarity"

    def loss(self) -> Loss:
        return regression.CosineSimilarity()

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return -super().per_item(target, output)


class BinaryCrossentropy(LossMetric):
    """Cross-entropy of yes-or-no outputs, each by itself."""

    type: Literal["binary_crossentropy"] = "binary_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no sigmoid behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards one half."""

    def loss(self) -> Loss:
        return probability.BinaryCrossentropy(
            from_logits=self.from_logits, label_smoothing=self.label_smoothing
        )


class CategoricalCrossentropy(LossMetric):
    """Cross-entropy of one class among several; the target is a vector (one-hot)."""

    type: Literal["categorical_crossentropy"] = "categorical_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""
    label_smoothing: Fraction = 0.0
    """How far targets are moved towards all classes being equal."""

    def loss(self) -> Loss:
        return probability.CategoricalCrossentropy(
            from_logits=self.from_logits, label_smoothing=self.label_smoothing
        )


class SparseCategoricalCrossentropy(LossMetric):
    """Cross-entropy of one class among several; the target is the position of the class."""

    type: Literal["sparse_categorical_crossentropy"] = "sparse_categorical_crossentropy"
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""

    def loss(self) -> Loss:
        return probability.SparseCategoricalCrossentropy(from_logits=self.from_logits)


class Perplexity(LossMetric):
    """Among how many equally likely answers one would be as unsure: e to the cross-entropy.

    Models of language are judged by it: who guesses among all tokens has their number, who knows
    the next one has 1. The target is the position of the class.
    """

    type: Literal["perplexity"] = "perplexity"
    from_logits: bool = False
    """Whether the output is a logit, with no softmax behind it."""

    def loss(self) -> Loss:
        return probability.SparseCategoricalCrossentropy(from_logits=self.from_logits)

    def result(self, state: Mapping[str, Tensor]) -> Tensor:
        mean = super().result(state)
        return mean.exp().where(state["count"] != 0, mean)
