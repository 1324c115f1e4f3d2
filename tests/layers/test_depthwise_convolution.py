from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import activations, bias, cases, constraints, paddings, regularizers
from window_strategies import fitting, windows

from flowengine import ConfigureError, TensorSpec
from flowengine.nn.constraints import MaxNorm
from flowengine.testing import check_layer
from flowengine_nodes.layer.convolution._depthwise import DepthwiseSettings
from flowengine_nodes.layer.convolution.depthwise_conv1d import DepthwiseConv1D
from flowengine_nodes.layer.convolution.depthwise_conv2d import DepthwiseConv2D
from flowengine_nodes.layer.convolution.separable_conv1d import SeparableConv1D
from flowengine_nodes.layer.convolution.separable_conv2d import SeparableConv2D

depthwise = bias | {
    "depth_multiplier": st.integers(1, 3),
    "activation": activations,
    "depthwise_regularizer": regularizers,
    "depthwise_constraint": constraints,
    "activity_regularizer": regularizers,
}
pointwise = depthwise | {
    "filters": st.integers(1, 3),
    "pointwise_regularizer": regularizers,
    "pointwise_constraint": constraints,
}


@pytest.mark.parametrize(
    ("cls", "settings"),
    [
        (DepthwiseConv1D, depthwise),
        (DepthwiseConv2D, depthwise),
        (SeparableConv1D, pointwise),
        (SeparableConv2D, pointwise),
    ],
)
@cases
@given(data=st.data(), padding=paddings)
def test_depthwise_and_separable_convolutions_are_those_of_keras(
    cls: type[DepthwiseSettings], settings: dict[str, Any], data: st.DataObject, padding: Any
) -> None:
    window = data.draw(windows(len(cls.axes.split(", ")) - 1))
    layer = data.draw(
        st.builds(
            cls,
            padding=st.just(padding),
            **{name: st.just(value) for name, value in window.items()},
            **settings,
        )
    )
    size = data.draw(fitting(window, padding, 4))
    check_layer(layer, [(*size, data.draw(st.integers(1, 3)))])


def test_constraint_of_the_depthwise_kernel_uses_keras_axes() -> None:
    constraint = MaxNorm(max_value=0.5, axis=(0, 1, 2))
    layer = SeparableConv2D(
        filters=3, kernel_size=2, depth_multiplier=2, depthwise_constraint=constraint
    )
    check_layer(layer, [(4, 5, 2)])


def test_channels_are_multiplied() -> None:
    layer = DepthwiseConv2D(kernel_size=3, depth_multiplier=4)
    assert layer.outputs(TensorSpec((8, None, 3))).shape == (6, None, 12)
    assert layer.flops(TensorSpec((8, 8, 3))) == 2 * 9 * 6 * 6 * 12
    assert SeparableConv1D(filters=5, kernel_size=3, depth_multiplier=2).flops(
        TensorSpec((8, 3))
    ) == 2 * (3 * 6 * 6 + 6 * 6 * 5)


def test_strides_with_dilation_are_refused() -> None:
    layer = DepthwiseConv1D(kernel_size=2, strides=2, dilation_rate=2)
    with pytest.raises(ConfigureError, match="cannot both be above 1"):
        layer.outputs(TensorSpec((9, 1)))


def test_kernel_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ConfigureError, match="kernel 5×5 does not fit its 3×9 input"):
        SeparableConv2D(filters=1, kernel_size=5).outputs(TensorSpec((3, 9, 1)))
