"""Resizing of images by a windowed sinc, as Keras does it on JAX and TensorFlow; not on torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def resize(x: Array, height: int, width: int, radius: int) -> Array:
    """Return a batch of images in another size."""
    rows, columns = (
        weights(size, made, radius) for size, made in ((x.shape[1], height), (x.shape[2], width))
    )
    return np.einsum("yh,bhwc,xw->byxc", rows, x, columns)


def weights(size: int, made: int, radius: int) -> Array:
    """Return what each place of an axis adds to each that is made."""
    table = np.zeros((made, size))
    for to in range(made):
        centre = (to + 0.5) * size / made - 0.5
        for place in range(size):
            x = np.pi * (centre - place)
            if x == 0:
                table[to, place] = 1
            elif abs(centre - place) <= radius:
                table[to, place] = radius * np.sin(x) * np.sin(x / radius) / x**2
    sums: Array = table.sum(axis=1, keepdims=True)
    return table / sums
