"""Wrappers around other modules. Imports torch."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell

MERGES: dict[str | None, Callable[[Tensor, Tensor], tuple[Tensor, ...]]] = {
    "concat": lambda one, two: (torch.cat([one, two], dim=-1),),
    "sum": lambda one, two: (one + two,),
    "mul": lambda one, two: (one * two,),
    "ave": lambda one, two: ((one + two) / 2,),
    None: lambda one, two: (one, two),
}


class BidirectionalCell(Cell):
    """A recurrent module in both directions."""

    def __init__(
        self, forward: nn.Module, backward: nn.Module, merge_mode: str | None, *, sequences: bool
    ) -> None:
        super().__init__()
        self.forward_layer = forward
        self.backward_layer = backward
        self.merge_mode = merge_mode
        self.sequences = sequences
        kinds = {_kind(forward), _kind(backward)}
        self.kernel_kind = "torch" if kinds == {"torch"} else "cell"
        self._made: list[tuple[Tensor, ...]] = []

    def forward(self, x: Tensor, *states: Tensor, mask: Any = None) -> tuple[Tensor, ...]:
        half = len(states) // 2
        self._made = [
            self.forward_layer(x, *states[:half], mask=mask),
            self.backward_layer(x, *states[half:], mask=mask),
        ]
        (one, *last), (two, *other_last) = self._made
        # Steps of the backward layer come in the order in which it went.
        merged = MERGES[self.merge_mode](one, two.flip(1) if self.sequences else two)
        return (*merged, *last, *other_last)

    def activities(self, outputs: Sequence[Tensor]) -> list[Tensor]:
        """Return what an activity regularizer looks at: the outputs of both directions.

        Args:
            outputs: Those up to the last that somebody reads: results, then states.
        """
        results = 1 if self.merge_mode else 2
        count = None if len(outputs) > results else 1
        return [one for made in self._made for one in made[:count]]


class TimeDistributedCell(Cell):
    """A module applied to every step of a sequence.

    Args:
        layer: The module.
        keeps_masks: Whether a mask of the places within a step goes on behind it.
    """

    def __init__(self, layer: nn.Module, *, keeps_masks: bool) -> None:
        super().__init__()
        self.layer = layer
        self.keeps_masks = keeps_masks
        self.takes_integers = getattr(layer, "takes_integers", False)
        self.kernel_kind = _kind(layer)
        self.rows_apart = getattr(layer, "rows_apart", False)
        self.reads_mask = "mask" in inspect.signature(layer.forward).parameters

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        # Which steps count matters only to a module for which rows are not apart.
        is_told = self.reads_mask and mask is not None and (mask.dim() > 2 or not self.rows_apart)
        mask = mask if is_told else None
        if self.training and not self.rows_apart:
            # Each step is a batch of its own, say for the statistics that normalise it.
            steps = range(x.shape[1])
            results = [self._step(x[:, n], None if mask is None else mask[:, n]) for n in steps]
            return torch.stack(results, dim=1)
        result = self._step(x.flatten(0, 1), None if mask is None else mask.flatten(0, 1))
        return result.reshape(*x.shape[:2], *result.shape[1:])

    def compute_mask(self, mask: Tensor | None, x: Tensor) -> Tensor | None:
        """Return the mask of the steps, and of places within them where those are still there."""
        if mask is None or mask.dim() == 2 or self.keeps_masks:
            return mask
        return mask.flatten(2).any(2)

    def _step(self, x: Tensor, mask: Tensor | None) -> Tensor:
        result: Any = self.layer(x) if mask is None else self.layer(x, mask=mask)
        made: Tensor = result[0] if isinstance(result, tuple) else result
        return made


def _kind(module: nn.Module) -> str:
    return str(getattr(module, "kernel_kind", "torch"))
