from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers
from reference.locally_connected import locally_connected
from window_strategies import fitting, sizes

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.nn.build import build, initial_weights, load_weights
from flowengine.nn.regularizers import L2
from flowengine.testing import check_layer
from flowengine_nodes.layer.locally_connected._locally_connected import LocallyConnected
from flowengine_nodes.layer.locally_connected.locally_connected1d import LocallyConnected1D
from flowengine_nodes.layer.locally_connected.locally_connected2d import LocallyConnected2D


@pytest.mark.parametrize("cls", [LocallyConnected1D, LocallyConnected2D])
@cases
@given(data=st.data(), tanh=st.booleans())
def test_locally_connected_is_that_of_keras_2(
    cls: type[LocallyConnected], data: st.DataObject, tanh: bool
) -> None:
    rank = cls.axes.count(",")
    window = data.draw(sizes(rank, 3))
    layer = data.draw(
        st.builds(
            cls,
            filters=st.integers(1, 3),
            kernel_size=st.just(window),
            strides=sizes(rank, 3),
            activation=st.just("tanh" if tanh else "linear"),
            use_bias=st.booleans(),
            kernel_regularizer=regularizers,
            kernel_constraint=constraints,
            bias_regularizer=regularizers,
            bias_constraint=constraints,
        )
    )
    plain = locally_connected(layer)

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        values = plain(inputs, weights, training)
        return np.tanh(values) if tanh else values

    places = {"kernel_size": window, "dilation_rate": (1,) * rank}
    size = data.draw(fitting(places, "valid", 4))
    shape = (*size, data.draw(st.integers(1, 3)))
    assert check_layer(layer, [shape], reference=reference).kernel == "cell"


def test_weights_have_the_layout_of_keras_2() -> None:
    layer = LocallyConnected2D(filters=5, kernel_size=(3, 2), strides=(2, 1))
    weights = layer.weights(TensorSpec((7, 6, 4)))
    assert weights["kernel"].shape == (3 * 5, 3 * 2 * 4, 5)
    assert weights["bias"].shape == (3, 5, 5)
    assert layer.flops(TensorSpec((7, 6, 4))) == 2 * 15 * 24 * 5


def test_regularizers_add_to_the_loss_and_constraints_hold() -> None:
    layer = LocallyConnected1D(filters=2, kernel_size=2, kernel_regularizer=L2(l2=0.1))
    spec = NetworkSpec.input("input", TensorSpec((4, 3))).apply("local", layer)
    built, weights = build(spec), initial_weights(spec, 0)
    load_weights(built, weights)
    penalty = built.penalty()
    assert penalty is not None
    assert penalty.item() == pytest.approx(0.1 * (weights["local"]["kernel"] ** 2).sum())


def test_kernel_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigureError, match="kernel 4 does not fit its input of 3 steps; a small"):
        LocallyConnected1D(filters=1, kernel_size=4).outputs(TensorSpec((3, 1)))


def test_sizes_must_be_known() -> None:
    with pytest.raises(ConfigureError, match="the size of its input's width dimension"):
        LocallyConnected2D(filters=1, kernel_size=1).outputs(TensorSpec((3, None, 1)))
    with pytest.raises(ConfigureError, match="the size of its input's channels dimension"):
        LocallyConnected1D(filters=1, kernel_size=1).outputs(TensorSpec((3, None)))


def test_padding_is_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="a zero_padding layer before this one makes room"):
        LocallyConnected1D.model_validate_json(
            '{"filters": 1, "kernel_size": 1, "padding": "same"}'
        )
