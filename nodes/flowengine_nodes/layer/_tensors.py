"""What layers ask of the tensors that reach them."""

from __future__ import annotations

from dataclasses import replace

from flowengine import ConfigureError, TensorSpec


def floating(tensor: TensorSpec) -> TensorSpec:
    """Return the tensor as a computing layer leaves it: float32, whatever arrived."""
    return replace(tensor, dtype="float32")


def moved(tensor: TensorSpec, *shape: int | None) -> TensorSpec:
    """Return the tensor as a layer leaves it that only moves values: integers stay integers."""
    return TensorSpec(shape, "float32" if "float" in tensor.dtype else tensor.dtype)


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
            f"weights their shape; the input is {tensor}, so give the input layer a number there"
        )
    return size


def tensor_axis(tensor: TensorSpec, axis: int, setting: str = "axis") -> int:
    """Return the place in ``tensor.shape`` of an axis that is counted with the batch as axis 0.

    Raises:
        ConfigureError: The tensor has no such axis, or it is the batch.
    """
    rank = len(tensor.shape) + 1
    if not -rank < axis < rank or axis == 0:
        choice = "1 or -1, its only one" if rank == 2 else f"1 to {rank - 1}, or -1 for the last"
        raise ConfigureError(
            f"axis {axis} is none of the axes of the input {tensor}; choose {choice} "
            f"(0 is the batch)",
            setting=setting,
        )
    return axis % rank - 1


def tensor_axes(tensor: TensorSpec, axes: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the places in ``tensor.shape`` of one or several axes, in ascending order.

    Raises:
        ConfigureError: There is none, or the tensor has no such axis.
    """
    if axes == ():
        raise ConfigureError("axis is an empty list; name at least one axis", setting="axis")
    given = (axes,) if isinstance(axes, int) else axes
    return tuple(sorted({tensor_axis(tensor, axis) for axis in given}))


def known_axes(tensor: TensorSpec, axes: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the sizes of one or several axes, which must be known.

    Raises:
        ConfigureError: A size is unknown, or the tensor has no such axis.
    """
    return tuple(known_axis(tensor, axis, "normalised") for axis in tensor_axes(tensor, axes))


def require_count(inputs: tuple[TensorSpec, ...], count: int) -> None:
    """Check how many tensors arrive.

    Raises:
        ConfigureError: It is another number.
    """
    if len(inputs) != count:
        raise ConfigureError(
            f"this layer takes exactly {count} inputs; {len(inputs)} "
            f"{'is' if len(inputs) == 1 else 'are'} connected"
        )
