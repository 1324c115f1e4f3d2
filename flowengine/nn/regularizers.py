"""Regularizers under Keras' names: what weights or activities add to the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.family import Choice, Member

if TYPE_CHECKING:
    from torch import Tensor

Factor = Annotated[float, Field(ge=0)]


class Regularizer(Member):
    """Base of regularizers."""

    def penalty(self, values: Tensor) -> Tensor:
        """Return what ``values`` (in Keras' layout) add to the loss, as a scalar."""
        raise NotImplementedError(f"{type(self).__name__} needs a method penalty(self, values)")


class L1(Regularizer):
    """Penalise the sum of absolute values."""

    type: Literal["l1"] = "l1"
    l1: Factor = 0.01
    """Factor of the penalty."""

    def penalty(self, values: Tensor) -> Tensor:
        return self.l1 * values.abs().sum()


class L2(Regularizer):
    """Penalise the sum of squares."""

    type: Literal["l2"] = "l2"
    l2: Factor = 0.01
    """Factor of the penalty."""

    def penalty(self, values: Tensor) -> Tensor:
        return self.l2 * values.square().sum()


class L1L2(Regularizer):
    """Penalise both the sum of absolute values and the sum of squares."""

    type: Literal["l1_l2"] = "l1_l2"
    l1: Factor = 0.0
    """Factor of the sum of absolute values."""
    l2: Factor = 0.0
    """Factor of the sum of squares."""

    def penalty(self, values: Tensor) -> Tensor:
        return self.l1 * values.abs().sum() + self.l2 * values.square().sum()


class OrthogonalRegularizer(Regularizer):
    """Penalise rows (or columns) of a matrix that are not orthogonal to each other."""

    type: Literal["orthogonal"] = "orthogonal"
    factor: Factor = 0.01
    """Factor of the mean product of two different normalised rows."""
    mode: Literal["rows", "columns"] = "rows"
    """What shall be orthogonal: rows or columns."""

    def penalty(self, values: Tensor) -> Tensor:
        import torch

        if values.dim() != 2:
            raise ValueError(
                f"the orthogonal regularizer needs a matrix; it gets {values.dim()} dimensions"
            )
        rows = values if self.mode == "rows" else values.T
        rows = rows * torch.rsqrt(rows.square().sum(dim=1, keepdim=True).clamp(min=1e-12))
        products = (rows @ rows.T).abs()
        pairs = len(rows) * (len(rows) - 1) / 2
        return self.factor * 0.5 * (products.sum() - products.diagonal().sum()) / pairs


MEMBERS: tuple[type[Regularizer], ...] = (L1, L2, L1L2, OrthogonalRegularizer)

RegularizerSetting = Annotated[Regularizer, Choice("regularizer", lambda: MEMBERS)]
"""A regularizer as a setting: ``"l2"`` or ``{"type": "l2", "l2": 0.001}``."""
