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
    *,
    can_pad: bool = True,
) -> Shape:
    """Return the sizes that sliding windows make of spatial axes; ``None`` stays unknown.

    Args:
        noun: What the window is called in a sentence, such as ``kernel``.
        sizes: Sizes of the spatial axes.
        window: Size of the window.
        strides: Steps between two windows.
        dilation: Steps between two places of a window.
        padding: ``valid``, or one that never shrinks (``same``, ``causal``).
        can_pad: Whether padding ``same`` is a way out where the window does not fit.

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
        pad = 'padding "same" or ' if can_pad else ""
        raise ConfigureError(
            f"{noun} {times(window)}{dilated} does not fit its {extent(sizes)}; "
            f"{pad}a smaller {noun} would"
        )
    return counts


def transposed_cut(
    window: int, stride: int, dilation: int, padding: str, extra: int | None
) -> tuple[int, int]:
    """Return what is cut off a transposed convolution before and after an axis, as Keras cuts.

    A window spread from each of ``size`` places reaches ``(size - 1) * stride + reach`` places.
    Below 0, empty places are added instead; that happens only at the end.

    Args:
        window: Size of the window.
        stride: Steps between two windows of the output.
        dilation: Steps between two places of a window.
        padding: ``valid`` or ``same``.
        extra: Places that the user adds at the end; ``None`` for those that padding asks for.
    """
    span = reach(window, dilation)
    if padding == "valid":
        return 0, -(max(stride - span, 0) if extra is None else extra)
    total = span - stride if extra is None else span - span % 2 - extra
    before = max(total // 2, 0)
    return before, total - before


def transposed_shape(
    sizes: Shape,
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: str,
    extra: Sequence[int] | None,
) -> Shape:
    """Return the sizes that a transposed convolution makes; ``None`` stays unknown.

    Raises:
        ConfigureError: Nothing would be left.
    """
    added = extra or (None,) * len(window)
    axes = zip(sizes, window, strides, dilation, added, strict=True)
    counts = tuple(
        None
        if size is None
        else (size - 1) * stride
        + reach(places, step)
        - sum(transposed_cut(places, stride, step, padding, one))
        for size, places, stride, step, one in axes
    )
    if any(count is not None and count <= 0 for count in counts):
        raise ConfigureError(
            f"nothing is left of the {extent(sizes)} with output padding {times(extra or ())}; "
            f"a larger one or none would leave something",
            setting="output_padding",
        )
    return counts


def extent(sizes: Shape) -> str:
    """Return the sizes of an input as they stand in a sentence."""
    return f"input of {times(sizes)} steps" if len(sizes) == 1 else f"{times(sizes)} input"


def times(sizes: Sequence[int | None]) -> str:
    """Return sizes as people write them: ``3×3``."""
    return "×".join("?" if size is None else str(size) for size in sizes)
