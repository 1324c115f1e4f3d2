"""Long short-term memory. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from flowengine.nn.activations import Activation
from flowengine.nn.cells.dense_recurrence import DenseRecurrentCell
from flowengine.nn.cells.recurrence import Course, Drops, RecurrentCell, States, function_of
from flowengine.tensor import Weight

SHUT = 1e4
"""What a gate is given to be shut for certain; float16 still holds it."""


class LSTMStep(NamedTuple):
    """States and gates after one step."""

    state_h: Tensor
    state_c: Tensor
    input_gate: Tensor
    forget_gate: Tensor
    candidate: Tensor
    output_gate: Tensor


class LSTMGates(RecurrentCell):
    """What an LSTM does in a step, whatever its kernels are; gates in the order i, f, c, o."""

    gates = 4
    state_count = 2

    def set_functions(self, activation: Activation, recurrent_activation: Activation) -> None:
        """Set the functions of states and gates."""
        # Not called "activation": no other layer can trade places with these.
        self.state_function = function_of(activation)
        self.gate_function = function_of(recurrent_activation)

    def step(self, taken: Tensor, states: States, drops: Drops) -> LSTMStep:
        state, memory = states
        parts = (taken + self.recur(state, drops, self.recurrent_kernel)).chunk(4, dim=-1)
        into, keep, out = (self.gate_function(parts[place]) for place in (0, 1, 3))
        candidate = self.state_function(parts[2])
        memory = keep * memory + into * candidate
        return LSTMStep(out * self.state_function(memory), memory, into, keep, candidate, out)


class LSTMCell(LSTMGates, DenseRecurrentCell):
    """An LSTM over vectors.

    A bias may have four parts, or eight: a second one for the state, as cuDNN has it.
    """

    def __init__(
        self,
        weights: Mapping[str, Weight],
        course: Course,
        activation: Activation,
        recurrent_activation: Activation,
        *,
        is_fused: bool,
    ) -> None:
        super().__init__(weights, course, torch._VF.lstm if is_fused else None)
        self.set_functions(activation, recurrent_activation)

    @property
    def input_bias(self) -> Tensor | None:
        if self.bias is None or len(self.bias) == 4 * self.units:
            return self.bias
        return self.bias.view(2, -1).sum(0)

    def fused_weights(self) -> list[Tensor]:
        weights: list[Tensor] = [self.kernel, self.recurrent_kernel]
        if self.bias is None:
            return weights
        if len(self.bias) == 8 * self.units:
            return [*weights, *self.bias.chunk(2)]
        return [*weights, self.bias, torch.zeros_like(self.bias)]

    def held(
        self, x: Tensor, padding: Tensor, weights: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        # One more input says "padding": it shuts the input gate and opens the forget gate, so far
        # that both are exactly 0 and 1. So the last cell state is that of the last valid step.
        kernel, *rest = weights
        column = kernel.new_zeros(4, self.units)
        column[0], column[1] = -SHUT, SHUT
        kernel = torch.cat([kernel, column.view(-1, 1)], dim=1)
        return torch.cat([x, padding.unsqueeze(-1).to(x.dtype)], dim=-1), [kernel, *rest]
