from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layer_strategies import cases, kernel, paddings
from window_strategies import sizes, windows

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.convolution._transposed import Transposed
from flowengine_nodes.layer.convolution.conv1d_transpose import Conv1DTranspose
from flowengine_nodes.layer.convolution.conv2d_transpose import Conv2DTranspose
from flowengine_nodes.layer.convolution.conv3d_transpose import Conv3DTranspose


@pytest.mark.parametrize(
    ("cls", "largest"), [(Conv1DTranspose, 6), (Conv2DTranspose, 4), (Conv3DTranspose, 3)]
)
@cases
@given(data=st.data())
def test_transposed_convolution_is_that_of_keras(
    cls: type[Transposed], largest: int, data: st.DataObject
) -> None:
    rank = len(cls.axes.split(", ")) - 1
    window = data.draw(windows(rank, largest))
    added = st.tuples(*(st.integers(0, stride - 1) for stride in window["strides"]))
    layer = data.draw(
        st.builds(
            cls,
            filters=st.integers(1, 3),
            padding=paddings,
            output_padding=st.none() | added,
            **{name: st.just(value) for name, value in window.items()},
            **kernel,
        )
    )
    tensor = TensorSpec((*data.draw(sizes(rank, 4)), 2))
    try:
        layer.outputs(tensor)
    except ConfigureError:
        # Keras makes an empty tensor of it.
        assume(False)
    check_layer(layer, [tuple(size or 1 for size in tensor.shape)], batch=2)


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ({"kernel_size": 3, "strides": 2}, 11),
        ({"kernel_size": 2, "strides": 3}, 15),
        ({"kernel_size": 3, "strides": 2, "padding": "same"}, 10),
        ({"kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0}, 9),
        ({"kernel_size": 3, "strides": 2, "output_padding": 1}, 12),
        ({"kernel_size": 3, "dilation_rate": 2}, 9),
    ],
)
def test_sizes_of_the_output(settings: dict[str, Any], made: int) -> None:
    layer = Conv1DTranspose(filters=2, **settings)
    assert layer.outputs(TensorSpec((5, 1))).shape == (made, 2)
    assert layer.outputs(TensorSpec((None, 1))).shape == (None, 2)


def test_output_padding_must_be_below_the_strides() -> None:
    layer = Conv2DTranspose(filters=1, kernel_size=3, strides=(3, 2), output_padding=2)
    with pytest.raises(ConfigureError, match="padding 2×2 must be below the strides 3×2, axis by"):
        layer.outputs(TensorSpec((4, 4, 1)))


def test_output_of_nothing_is_refused_in_words() -> None:
    layer = Conv1DTranspose(filters=1, kernel_size=2, strides=2, padding="same", output_padding=0)
    with pytest.raises(ConfigureError, match="nothing is left of the input of 1 steps with output"):
        layer.outputs(TensorSpec((1, 1)))


def test_strides_with_dilation_are_refused() -> None:
    layer = Conv2DTranspose(filters=3, kernel_size=2, strides=2, dilation_rate=2)
    with pytest.raises(ConfigureError, match="cannot both be above 1"):
        layer.outputs(TensorSpec((9, 9, 1)))


def test_each_value_of_the_input_meets_the_whole_kernel() -> None:
    layer = Conv2DTranspose(filters=8, kernel_size=3, strides=2)
    assert layer.flops(TensorSpec((5, 6, 4))) == 2 * 5 * 6 * 4 * 9 * 8


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_one_larger_image_comes_out_right(padding: Any) -> None:
    # It takes another of torch's kernels than several channels do.
    layer = Conv2DTranspose(filters=1, kernel_size=(4, 3), strides=(2, 3), padding=padding)
    check_layer(layer, [(5, 4, 3)])
