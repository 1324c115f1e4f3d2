"""A network over sequences gone through one step at a time, its states carried. Imports torch.

Works for a chain from the first input, of positions, to one output: layers that look at one step
alone, and recurrent layers, whose first states may be further inputs, as those of a decoder are.
What stands before the first recurrent layer depends on the position only, so it is a table,
computed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from flowengine.network_surgery import needed_calls
from flowengine.nn.build import BuiltNetwork
from flowengine.nn.cells.activation import ActivationModule
from flowengine.nn.cells.dense import DenseCell
from flowengine.nn.cells.dense_recurrence import DenseRecurrentCell
from flowengine.nn.cells.dropout import NoiseCell
from flowengine.nn.cells.embedding import EmbeddingCell
from flowengine.nn.cells.encoding import OneHotCell
from flowengine.nn.cells.preprocessing import RescalingCell
from flowengine.nn.cells.rectifiers import ELUCell, SoftmaxCell
from flowengine.nn.cells.row_normalization import LayerNormalizationCell, RMSNormalizationCell
from flowengine.nn.cells.shaping import ActivationCell
from flowengine.nn.cells.wrapper import TimeDistributedCell
from flowengine.nn.conditions import Given
from flowengine.nn.step_parts import Array, DensePart, ModulePart, Part, Recurrence, recurrence_of

States = list[tuple[Array, ...]]
"""States of each recurrent layer, with one row for each text."""

ALONE = (OneHotCell, EmbeddingCell, DenseCell, ActivationCell, RescalingCell, ELUCell)
"""Modules that treat each step by itself, whatever their settings."""

ALONG_AXES = (SoftmaxCell, LayerNormalizationCell, RMSNormalizationCell)
"""Modules that do so where their one axis is the last."""

MIXES = "looks at more than one step"

TABLE_ROWS = 256
"""Positions that go through the first layers at a time."""


class Stepped:
    """A network that takes one position of each row at a time.

    Args:
        table: What the first recurrent layer takes in, by position.
        parts: Recurrent layers and what stands behind each, in order.
        first_states: For each recurrent layer the inputs that give its first states, if any do.
    """

    def __init__(
        self,
        table: Array,
        parts: Sequence[Recurrence | Part],
        first_states: Sequence[tuple[str, ...]],
    ) -> None:
        self.table = table
        self.parts = parts
        self.first_states = first_states
        self.recurrent = [part for part in parts if isinstance(part, Recurrence)]

    def first(self, given: Given, rows: int) -> States:
        """Return the states before the first step: those that are given, else zeros."""
        return [
            tuple(given.values[name].float().cpu().numpy() for name in names) or part.zeros(rows)
            for part, names in zip(self.recurrent, self.first_states, strict=True)
        ]

    def advance(self, positions: Array, states: States) -> tuple[Array, States]:
        """Return the scores of what comes next, as logarithms, and the states behind this step."""
        values, after = self.table[positions], States()
        for place, part in enumerate(self.parts):
            if isinstance(part, Recurrence):
                taken = values if place == 0 else part.taken(values)
                after.append(part.step(taken, states[len(after)]))
                values = after[-1][0]
            else:
                values = part.apply(values)
        return values, after


@torch.inference_mode()
def stepped(built: BuiltNetwork, positions: int) -> Stepped | str:
    """Return a network as steps, or the reason why that would not give the same numbers.

    Args:
        built: The network on the processor, with its weights, built without rewrites.
        positions: Number of positions that may come.
    """
    built.eval().requires_grad_(requires_grad=False)
    chain = _chain(built)
    if isinstance(chain, str):
        return chain
    kinds = [isinstance(link.module, DenseRecurrentCell) for link in chain]
    if True not in kinds:
        return "it has no recurrent layer"
    first = kinds.index(True)
    for link in chain:
        reason = _obstacle(link.module, link.dims)
        if reason:
            return f'layer "{link.layer}" {reason}'
    parts: list[Recurrence | Part] = []
    states: list[tuple[str, ...]] = []
    for link in chain[first:]:
        if isinstance(link.module, DenseRecurrentCell):
            parts.append(recurrence_of(link.module))
            states.append(link.states)
        else:
            parts += _alone(link.module, link.dims, is_last=link is chain[-1])
    before = [link.module for link in chain[:first]]
    recurrence = parts[0]
    assert isinstance(recurrence, Recurrence)  # noqa: S101  # for mypy
    return Stepped(_table(before, recurrence, positions), parts, states)


@dataclass(frozen=True)
class _Link:
    """A layer of a chain: its module, the dimensions of what it takes, and its first states."""

    layer: str
    module: nn.Module
    dims: int
    states: tuple[str, ...]


def _chain(built: BuiltNetwork) -> list[_Link] | str:
    """Return the layers from the first input to the output."""
    spec = built.spec
    tensor, *given = spec.inputs.values()
    chain: list[_Link] = []
    for call in needed_calls(spec).values():
        first, *states = call.inputs
        module = built.layer_modules[call.layer]
        is_link = isinstance(module, DenseRecurrentCell) if states else True
        if first != tensor or not is_link or not set(states) <= set(given):
            return "it is no chain of layers"
        if not isinstance(_within(module), NoiseCell):
            # Noise is nothing outside training.
            dims = 1 + len(spec.tensors[tensor].shape)
            chain.append(_Link(call.layer, module, dims, tuple(states)))
        tensor = call.outputs[0]
    if spec.output != tensor:
        return "its output is a state"
    return chain


def _obstacle(module: nn.Module, dims: int) -> str:
    """Return why a module does not go step by step, empty where it does."""
    if isinstance(module, TimeDistributedCell):
        is_recurrent = isinstance(module.layer, DenseRecurrentCell)
        return MIXES if is_recurrent else _obstacle(module.layer, dims - 1)
    if isinstance(module, DenseRecurrentCell):
        return "goes backwards" if module.course.go_backwards else ""
    is_alone = isinstance(module, ALONE)
    if isinstance(module, ALONG_AXES):
        is_alone = tuple(module.axes) == (dims - 1,)
    return "" if is_alone else MIXES


def _within(module: nn.Module) -> nn.Module:
    return module.layer if isinstance(module, TimeDistributedCell) else module


def _alone(module: nn.Module, dims: int, *, is_last: bool) -> list[Part]:
    """Return the parts of a module; a softmax at the end is left out, scores are logarithms."""
    if isinstance(module, TimeDistributedCell):
        return _alone(module.layer, dims - 1, is_last=is_last)
    activation = module.activation if isinstance(module, (DenseCell, ActivationCell)) else None
    ends = is_last and (
        isinstance(module, SoftmaxCell)
        or (isinstance(activation, ActivationModule) and activation.name == "softmax")
    )
    if isinstance(module, DenseCell) and (activation is None or ends):
        return [DensePart(module)]
    return [] if ends else [ModulePart(module, dims)]


def _table(before: Sequence[nn.Module], recurrence: Recurrence, positions: int) -> Array:
    rows = []
    for start in range(0, positions, TABLE_ROWS):
        values = torch.arange(start, min(start + TABLE_ROWS, positions)).unsqueeze(1)
        for module in before:
            values = module(values)
        rows.append(recurrence.taken(values.squeeze(1).numpy()))
    return np.concatenate(rows)
