"""Losses that compare numbers with numbers: errors, likenesses and margins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from flowengine.binding import Answer
from flowengine.nn.losses.loss import EPSILON, Loss

if TYPE_CHECKING:
    from torch import Tensor


class MeanSquaredError(Loss):
    """Mean of the squared differences."""

    aliases: ClassVar[tuple[str, ...]] = ("mse",)

    type: Literal["mean_squared_error"] = "mean_squared_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (target.to(output.dtype) - output).square().mean(-1)


class MeanAbsoluteError(Loss):
    """Mean of the absolute differences."""

    aliases: ClassVar[tuple[str, ...]] = ("mae",)

    type: Literal["mean_absolute_error"] = "mean_absolute_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (target.to(output.dtype) - output).abs().mean(-1)


class MeanAbsolutePercentageError(Loss):
    """Mean of the absolute differences, in percent of the target."""

    aliases: ClassVar[tuple[str, ...]] = ("mape",)

    type: Literal["mean_absolute_percentage_error"] = "mean_absolute_percentage_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype)
        return 100.0 * ((target - output) / target.abs().clamp(min=EPSILON)).abs().mean(-1)


class MeanSquaredLogarithmicError(Loss):
    """Mean of the squared differences of the logarithms."""

    aliases: ClassVar[tuple[str, ...]] = ("msle",)

    type: Literal["mean_squared_logarithmic_error"] = "mean_squared_logarithmic_error"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        target = target.to(output.dtype)
        given = (output.clamp(min=EPSILON) + 1.0).log()
        meant = (target.clamp(min=EPSILON) + 1.0).log()
        return (given - meant).square().mean(-1)


class CosineSimilarity(Loss):
    """Negative cosine of the angle between target and output: -1 is the same direction."""

    aliases: ClassVar[tuple[str, ...]] = ("cosine",)

    type: Literal["cosine_similarity"] = "cosine_similarity"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return -(_unit(target.to(output.dtype)) * _unit(output)).sum(-1)


class Huber(Loss):
    """Squared for small differences, linear for large ones."""

    type: Literal["huber"] = "huber"
    delta: Annotated[float, Field(gt=0)] = 1.0
    """Difference at which the square becomes a line."""

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        error = (output - target.to(output.dtype)).abs()
        line = self.delta * error - 0.5 * self.delta**2
        return (0.5 * error.square()).where(error <= self.delta, line).mean(-1)


class LogCosh(Loss):
    """Logarithm of the hyperbolic cosine of the difference: like Huber, smooth everywhere."""

    aliases: ClassVar[tuple[str, ...]] = ("logcosh",)

    type: Literal["log_cosh"] = "log_cosh"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        from torch.nn.functional import softplus

        error = output - target.to(output.dtype)
        return (error + softplus(-2.0 * error) - math.log(2.0)).mean(-1)


class Poisson(Loss):
    """Negative logarithm of a Poisson distribution's probability, for counts."""

    type: Literal["poisson"] = "poisson"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return (output - target.to(output.dtype) * (output + EPSILON).log()).mean(-1)


class Hinge(Loss):
    """How far the output stays below a margin of 1 on the right side of zero.

    Targets are -1 and 1; targets of 0 and 1 are taken as such.
    """

    type: Literal["hinge"] = "hinge"

    @property
    def answer(self) -> Answer:
        return "margin"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return _margin(target.to(output.dtype), output).mean(-1)


class SquaredHinge(Loss):
    """The square of ``hinge``."""

    type: Literal["squared_hinge"] = "squared_hinge"

    @property
    def answer(self) -> Answer:
        return "margin"

    def per_item(self, target: Tensor, output: Tensor) -> Tensor:
        return _margin(target.to(output.dtype), output).square().mean(-1)


def _unit(vector: Tensor) -> Tensor:
    return vector * vector.square().sum(-1, keepdim=True).clamp(min=1e-12).rsqrt()


def _margin(target: Tensor, output: Tensor) -> Tensor:
    # Decided on the device, so that the training loop need not wait for it.
    is_binary = ((target == 0) | (target == 1)).all()
    target = (2.0 * target - 1.0).where(is_binary, target)
    return (1.0 - target * output).clamp(min=0.0)
