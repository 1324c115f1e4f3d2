"""What a step of one position goes through: recurrent layers and what stands behind. Imports torch.

A step of a few rows is too small for a GPU or for threads: numpy on one core is fastest.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from flowengine.nn.cells.dense import DenseCell
from flowengine.nn.cells.dense_recurrence import DenseRecurrentCell
from flowengine.nn.cells.gru import GRUCell
from flowengine.nn.cells.lstm import LSTMCell

Array = np.ndarray[Any, Any]

FEW_ROWS = 4
"""Rows up to which a product is computed row by row."""


class Part(Protocol):
    """What follows in a step: from the features of all rows to other features."""

    def apply(self, x: Array) -> Array:
        """Return the features behind this part."""


class Recurrence:
    """A recurrent layer, step by step, as its cell computes it."""

    def __init__(self, cell: DenseRecurrentCell) -> None:
        self.cell = cell

    def zeros(self, rows: int) -> tuple[Array, ...]:
        """Return first states."""
        return (np.zeros((rows, self.cell.units), np.float32),) * self.cell.state_count

    def taken(self, x: Array) -> Array:
        """Return what the kernel makes of the layer's input."""
        made = self.cell.transform(torch.from_numpy(x), self.cell.kernel, self.cell.input_bias)
        array: Array = made.numpy()
        return array

    def step(self, taken: Array, states: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return the states behind a step; the first is also the layer's output."""
        given = tuple(map(torch.from_numpy, states))
        made = self.cell.step(torch.from_numpy(taken), given, None)
        return tuple(state.numpy() for state in made[: self.cell.state_count])


class LSTMRecurrence(Recurrence):
    """The usual LSTM in numpy: a third of the calls, because one tanh serves all gates.

    A sigmoid is a tanh of half the value, halved and raised by a half; the first half stands in the
    weights.
    """

    def __init__(self, cell: LSTMCell) -> None:
        super().__init__(cell)
        units = cell.units
        halves = np.full(4 * units, 0.5, np.float32)
        halves[2 * units : 3 * units] = 1.0
        self.halves = halves
        self.raised = (halves < 1.0).astype(np.float32)
        self.recurrent_kernel = np.ascontiguousarray(cell.recurrent_kernel.numpy().T * halves)

    def taken(self, x: Array) -> Array:
        return super().taken(x) * self.halves

    def step(self, taken: Array, states: tuple[Array, ...]) -> tuple[Array, ...]:
        state, memory = states
        gates = _product(state, self.recurrent_kernel)
        gates += taken
        np.tanh(gates, out=gates)
        units = self.cell.units
        into, keep = gates[:, :units], gates[:, units : 2 * units]
        candidate, out = gates[:, 2 * units : 3 * units], gates[:, 3 * units :]
        # Each gate, not the candidate, is twice its value from here on.
        gates += self.raised
        memory = keep * memory
        into *= candidate
        memory += into
        memory *= 0.5
        state = np.tanh(memory)
        state *= out
        state *= 0.5
        return state, memory


class GRURecurrence(Recurrence):
    """The usual GRU in numpy, with the same trick."""

    def __init__(self, cell: GRUCell) -> None:
        super().__init__(cell)
        units = cell.units
        self.halves = np.full(3 * units, 0.5, np.float32)
        self.halves[2 * units :] = 1.0
        # What the reset gate, twice its value, is multiplied with is halved too.
        self.recurrent_kernel = np.ascontiguousarray(cell.recurrent_kernel.numpy().T * 0.5)
        self.bias = None if cell.bias is None else cell.bias.view(2, -1).numpy()[1] * 0.5

    def taken(self, x: Array) -> Array:
        return super().taken(x) * self.halves

    def step(self, taken: Array, states: tuple[Array, ...]) -> tuple[Array, ...]:
        (state,) = states
        units = self.cell.units
        inner = _product(state, self.recurrent_kernel)
        if self.bias is not None:
            inner += self.bias
        gates = np.tanh(taken[:, : 2 * units] + inner[:, : 2 * units])
        gates += 1.0
        update, reset = gates[:, :units], gates[:, units:]
        reset *= inner[:, 2 * units :]
        reset += taken[:, 2 * units :]
        candidate = np.tanh(reset)
        update *= 0.5
        return (candidate + update * (state - candidate),)


def recurrence_of(cell: DenseRecurrentCell) -> Recurrence:
    """Return a recurrent layer, in numpy where its functions are the usual ones."""
    if isinstance(cell, (LSTMCell, GRUCell)):
        functions = (cell.state_function, cell.gate_function)
        is_usual = [getattr(one, "name", "") for one in functions] == ["tanh", "sigmoid"]
        if is_usual and isinstance(cell, LSTMCell):
            return LSTMRecurrence(cell)
        if is_usual and isinstance(cell, GRUCell) and cell.reset_after:
            return GRURecurrence(cell)
    return Recurrence(cell)


class DensePart:
    """A dense layer without activation, in numpy."""

    def __init__(self, cell: DenseCell) -> None:
        self.kernel = np.ascontiguousarray(cell.kernel.numpy().T)
        self.bias = None if cell.bias is None else cell.bias.numpy()

    def apply(self, x: Array) -> Array:
        made = _product(x, self.kernel)
        if self.bias is not None:
            made += self.bias
        return made


class ModulePart:
    """Any module that treats each step by itself.

    Args:
        module: The module.
        dims: Dimensions of the tensor it takes, the batch included.
    """

    def __init__(self, module: nn.Module, dims: int) -> None:
        self.module = module
        self.has_time = dims == 3

    def apply(self, x: Array) -> Array:
        given = torch.from_numpy(x)
        made: Tensor = self.module(given.unsqueeze(1) if self.has_time else given)
        array: Array = (made.squeeze(1) if self.has_time else made).numpy()
        return array


def _product(rows: Array, kernel: Array) -> Array:
    """Return a matrix product; for a few rows, one vector after the other takes half the time."""
    if len(rows) > FEW_ROWS:
        many: Array = rows @ kernel
        return many
    made = np.empty((len(rows), kernel.shape[1]), kernel.dtype)
    for row, out in zip(rows, made, strict=True):
        np.dot(row, kernel, out=out)
    return made
