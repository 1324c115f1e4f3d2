from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from reference.lanczos import resize
from window_strategies import sizes

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.reshaping.up_sampling1d import UpSampling1D
from flowengine_nodes.layer.reshaping.up_sampling2d import UpSampling2D
from flowengine_nodes.layer.reshaping.up_sampling3d import UpSampling3D

dtypes = st.sampled_from(["float32", "uint8", "int64"])


@cases
@given(size=st.integers(1, 4), shape=sizes(2, 5), dtype=dtypes)
def test_up_sampling_of_sequences_is_that_of_keras(
    size: int, shape: tuple[int, ...], dtype: str
) -> None:
    check_layer(UpSampling1D(size=size), [shape], dtype=dtype)


@cases
@given(
    size=sizes(2, 3),
    shape=sizes(3, 5),
    interpolation=st.sampled_from(["nearest", "bilinear", "bicubic"]),
    dtype=dtypes,
)
def test_up_sampling_of_images_is_that_of_keras(
    size: Any, shape: tuple[int, ...], interpolation: Any, dtype: str
) -> None:
    check_layer(UpSampling2D(size=size, interpolation=interpolation), [shape], dtype=dtype)


@cases
@given(size=sizes(3, 3), shape=sizes(4, 3), dtype=dtypes)
def test_up_sampling_of_volumes_is_that_of_keras(
    size: Any, shape: tuple[int, ...], dtype: str
) -> None:
    check_layer(UpSampling3D(size=size), [shape], dtype=dtype)


@cases
@given(size=sizes(2, 3), shape=sizes(3, 6), radius=st.sampled_from([3, 5]))
def test_lanczos_is_that_of_keras_on_other_backends(
    size: Any, shape: tuple[int, ...], radius: int
) -> None:
    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return resize(inputs[0], shape[0] * size[0], shape[1] * size[1], radius)

    layer = UpSampling2D.model_validate({"size": size, "interpolation": f"lanczos{radius}"})
    assert check_layer(layer, [shape], reference=reference).kernel == "cell"


def test_overshooting_integers_stay_in_their_range() -> None:
    image = np.array([[0, 0, 255, 255]] * 4, dtype=np.uint8).reshape(1, 4, 4, 1)
    check_layer(UpSampling2D(interpolation="bicubic"), [(4, 4, 1)], inputs=[image], dtype="uint8")


def test_truth_values_can_only_be_repeated() -> None:
    tensor = TensorSpec((2, 2, 1), "bool")
    assert UpSampling2D().outputs(tensor) == TensorSpec((4, 4, 1), "bool")
    with pytest.raises(ConfigureError, match='"bilinear" needs numbers; the input is 2×2×1 bool'):
        UpSampling2D(interpolation="bilinear").outputs(tensor)


def test_unknown_sizes_stay_unknown() -> None:
    assert UpSampling1D().outputs(TensorSpec((None, 3))).shape == (None, 3)
    assert UpSampling3D().outputs(TensorSpec((2, None, 3, 1))).shape == (4, None, 6, 1)
