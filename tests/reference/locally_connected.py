"""Locally connected layers of Keras 2: a dense layer of its own for each place of the window."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from flowengine_nodes.layer.locally_connected._locally_connected import LocallyConnected


def locally_connected(layer: LocallyConnected) -> Callable[..., Any]:
    """Return the layer without its activation as a function of inputs, weights, ``training``."""

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        (x,) = inputs
        counts = [
            (size - window) // stride + 1
            for size, window, stride in zip(
                x.shape[1:-1], layer.kernel_size, layer.strides, strict=True
            )
        ]
        output = np.zeros((len(x), *counts, layer.filters))
        for number, place in enumerate(itertools.product(*map(range, counts))):
            corner = [at * stride for at, stride in zip(place, layer.strides, strict=True)]
            window = [
                slice(start, start + size)
                for start, size in zip(corner, layer.kernel_size, strict=True)
            ]
            output[:, *place] = x[:, *window].reshape(len(x), -1) @ weights["kernel"][number]
        return output + weights.get("bias", 0.0)

    return reference
