"""A batch of windows in pieces, with the states carried from one to the next. Imports torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from flowengine.nn.build import BuiltNetwork
from flowengine.nn.cells.recurrence import RecurrentCell
from flowengine.nn.feeds.batches import Batch

States = dict[tuple[nn.Module, int], tuple[Tensor, ...]]
"""States of recurrent layers, for each of their calls; none before the first piece."""


@contextmanager
def carried_states(built: BuiltNetwork, states: States) -> Iterator[None]:
    """Let each recurrent layer begin where it ended, as long as the context lasts.

    Gradients do not flow back from one piece into the one before.

    Args:
        built: The network.
        states: The states of its recurrent layers before; becomes those behind.
    """
    begun: Counter[nn.Module] = Counter()
    ended: Counter[nn.Module] = Counter()

    def begin(module: nn.Module, taken: tuple[Any, ...]) -> tuple[Any, ...]:
        begun[module] += 1
        return (*taken, *states.get((module, begun[module]), ()))

    def end(
        module: RecurrentCell,
        taken: tuple[Any, ...],
        named: dict[str, Any],
        given: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        ended[module] += 1
        states[module, ended[module]] = tuple(one.detach() for one in given[1:])
        return (_last_output(module, named.get("mask"), given), *given[1:])

    cells = [part for part in built.modules() if isinstance(part, RecurrentCell)]
    hooks = [cell.register_forward_pre_hook(begin) for cell in cells]
    hooks += [cell.register_forward_hook(end, with_kwargs=True) for cell in cells]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _last_output(cell: RecurrentCell, mask: Any, given: tuple[Tensor, ...]) -> Tensor:
    """Return the output of a cell; where a row has no step in a piece, it is that of before."""
    output, state = given[:2]
    mask = mask[0] if isinstance(mask, tuple) else mask
    if mask is None or cell.course.return_sequences or cell.course.zero_output_for_mask:
        return output
    has_steps = mask.bool().flatten(1).any(1)
    return torch.where(has_steps.view(-1, *[1] * (output.dim() - 1)), output, state)


def pieces(batch: Batch, steps: int, *, sequences: bool) -> Iterator[tuple[Batch, bool]]:
    """Yield the pieces of a batch, and whether each has a target.

    Args:
        batch: Windows.
        steps: Steps of a piece; the last takes what is left.
        sequences: Whether there is a target for every step; else the last piece has the target.
    """
    length = max(tensor.shape[1] for tensor in batch.inputs.values())
    for start in range(0, length, steps):
        part = slice(start, min(start + steps, length))
        is_last = part.stop == length
        inputs = {name: tensor[:, part] for name, tensor in batch.inputs.items()}
        masks = {name: mask[:, part] for name, mask in batch.masks.items()}
        if not sequences:
            yield Batch(inputs, batch.targets, batch.rows, batch.weights, masks), is_last
            continue
        targets = {name: tensor[:, part] for name, tensor in batch.targets.items()}
        weights = {
            name: weight[:, part] if weight.dim() > 1 else weight
            for name, weight in batch.weights.items()
        }
        # Rows weigh a loss in the epoch's mean; a piece counts by its steps.
        rows = batch.rows * (part.stop - part.start)
        yield Batch(inputs, targets, rows, weights, masks), True


@torch.no_grad()
def read_ahead(built: BuiltNetwork, batch: Batch) -> None:
    """Take a piece into the states alone."""
    built.forward_with_masks(batch.inputs, batch.masks)
