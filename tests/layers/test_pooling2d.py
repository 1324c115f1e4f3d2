from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layer_strategies import cases, paddings, pairs

from flowengine import ConfigureError, TensorSpec
from flowengine.layer_testing import check_layer
from flowengine.nn.windows import same_padding, window_count
from flowengine_nodes.layer.pooling.average_pooling2d import AveragePooling2D
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D

settings = {"pool_size": pairs(4), "strides": st.none() | pairs(3), "padding": paddings}


def average_by_tensorflow(layer: AveragePooling2D) -> Any:
    """Return a reference in numpy: places beyond the edge do not count."""

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        (x,) = inputs
        rows, columns = (
            _windows(size, window, stride, layer.padding)
            for size, window, stride in zip(x.shape[1:3], layer.pool_size, layer.steps, strict=True)
        )
        return np.stack(
            [
                np.stack([x[:, row, column].mean(axis=(1, 2)) for column in columns], axis=1)
                for row in rows
            ],
            axis=1,
        )

    return reference


def _windows(size: int, window: int, stride: int, padding: str) -> list[slice]:
    before = same_padding(size, window, stride)[0] if padding == "same" else 0
    starts = [n * stride - before for n in range(window_count(size, window, stride, 1, padding))]
    return [slice(max(0, start), min(size, start + window)) for start in starts]


@cases
@given(layer=st.builds(MaxPooling2D, **settings), size=pairs(7))
def test_max_pooling_is_that_of_keras(layer: MaxPooling2D, size: tuple[int, int]) -> None:
    assume(
        layer.padding == "same" or all(s >= p for s, p in zip(size, layer.pool_size, strict=True))
    )
    check_layer(layer, [(*size, 3)])


@cases
@given(layer=st.builds(AveragePooling2D, **settings), size=pairs(7))
def test_average_pooling_is_that_of_tensorflow(
    layer: AveragePooling2D, size: tuple[int, int]
) -> None:
    # Keras on torch repeats the edge where padding is uneven, on TensorFlow it does not.
    assume(
        layer.padding == "same" or all(s >= p for s, p in zip(size, layer.pool_size, strict=True))
    )
    check_layer(layer, [(*size, 3)], reference=average_by_tensorflow(layer))


def test_average_pooling_is_that_of_keras() -> None:
    check_layer(AveragePooling2D(pool_size=2), [(5, 6, 3)])
    check_layer(AveragePooling2D(pool_size=3, strides=1, padding="same"), [(5, 6, 3)])


def test_pool_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ConfigureError, match="pool 3×3 does not fit its 2×5 input"):
        MaxPooling2D(pool_size=3).outputs(TensorSpec((2, 5, 1)))


def test_pooling_takes_integers() -> None:
    check_layer(MaxPooling2D(), [(4, 4, 2)], dtype="uint8")
