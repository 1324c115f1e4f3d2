"""Plain recurrent layers. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from flowengine.nn.activations import Activation
from flowengine.nn.cells.dense_recurrence import DenseRecurrentCell
from flowengine.nn.cells.recurrence import Course, Drops, States, function_of
from flowengine.tensor import Weight

KERNELS = {
    "tanh": torch._VF.rnn_tanh,
    "relu": torch._VF.rnn_relu,
}


class SimpleRNNStep(NamedTuple):
    """State after one step; there are no gates."""

    state_h: Tensor


class SimpleRNNCell(DenseRecurrentCell):
    """The output is fed back: ``activation(x · kernel + state · recurrent_kernel + bias)``."""

    gates = 1

    def __init__(
        self,
        weights: Mapping[str, Weight],
        course: Course,
        activation: Activation,
    ) -> None:
        super().__init__(weights, course, KERNELS.get(activation))
        self.state_function = function_of(activation)

    def step(self, taken: Tensor, states: States, drops: Drops) -> SimpleRNNStep:
        inner = self.recur(states[0], drops, self.recurrent_kernel)
        return SimpleRNNStep(self.state_function(taken + inner))

    def fused_weights(self) -> list[Tensor]:
        weights: list[Tensor] = [self.kernel, self.recurrent_kernel]
        return weights if self.bias is None else [*weights, self.bias, torch.zeros_like(self.bias)]
