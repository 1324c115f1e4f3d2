"""Several tensors become one. Imports torch."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor

from flowengine.nn.cells.base import Cell
from flowengine.nn.cells.row_normalization import unit

Masks = tuple[Tensor | None, ...] | Tensor | None
"""Masks of several inputs; one input's mask comes alone, and ``None`` where no input has one."""

LONGEST = 1e7
"""Largest factor by which a vector is stretched to length 1, as in Keras."""


class ElementwiseCell(Cell):
    """Merge tensors value by value.

    Where all inputs have a mask the result has one: of places that any of them includes.
    """

    def forward(self, *tensors: Tensor, mask: Masks = None) -> Tensor:
        rank = max(tensor.dim() for tensor in tensors)
        # Tensors of fewer axes get theirs behind the batch.
        values = [tensor.reshape(_filled(tensor, rank)) for tensor in tensors]
        masks = [
            one if tensor.dim() == rank else None
            for one, tensor in zip(_each(mask, len(tensors)), tensors, strict=True)
        ]
        return self.merge(values, masks)

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} needs a method merge")

    def compute_mask(self, mask: Masks, *tensors: Tensor) -> Tensor | None:
        masks = [one for one in _each(mask, len(tensors)) if one is not None]
        return reduce(torch.logical_or, masks) if len(masks) == len(tensors) else None


class AddCell(ElementwiseCell):
    """The sum."""

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        return reduce(torch.add, tensors)


class SubtractCell(ElementwiseCell):
    """The first minus the second."""

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        return tensors[0] - tensors[1]


class AverageCell(ElementwiseCell):
    """The mean."""

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        return reduce(torch.add, tensors) / len(tensors)


class MultiplyCell(ElementwiseCell):
    """The product; excluded places count as 1, and as 0 where all masks exclude them."""

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        wide = [_widened(mask, tensor) for mask, tensor in zip(masks, tensors, strict=True)]
        product = reduce(
            torch.mul,
            (
                tensor if mask is None else tensor.where(mask, 1.0)
                for mask, tensor in zip(wide, tensors, strict=True)
            ),
        )
        included = [mask for mask in wide if mask is not None]
        if len(included) < len(tensors):
            return product
        return product.where(reduce(torch.logical_or, included), 0.0)


class _ExtremeCell(ElementwiseCell):
    """The extreme value; excluded places take the value of what was merged before."""

    def choose(self, one: Tensor, two: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} needs a method choose")

    def merge(self, tensors: list[Tensor], masks: list[Tensor | None]) -> Tensor:
        merged, included = tensors[0], _widened(masks[0], tensors[0])
        for tensor, narrow in zip(tensors[1:], masks[1:], strict=True):
            mask = _widened(narrow, tensor)
            if mask is not None:
                tensor = tensor.where(mask, merged)
            if included is not None:
                merged = merged.where(included, tensor)
            both = mask is not None and included is not None
            included = torch.logical_or(mask, included) if both else None  # type: ignore[arg-type]
            merged = self.choose(merged, tensor)
        return merged


class MaximumCell(_ExtremeCell):
    """The largest value."""

    def choose(self, one: Tensor, two: Tensor) -> Tensor:
        return torch.maximum(one, two)


class MinimumCell(_ExtremeCell):
    """The smallest value."""

    def choose(self, one: Tensor, two: Tensor) -> Tensor:
        return torch.minimum(one, two)


class ConcatenateCell(Cell):
    """Tensors side by side along an axis, of one data type."""

    takes_integers = True

    def __init__(self, *, axis: int, dtype: str) -> None:
        super().__init__()
        self.axis = axis
        self.dtype: torch.dtype = getattr(torch, dtype)

    def forward(self, *tensors: Tensor) -> Tensor:
        return torch.cat([tensor.to(self.dtype) for tensor in tensors], dim=self.axis)

    def compute_mask(self, mask: Masks, *tensors: Tensor) -> Tensor | None:
        masks = _each(mask, len(tensors))
        rank = next((one.dim() for one in masks if one is not None), None)
        if rank is None:
            return None
        whole = [
            # A tensor without a mask counts everywhere.
            tensor.new_ones(tensor.shape[:rank], dtype=torch.bool) if one is None else one
            for one, tensor in zip(masks, tensors, strict=True)
        ]
        return torch.cat(whole, self.axis) if self.axis < rank else reduce(torch.logical_or, whole)


class DotCell(Cell):
    """Products summed over an axis of each of two tensors."""

    def __init__(self, *, axes: tuple[int, int], normalize: bool) -> None:
        super().__init__()
        self.axes = axes
        self.normalize = normalize

    def forward(self, one: Tensor, two: Tensor) -> Tensor:
        one, two = one.movedim(self.axes[0], -1), two.movedim(self.axes[1], 1)
        if self.normalize:
            one, two = unit(one, (-1,), LONGEST), unit(two, (1,), LONGEST)
        # Both as batches of matrices.
        left = one.reshape(one.shape[0], -1, one.shape[-1])
        right = two.reshape(two.shape[0], two.shape[1], -1)
        product = torch.bmm(left, right)
        rest = (*one.shape[1:-1], *two.shape[2:])
        return product.reshape(one.shape[0], *(rest or (1,)))


def _each(mask: Masks, count: int) -> list[Tensor | None]:
    if isinstance(mask, tuple):
        return list(mask)
    return [mask] if count == 1 else [None] * count


def _filled(tensor: Tensor, rank: int) -> tuple[int, ...]:
    return (tensor.shape[0], *[1] * (rank - tensor.dim()), *tensor.shape[1:])


def _widened(mask: Tensor | None, tensor: Tensor) -> Tensor | None:
    """Return a mask as an array of the tensor's shape."""
    if mask is None:
        return None
    return mask.reshape(mask.shape + (1,) * (tensor.dim() - mask.dim())).expand_as(tensor)


class EinsumMergeCell(Cell):
    """Products of tensors, summed over what the result of an equation lacks."""

    def __init__(self, equation: str) -> None:
        super().__init__()
        self.equation = equation

    def forward(self, *tensors: Tensor) -> Tensor:
        return torch.einsum(self.equation, *tensors)
