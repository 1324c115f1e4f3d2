from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layer_strategies import cases, kernel, paddings, pairs

from flowengine import ConfigureError, TensorSpec
from flowengine.nn.constraints import MaxNorm
from flowengine.testing import check_layer
from flowengine_nodes.layer.convolution.conv2d import Conv2D


@cases
@given(data=st.data(), groups=st.integers(1, 2), padding=paddings, size=pairs(7))
def test_conv2d_is_that_of_keras(
    data: st.DataObject, groups: int, padding: Any, size: tuple[int, int]
) -> None:
    dilated = data.draw(st.booleans())
    layer = data.draw(
        st.builds(
            Conv2D,
            filters=st.sampled_from([groups, 2 * groups]),
            kernel_size=pairs(4),
            strides=st.just((1, 1)) if dilated else pairs(3),
            dilation_rate=pairs(2) if dilated else st.just((1, 1)),
            padding=st.just(padding),
            groups=st.just(groups),
            **kernel,
        )
    )
    spans = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    assume(padding == "same" or all(s >= k for s, k in zip(size, spans, strict=True)))
    check_layer(layer, [(*size, 2 * groups)])


def test_constraint_over_filters_uses_keras_axes() -> None:
    constraint = MaxNorm(max_value=0.5, axis=(0, 1, 2))
    check_layer(Conv2D(filters=3, kernel_size=2, kernel_constraint=constraint), [(4, 5, 2)])


def test_kernel_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ConfigureError) as error:
        Conv2D(filters=3, kernel_size=5).outputs(TensorSpec((3, 3, 1)))
    assert str(error.value) == (
        'kernel 5×5 does not fit its 3×3 input; padding "same" or a smaller kernel would'
    )


def test_dilated_kernel_that_does_not_fit_says_how_far_it_reaches() -> None:
    with pytest.raises(ConfigureError, match=r"kernel 3×3 \(dilated to 5×5\) does not fit its 4×4"):
        Conv2D(filters=3, kernel_size=3, dilation_rate=2).outputs(TensorSpec((4, 4, 1)))


def test_strides_with_dilation_are_refused() -> None:
    layer = Conv2D(filters=3, kernel_size=2, strides=2, dilation_rate=2)
    with pytest.raises(ConfigureError, match="cannot both be above 1"):
        layer.outputs(TensorSpec((9, 9, 1)))


def test_groups_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ConfigureError, match="does not divide the 3 channels of the input"):
        Conv2D(filters=4, kernel_size=1, groups=2).outputs(TensorSpec((4, 4, 3)))


def test_wrong_number_of_dimensions_is_refused() -> None:
    with pytest.raises(ConfigureError, match=r"3 dimensions \(height, width, channels\)"):
        Conv2D(filters=4, kernel_size=1).outputs(TensorSpec((4, 4)))


def test_channels_first_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="every tensor has its channels last"):
        Conv2D.model_validate_json(
            '{"filters": 1, "kernel_size": 1, "data_format": "channels_first"}'
        )


def test_size_may_be_one_number_or_a_list() -> None:
    one = Conv2D.model_validate_json('{"filters": 1, "kernel_size": 3}')
    two = Conv2D.model_validate_json('{"filters": 1, "kernel_size": [3, 3]}')
    assert one == two
    with pytest.raises(ValueError, match="valid array"):
        Conv2D.model_validate_json('{"filters": 1, "kernel_size": true}')


def test_unknown_sizes_stay_unknown() -> None:
    layer = Conv2D(filters=3, kernel_size=3)
    assert layer.outputs(TensorSpec((None, 28, 1))).shape == (None, 26, 3)


def test_conv2d_counts_multiply_and_add() -> None:
    assert Conv2D(filters=32, kernel_size=3).flops(TensorSpec((28, 28, 1))) == 2 * 9 * 32 * 26 * 26


def test_one_channel_and_one_column_come_out_right() -> None:
    # Torch's kernel (and with it Keras) is wrong where the one channel is said to be last.
    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        rows = [
            np.tensordot(inputs[0][:, row : row + 3, :3], weights["kernel"], axes=3)
            for row in (0, 1)
        ]
        return np.stack(rows, axis=1)[:, :, None] + weights["bias"]

    layer = Conv2D(filters=4, kernel_size=3, strides=(1, 2))
    check_layer(layer, [(4, 4, 1)], reference=reference)
