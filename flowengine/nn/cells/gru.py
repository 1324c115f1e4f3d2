"""Gated recurrent units. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from flowengine.nn.activations import Activation
from flowengine.nn.cells.dense_recurrence import DenseRecurrentCell
from flowengine.nn.cells.recurrence import Course, Drops, States, function_of
from flowengine.tensor import Weight


class GRUStep(NamedTuple):
    """State and gates after one step."""

    state_h: Tensor
    update_gate: Tensor
    reset_gate: Tensor
    candidate: Tensor


class GRUCell(DenseRecurrentCell):
    """A GRU; gates in the order z, r, h.

    Where the state is reset after the product with its kernel, there is a second bias for that
    product; the two stand in two rows (Keras) or one behind the other (cuDNN).
    """

    gates = 3

    def __init__(
        self,
        weights: Mapping[str, Weight],
        course: Course,
        activation: Activation,
        recurrent_activation: Activation,
        *,
        reset_after: bool,
        is_fused: bool,
    ) -> None:
        super().__init__(weights, course, torch._VF.gru if is_fused else None)
        self.state_function = function_of(activation)
        self.gate_function = function_of(recurrent_activation)
        self.reset_after = reset_after

    @property
    def input_bias(self) -> Tensor | None:
        return None if self.bias is None else self._biases(self.bias)[0]

    def step(self, taken: Tensor, states: States, drops: Drops) -> GRUStep:
        (state,) = states
        kernel, border = self.recurrent_kernel, 2 * self.units
        if self.reset_after:
            inner = self.recur(state, drops, kernel)
            inner = inner if self.bias is None else inner + self._biases(self.bias)[1]
        else:
            inner = self.recur(state, drops, kernel[:border])
        update, reset = map(
            self.gate_function, (taken[..., :border] + inner[..., :border]).chunk(2, dim=-1)
        )
        if self.reset_after:
            inner = reset * inner[..., border:]
        else:
            dropped = state if drops is None else state * drops[-1]
            inner = self.transform_state(reset * dropped, kernel[border:])
        candidate = self.state_function(taken[..., border:] + inner)
        state = update * state + (1 - update) * candidate
        return GRUStep(state, update, reset, candidate)

    def fused_weights(self) -> list[Tensor]:
        weights = [_torch_order(self.kernel), _torch_order(self.recurrent_kernel)]
        if self.bias is not None:
            weights += [_torch_order(bias) for bias in self._biases(self.bias)]
        return weights

    def _biases(self, bias: Tensor) -> tuple[Tensor, ...]:
        return bias.view(-1, 3 * self.units).unbind(0)


def _torch_order(weight: Tensor) -> Tensor:
    update, reset, candidate = weight.chunk(3)
    return torch.cat([reset, update, candidate])
