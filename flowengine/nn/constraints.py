"""Constraints under Keras' names: what weights must satisfy after each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.family import Choice, Member

if TYPE_CHECKING:
    from torch import Tensor

EPSILON = 1e-7
"""Keeps a norm of zero from being divided by, as in Keras."""

Norm = Annotated[float, Field(ge=0)]


class Constraint(Member):
    """Base of constraints."""

    def project(self, weights: Tensor) -> Tensor:
        """Return ``weights`` (in Keras' layout) brought into the constraint."""
        raise NotImplementedError(f"{type(self).__name__} needs a method project(self, weights)")


class NonNeg(Constraint):
    """Make negative weights zero."""

    type: Literal["non_neg"] = "non_neg"

    def project(self, weights: Tensor) -> Tensor:
        return weights.clamp(min=0)


class _NormConstraint(Constraint):
    axis: int | tuple[int, ...] = 0
    """Axes over which a norm is taken: 0 for a dense kernel, [0, 1, 2] for a 2-D convolution's."""

    def project(self, weights: Tensor) -> Tensor:
        norms = weights.square().sum(dim=self.axis, keepdim=True).sqrt()
        return weights * (self.wanted(norms) / (EPSILON + norms))

    def wanted(self, norms: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} needs a method wanted(self, norms)")


class UnitNorm(_NormConstraint):
    """Scale weights to a norm of 1."""

    type: Literal["unit_norm"] = "unit_norm"

    def wanted(self, norms: Tensor) -> Tensor:
        return norms.new_ones(())


class MaxNorm(_NormConstraint):
    """Scale weights down to a largest norm."""

    type: Literal["max_norm"] = "max_norm"
    max_value: Norm = 2.0
    """Largest norm."""

    def wanted(self, norms: Tensor) -> Tensor:
        return norms.clamp(max=self.max_value)


class MinMaxNorm(_NormConstraint):
    """Scale weights towards a norm between two bounds."""

    type: Literal["min_max_norm"] = "min_max_norm"
    min_value: Norm = 0.0
    """Smallest norm."""
    max_value: Norm = 1.0
    """Largest norm."""
    rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    """How far to go towards the bounds in one step; 1 goes all the way."""

    def wanted(self, norms: Tensor) -> Tensor:
        bounded = norms.clamp(self.min_value, self.max_value)
        return self.rate * bounded + (1 - self.rate) * norms


MEMBERS: tuple[type[Constraint], ...] = (MaxNorm, MinMaxNorm, NonNeg, UnitNorm)

ConstraintSetting = Annotated[Constraint, Choice("constraint", lambda: MEMBERS)]
"""A constraint as a setting: ``"non_neg"`` or ``{"type": "max_norm", "max_value": 3}``."""
