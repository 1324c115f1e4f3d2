from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, paddings
from reference.average_pooling import average_pooling
from window_strategies import fitting, sizes

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.pooling._pooling import AveragePooling, MaxPooling, Pooling
from flowengine_nodes.layer.pooling.average_pooling1d import AveragePooling1D
from flowengine_nodes.layer.pooling.average_pooling2d import AveragePooling2D
from flowengine_nodes.layer.pooling.average_pooling3d import AveragePooling3D
from flowengine_nodes.layer.pooling.max_pooling1d import MaxPooling1D
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D
from flowengine_nodes.layer.pooling.max_pooling3d import MaxPooling3D


@st.composite
def poolings(draw: st.DrawFn, cls: type[Pooling], largest: int) -> tuple[Any, tuple[int, ...]]:
    """Return a layer and the shape of an input that it can take."""
    rank = cls.axes.count(",")
    window, padding = draw(sizes(rank, largest)), draw(paddings)
    layer = cls(pool_size=window, strides=draw(st.none() | sizes(rank, 3)), padding=padding)
    places = {"kernel_size": window, "dilation_rate": (1,) * rank}
    return layer, (*draw(fitting(places, padding, 3)), 3)


@pytest.mark.parametrize("cls", [MaxPooling1D, MaxPooling2D, MaxPooling3D])
@cases
@given(data=st.data())
def test_max_pooling_is_that_of_keras(cls: type[MaxPooling], data: st.DataObject) -> None:
    layer, shape = data.draw(poolings(cls, 4))
    check_layer(layer, [shape])


@pytest.mark.parametrize("cls", [AveragePooling1D, AveragePooling2D, AveragePooling3D])
@cases
@given(data=st.data())
def test_average_pooling_is_that_of_tensorflow(
    cls: type[AveragePooling], data: st.DataObject
) -> None:
    layer, shape = data.draw(poolings(cls, 3))
    check_layer(layer, [shape], batch=2, reference=average_pooling(layer))


@pytest.mark.parametrize("cls", [AveragePooling1D, AveragePooling2D, AveragePooling3D])
@pytest.mark.parametrize(
    "settings", [{"pool_size": 2}, {"pool_size": 3, "strides": 1, "padding": "same"}]
)
def test_average_pooling_is_that_of_keras(
    cls: type[AveragePooling], settings: dict[str, Any]
) -> None:
    layer = cls(
        **{k: (v,) * cls.axes.count(",") if k != "padding" else v for k, v in settings.items()}
    )
    check_layer(layer, [(*(5, 6, 4)[: cls.axes.count(",")], 3)])


def test_mean_of_a_window_that_reaches_beyond_both_edges() -> None:
    layer = AveragePooling3D(pool_size=(1, 1, 3), padding="same")
    check_layer(layer, [(1, 1, 1, 3)], reference=average_pooling(layer))


def test_pool_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ConfigureError, match="pool 3×3 does not fit its 2×5 input"):
        MaxPooling2D(pool_size=3).outputs(TensorSpec((2, 5, 1)))
    with pytest.raises(ConfigureError, match="pool 3 does not fit its input of 2 steps"):
        MaxPooling1D(pool_size=3).outputs(TensorSpec((2, 1)))


def test_pooling_takes_integers() -> None:
    check_layer(MaxPooling2D(), [(4, 4, 2)], dtype="uint8")


def test_unknown_sizes_stay_unknown() -> None:
    assert MaxPooling1D().outputs(TensorSpec((None, 8))).shape == (None, 8)
    layer = AveragePooling3D(pool_size=(1, 2, 3))
    assert layer.outputs(TensorSpec((4, 8, None, 3))).shape == (4, 4, None, 3)
