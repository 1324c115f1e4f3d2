"""Activation functions as modules. Imports torch."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.activations import Activation

MONOTONE = frozenset({"relu", "relu6", "leaky_relu"})
"""Activations that a maximum commutes with exactly: values, and gradients too.

Others are monotone on paper only: where they flatten out or round, two different inputs get one
output, and the gradient would take another way."""


class ActivationModule(nn.Module):
    """One activation function.

    Attributes:
        name: Keras' name of it.
        monotone: Whether it commutes exactly with a maximum.
    """

    def __init__(self, name: Activation) -> None:
        super().__init__()
        self.name = name
        self.monotone = name in MONOTONE
        self._function = FUNCTIONS[name]

    def forward(self, values: Tensor) -> Tensor:
        return self._function(values)

    def extra_repr(self) -> str:
        return self.name


def leaky_relu(x: Tensor) -> Tensor:
    return F.leaky_relu(x, negative_slope=0.2)


def softmax(x: Tensor) -> Tensor:
    return F.softmax(x, dim=-1)


def log_softmax(x: Tensor) -> Tensor:
    return F.log_softmax(x, dim=-1)


def hard_sigmoid_keras2(x: Tensor) -> Tensor:
    return (0.2 * x + 0.5).clamp(0, 1)


def sparse_sigmoid(x: Tensor) -> Tensor:
    return (0.5 * (x + 1)).clamp(0, 1)


def sparse_plus(x: Tensor) -> Tensor:
    return torch.where(x <= -1, 0.0, torch.where(x < 1, 0.25 * (x + 1).square(), x))


def squareplus(x: Tensor) -> Tensor:
    return (x + (x.square() + 4).sqrt()) / 2


def sparsemax(x: Tensor) -> Tensor:
    """Return the point of the probability simplex nearest to ``x``."""
    ordered = x.sort(dim=-1, descending=True).values
    sums = ordered.cumsum(dim=-1) - 1
    ranks = torch.arange(1, x.shape[-1] + 1, device=x.device, dtype=x.dtype)
    support = (ordered * ranks > sums).sum(dim=-1, keepdim=True)
    threshold = sums.gather(-1, support - 1) / support
    return F.relu(x - threshold)


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "celu": F.celu,
    "gelu": F.gelu,
    "silu": F.silu,
    "swish": F.silu,
    "mish": F.mish,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": F.hardsigmoid,
    "hard_sigmoid_keras2": hard_sigmoid_keras2,
    "sparse_sigmoid": sparse_sigmoid,
    "log_sigmoid": F.logsigmoid,
    "hard_silu": F.hardswish,
    "hard_swish": F.hardswish,
    "tanh": torch.tanh,
    "hard_tanh": F.hardtanh,
    "tanh_shrink": F.tanhshrink,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "sparsemax": sparsemax,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "squareplus": squareplus,
    "sparse_plus": sparse_plus,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "exponential": torch.exp,
    "glu": F.glu,
}
