"""Arithmetic of windows that slide over axes: what fits, what comes out, what is padded."""

from __future__ import annotations

from collections.abc import Sequence

from flowengine.errors import ConfigureError
from flowengine.tensor import Shape


def reach(window: int, dilation: int = 1) -> int:
    """Return how many places a window spans."""
    return (window - 1) * dilation + 1


def window_count(size: int, window: int, stride: int, dilation: int, padding: str) -> int:
    """Return how often a window fits along an axis."""
    if padding == "valid":
        return (size - reach(window, dilation)) // stride + 1
    return -(-size // stride)


def same_padding(size: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return the places added before and after an axis, as TensorFlow adds them for ``same``.

    The output has ``size / stride`` places, rounded up; an odd place goes to the end.
    """
    count = -(-size // stride)
    total = max((count - 1) * stride + reach(window, dilation) - size, 0)
    return total // 2, total - total // 2


def window_shape(
    noun: str,
    sizes: Shape,
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: str,
) -> Shape:
    """Return the sizes that sliding windows make of spatial axes; ``None`` stays unknown.

    Args:
        noun: What the window is called in a sentence, such as ``kernel``.
        sizes: Sizes of the spatial axes.
        window: Size of the window.
        strides: Steps between two windows.
        dilation: Steps between two places of a window.
        padding: ``valid``, or one that never shrinks (``same``, ``causal``).

    Raises:
        ConfigureError: The window does not fit.
    """
    counts = tuple(
        None if size is None else window_count(size, places, stride, step, padding)
        for size, places, stride, step in zip(sizes, window, strides, dilation, strict=True)
    )
    if any(count is not None and count <= 0 for count in counts):
        spans = [reach(places, step) for places, step in zip(window, dilation, strict=True)]
        dilated = f" (dilated to {times(spans)})" if spans != list(window) else ""
        raise ConfigureError(
            f"{noun} {times(window)}{dilated} does not fit its {times(sizes)} input; "
            f'padding "same" or a smaller {noun} would'
        )
    return counts


def times(sizes: Sequence[int | None]) -> str:
    """Return sizes as people write them: ``3×3``."""
    return "×".join("?" if size is None else str(size) for size in sizes)
