"""Activation functions under Keras' names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from flowengine.errors import ConfigureError
from flowengine.tensor import TensorSpec

if TYPE_CHECKING:
    from flowengine.nn.cells.activation import ActivationModule

Activation = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "silu",
    "swish",
    "mish",
    "sigmoid",
    "hard_sigmoid",
    "hard_sigmoid_keras2",
    "sparse_sigmoid",
    "log_sigmoid",
    "hard_silu",
    "hard_swish",
    "tanh",
    "hard_tanh",
    "tanh_shrink",
    "softmax",
    "log_softmax",
    "sparsemax",
    "softplus",
    "softsign",
    "squareplus",
    "sparse_plus",
    "soft_shrink",
    "hard_shrink",
    "exponential",
    "glu",
]
"""Name of an activation function. ``hard_sigmoid`` is Keras 3's, ``hard_sigmoid_keras2`` the older
one that KNIME and Keras 2 mean; ``swish`` and ``hard_swish`` are other names of ``silu`` and
``hard_silu``."""


def activation_module(name: Activation) -> ActivationModule | None:
    """Return the module of an activation; ``None`` for ``linear``, which does nothing."""
    from flowengine.nn.cells.activation import ActivationModule

    return None if name == "linear" else ActivationModule(name)


def activated(tensor: TensorSpec, name: Activation) -> TensorSpec:
    """Return what an activation makes of a tensor; only ``glu`` changes the shape.

    Raises:
        ConfigureError: The activation cannot be applied.
    """
    if name != "glu":
        return tensor
    last = tensor.shape[-1] if tensor.shape else 1
    if last is None:
        return tensor
    if last % 2:
        raise ConfigureError(
            f'the activation "glu" halves the last dimension, which must be even; it is {last}',
            setting="activation",
        )
    return replace(tensor, shape=(*tensor.shape[:-1], last // 2))
