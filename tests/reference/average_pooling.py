"""Average pooling as TensorFlow does it: places beyond the edge do not count.

Keras on torch repeats the edge where padding is uneven, so it is no reference there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from flowengine.nn.windows import same_padding, window_count
from flowengine_nodes.layer.pooling._pooling import AveragePooling


def average_pooling(layer: AveragePooling) -> Callable[..., Any]:
    """Return the layer as a function of inputs, weights and ``training``."""

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        (x,) = inputs
        rank = len(layer.pool_size)
        windows = [
            _windows(size, window, stride, layer.padding)
            for size, window, stride in zip(
                x.shape[1:-1], layer.pool_size, layer.steps, strict=True
            )
        ]
        means = [
            x[:, *window].mean(axis=tuple(range(1, rank + 1)))
            for window in itertools.product(*windows)
        ]
        return np.stack(means, axis=1).reshape(len(x), *map(len, windows), x.shape[-1])

    return reference


def _windows(size: int, window: int, stride: int, padding: str) -> list[slice]:
    before = same_padding(size, window, stride)[0] if padding == "same" else 0
    starts = [n * stride - before for n in range(window_count(size, window, stride, 1, padding))]
    return [slice(max(0, start), min(size, start + window)) for start in starts]
