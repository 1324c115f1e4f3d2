"""Windows that a frame of sound fades in and out with, under the names of scipy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Window = Literal[
    "bartlett", "blackman", "blackmanharris", "boxcar", "cosine", "flattop", "hamming", "hann"
]

COSINES = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}
"""Factors of the cosines, with alternating signs, whose sum is a window."""


def window_values(window: Window | tuple[float, ...], frame: int, *, periodic: bool) -> Array:
    """Return the values of a window.

    Args:
        window: Its name, or its values.
        frame: Their number.
        periodic: Whether the first value follows the last.

    Raises:
        ValueError: The values given are not so many.
    """
    import numpy as np

    if isinstance(window, tuple):
        if len(window) != frame:
            raise ValueError(f"the window has {len(window)} values; the frame needs {frame}")
        return np.array(window)
    if frame == 1:
        return np.ones(1)
    steps = frame - (not periodic)
    places = np.arange(frame) / steps
    if window == "bartlett":
        return np.asarray(1 - np.abs(2 * places - 1))
    if window == "cosine":
        return np.asarray(np.sin(np.pi * (np.arange(frame) + 0.5) / (steps + 1)))
    values = np.zeros(frame)
    for number, factor in enumerate(COSINES[window]):
        values += (-1) ** number * factor * np.cos(2 * np.pi * number * places)
    return values
