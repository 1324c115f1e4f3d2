"""Convolutions over sequences and volumes; those over images have a file of their own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, kernel, paddings
from window_strategies import fitting, windows

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.convolution.conv1d import Conv1D
from flowengine_nodes.layer.convolution.conv3d import Conv3D


@cases
@given(
    data=st.data(),
    padding=st.sampled_from(["valid", "same", "causal"]),
    window=windows(1),
    groups=st.integers(1, 3),
)
def test_conv1d_is_that_of_keras(
    data: st.DataObject, padding: Any, window: dict[str, Any], groups: int
) -> None:
    filters = st.sampled_from([groups, 2 * groups])
    layer = data.draw(
        st.builds(
            Conv1D,
            filters=filters,
            padding=st.just(padding),
            groups=st.just(groups),
            **{name: st.just(value) for name, value in window.items()},
            **kernel,
        )
    )
    steps = data.draw(fitting(window, padding, 5))
    check_layer(layer, [(*steps, data.draw(filters))])


@cases
@given(data=st.data(), padding=paddings, window=windows(3, 3), groups=st.integers(1, 2))
def test_conv3d_is_that_of_keras(
    data: st.DataObject, padding: Any, window: dict[str, Any], groups: int
) -> None:
    filters = st.sampled_from([groups, 2 * groups])
    layer = data.draw(
        st.builds(
            Conv3D,
            filters=filters,
            padding=st.just(padding),
            groups=st.just(groups),
            **{name: st.just(value) for name, value in window.items()},
            **kernel,
        )
    )
    size = data.draw(fitting(window, padding, 2))
    check_layer(layer, [(*size, data.draw(filters))], batch=2)


def test_causal_convolution_does_not_look_ahead() -> None:
    layer = Conv1D(filters=1, kernel_size=3, dilation_rate=2, padding="causal")
    report = check_layer(layer, [(9, 2)])
    assert report.kernel == "torch"
    assert layer.outputs(TensorSpec((None, 2))).shape == (None, 1)


def test_sequence_that_is_too_short_is_refused_in_words() -> None:
    with pytest.raises(ConfigureError) as error:
        Conv1D(filters=1, kernel_size=5).outputs(TensorSpec((3, 2)))
    assert str(error.value) == (
        'kernel 5 does not fit its input of 3 steps; padding "same" or a smaller kernel would'
    )


def test_only_sequences_know_causal_padding() -> None:
    with pytest.raises(ValueError, match="'valid' or 'same'"):
        Conv3D.model_validate_json('{"filters": 1, "kernel_size": 1, "padding": "causal"}')


def test_size_of_one_axis_may_be_a_number_or_a_list() -> None:
    one = Conv1D.model_validate_json('{"filters": 1, "kernel_size": 3, "strides": 2}')
    two = Conv1D.model_validate_json('{"filters": 1, "kernel_size": [3], "strides": [2]}')
    assert one == two


def test_conv3d_counts_multiply_and_add() -> None:
    layer = Conv3D(filters=8, kernel_size=3, groups=2)
    assert layer.flops(TensorSpec((5, 6, 7, 4))) == 2 * 27 * 2 * 8 * (3 * 4 * 5)
    assert layer.outputs(TensorSpec((5, None, 7, 4))).shape == (3, None, 5, 8)


def test_unknown_channels_are_refused() -> None:
    with pytest.raises(ConfigureError, match="needs to know the size of its input's last"):
        Conv1D(filters=1, kernel_size=1).outputs(TensorSpec((4, None)))
