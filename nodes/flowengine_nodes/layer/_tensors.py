"""What layers ask of the tensors that reach them."""

from __future__ import annotations

from dataclasses import replace

from flowengine import ConfigureError, TensorSpec


def floating(tensor: TensorSpec) -> TensorSpec:
    """Return the tensor as a computing layer leaves it: float32, whatever arrived."""
    return replace(tensor, dtype="float32")


def known_axis(tensor: TensorSpec, axis: int = -1, noun: str = "last") -> int:
    """Return the size of an axis that must be known.

    Raises:
        ConfigureError: The size is unknown, or the axis is missing.
    """
    if not tensor.shape:
        raise ConfigureError("this layer needs an input of at least 1 dimension; it gets a scalar")
    size = tensor.shape[axis]
    if size is None:
        raise ConfigureError(
            f"this layer needs to know the size of its input's {noun} dimension, which gives its "
            f"weights their shape; the input is {tensor}"
        )
    return size
