"""Shapes and types of tensors and weights: what layers reason with, without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np

Shape = tuple[int | None, ...]

DataType = Literal[
    "float32",
    "float16",
    "float64",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
]
"""Data types that an input may have."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape (no batch; ``None`` is unknown), data type, and whether a mask travels along."""

    shape: Shape
    dtype: str = "float32"
    masked: bool = False

    def __str__(self) -> str:
        sizes = "×".join("?" if size is None else str(size) for size in self.shape)
        return (sizes or "scalar") + ("" if self.dtype == "float32" else f" {self.dtype}")

    def with_shape(self, *shape: int | None) -> TensorSpec:
        """Return the same tensor in another shape."""
        return replace(self, shape=shape)

    @property
    def size(self) -> int:
        """Number of values of one row; an unknown dimension counts as 1."""
        return math.prod(size if size is not None else 1 for size in self.shape)


class Initializer(Protocol):
    """Fills a weight before training, see ``flowengine.nn.initializers``."""

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray[Any, Any]:
        """Return an array of ``shape`` in Keras' layout."""


@dataclass(frozen=True)
class Weight:
    """One weight of a layer, in Keras' name and layout.

    Args:
        shape: Shape in Keras' layout (a 2-D convolution's kernel is height, width, in, out).
        initializer: What fills it before training.
        trainable: Whether an optimizer changes it (moving averages are not).
        dtype: Data type on disk.
        axes: Order of Keras' axes in the torch module's parameter of the same name, for
            ``numpy.transpose``; empty where both agree. A dense kernel is ``(1, 0)``.
        regularizer: Adds to the loss while training, see ``flowengine.nn.regularizers``.
        constraint: Applied after each step, see ``flowengine.nn.constraints``.
    """

    shape: tuple[int, ...]
    initializer: Initializer
    trainable: bool = True
    dtype: str = "float32"
    axes: tuple[int, ...] = ()
    regularizer: Any = None
    constraint: Any = None

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)
