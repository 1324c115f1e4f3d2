"""Recurrent layers in numpy, one step and one gate after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Drops = tuple[Sequence[Any], Sequence[Any]]
"""For each gate the factors of inputs, and those of the state."""


def sigmoid(x: Array) -> Array:
    """Return the logistic function."""
    return 1 / (1 + np.exp(-x))


def hard_sigmoid_keras2(x: Array) -> Array:
    """Return the hard sigmoid of Keras 2."""
    return np.clip(0.2 * x + 0.5, 0, 1)


def lstm(
    inputs: list[Array],
    weights: dict[str, Array],
    *,
    gate: Any = sigmoid,
    drops: Drops = ((1,) * 4, (1,) * 4),
) -> Any:
    """Return outputs of all steps, last state and last cell state.

    A bias of eight parts is that of cuDNN: four for the input, four for the state.
    """
    sequence, state, memory = _with_states(inputs, weights, 2)
    kernels, recurrent, biases = _by_gate(weights, 4)
    outputs = []
    for step in sequence.swapaxes(0, 1):
        parts = [
            step * into @ kernel + state * back @ inner + sum(bias)
            for into, back, kernel, inner, *bias in zip(
                *drops, kernels, recurrent, *biases, strict=True
            )
        ]
        memory = gate(parts[1]) * memory + gate(parts[0]) * np.tanh(parts[2])
        state = gate(parts[3]) * np.tanh(memory)
        outputs.append(state)
    return np.stack(outputs, axis=1), state, memory


def gru(
    inputs: list[Array],
    weights: dict[str, Array],
    *,
    reset_after: bool,
    gate: Any = sigmoid,
    drops: Drops = ((1,) * 3, (1,) * 3),
) -> Any:
    """Return outputs of all steps and the last state."""
    sequence, state = _with_states(inputs, weights, 1)
    kernels, recurrent, biases = _by_gate(weights, 3)
    first, second = biases if reset_after else (biases[0], (0,) * 3)
    outputs = []
    for step in sequence.swapaxes(0, 1):
        taken = [step * drops[0][n] @ kernels[n] + first[n] for n in range(3)]
        given = [state * drops[1][n] @ recurrent[n] + second[n] for n in range(2)]
        update, reset = gate(taken[0] + given[0]), gate(taken[1] + given[1])
        dropped = state * drops[1][2]
        if reset_after:
            inner = reset * (dropped @ recurrent[2] + second[2])
        else:
            inner = (reset * dropped) @ recurrent[2]
        state = update * state + (1 - update) * np.tanh(taken[2] + inner)
        outputs.append(state)
    return np.stack(outputs, axis=1), state


def _by_gate(weights: dict[str, Array], gates: int) -> Any:
    kernels = [np.split(weights[name], gates, axis=-1) for name in ("kernel", "recurrent_kernel")]
    biases = weights["bias"].reshape(-1, weights["kernel"].shape[1])
    return *kernels, [np.split(bias, gates) for bias in biases]


def _with_states(inputs: list[Array], weights: dict[str, Array], count: int) -> list[Array]:
    sequence, *states = inputs
    zeros = np.zeros((len(sequence), weights["recurrent_kernel"].shape[0]))
    return [sequence, *(states or [zeros] * count)]
