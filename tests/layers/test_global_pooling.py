from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from window_strategies import sizes

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.pooling._adaptive import AdaptivePooling
from flowengine_nodes.layer.pooling._global import GlobalPooling
from flowengine_nodes.layer.pooling.adaptive_average_pooling1d import AdaptiveAveragePooling1D
from flowengine_nodes.layer.pooling.adaptive_average_pooling2d import AdaptiveAveragePooling2D
from flowengine_nodes.layer.pooling.adaptive_average_pooling3d import AdaptiveAveragePooling3D
from flowengine_nodes.layer.pooling.adaptive_max_pooling1d import AdaptiveMaxPooling1D
from flowengine_nodes.layer.pooling.adaptive_max_pooling2d import AdaptiveMaxPooling2D
from flowengine_nodes.layer.pooling.adaptive_max_pooling3d import AdaptiveMaxPooling3D
from flowengine_nodes.layer.pooling.global_average_pooling1d import GlobalAveragePooling1D
from flowengine_nodes.layer.pooling.global_average_pooling2d import GlobalAveragePooling2D
from flowengine_nodes.layer.pooling.global_average_pooling3d import GlobalAveragePooling3D
from flowengine_nodes.layer.pooling.global_max_pooling1d import GlobalMaxPooling1D
from flowengine_nodes.layer.pooling.global_max_pooling2d import GlobalMaxPooling2D
from flowengine_nodes.layer.pooling.global_max_pooling3d import GlobalMaxPooling3D


@pytest.mark.parametrize(
    "cls",
    [
        GlobalAveragePooling1D,
        GlobalAveragePooling2D,
        GlobalAveragePooling3D,
        GlobalMaxPooling1D,
        GlobalMaxPooling2D,
        GlobalMaxPooling3D,
    ],
)
@cases
@given(data=st.data(), keepdims=st.booleans())
def test_global_pooling_is_that_of_keras(
    cls: type[GlobalPooling], data: st.DataObject, keepdims: bool
) -> None:
    check_layer(cls(keepdims=keepdims), [data.draw(sizes(cls.axes.count(",") + 1, 5))])


@pytest.mark.parametrize(
    "cls",
    [
        AdaptiveAveragePooling1D,
        AdaptiveAveragePooling2D,
        AdaptiveAveragePooling3D,
        AdaptiveMaxPooling1D,
        AdaptiveMaxPooling2D,
        AdaptiveMaxPooling3D,
    ],
)
@cases
@given(data=st.data())
def test_adaptive_pooling_is_that_of_keras(cls: type[AdaptivePooling], data: st.DataObject) -> None:
    rank = cls.axes.count(",")
    layer = cls(output_size=data.draw(sizes(rank, 4)))
    check_layer(layer, [data.draw(sizes(rank + 1, 6))])


@cases
@given(data=st.data(), steps=st.integers(1, 5), keepdims=st.booleans())
def test_masked_steps_do_not_count(data: st.DataObject, steps: int, keepdims: bool) -> None:
    valid = st.lists(st.booleans(), min_size=steps, max_size=steps).filter(any)
    mask = np.array(data.draw(st.lists(valid, min_size=3, max_size=3)))
    report = check_layer(GlobalAveragePooling1D(keepdims=keepdims), [(steps, 2)], masks=[mask])
    assert report.compared["inference: mask"] == 0


def test_row_without_any_valid_step_gives_zeros() -> None:
    module = GlobalAveragePooling1D().build(TensorSpec((2, 1), masked=True))
    x = torch.tensor([[[1.0], [torch.nan]], [[2.0], [4.0]]])
    mask = torch.tensor([[False, False], [True, True]])
    assert module(x, mask=mask).tolist() == [[0.0], [3.0]]


def test_mask_ends_where_no_steps_are_left() -> None:
    assert not GlobalAveragePooling1D().outputs(TensorSpec((5, 2), masked=True)).masked
    mask = np.array([[True, False]] * 3)
    check_layer(GlobalMaxPooling1D(), [(2, 3)], masks=[mask])


def test_equal_values_share_the_gradient_as_in_keras() -> None:
    x = np.ones((2, 3, 2), dtype=np.float32)
    check_layer(GlobalMaxPooling1D(), [(3, 2)], inputs=[x])


def test_sizes_may_be_unknown() -> None:
    assert GlobalMaxPooling2D(keepdims=True).outputs(TensorSpec((None, None, 3))).shape == (1, 1, 3)
    assert AdaptiveMaxPooling2D(output_size=2).outputs(TensorSpec((None, 5, 3))).shape == (2, 2, 3)


def test_wrong_number_of_dimensions_is_refused() -> None:
    with pytest.raises(ConfigureError, match=r"3 dimensions \(height, width, channels\)"):
        GlobalMaxPooling2D().outputs(TensorSpec((4, 4)))
    with pytest.raises(ConfigureError, match=r"2 dimensions \(steps, channels\)"):
        AdaptiveAveragePooling1D(output_size=2).outputs(TensorSpec((4, 4, 1)))
