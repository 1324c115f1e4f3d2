"""Activation functions that are layers of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine_nodes.layer.activation.elu import ELU
from flowengine_nodes.layer.activation.leaky_relu import LeakyReLU
from flowengine_nodes.layer.activation.prelu import PReLU
from flowengine_nodes.layer.activation.relu import ReLU
from flowengine_nodes.layer.activation.softmax import Softmax
from flowengine_nodes.layer.activation.thresholded_relu import ThresholdedReLU

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
slopes = st.sampled_from([0.0, 0.1, 1.0])


@cases
@given(
    layer=st.builds(
        ReLU,
        max_value=st.sampled_from([None, 0.5, 6.0]),
        negative_slope=slopes,
        threshold=st.sampled_from([0.0, 0.3]),
    ),
    shape=shapes,
)
def test_relu_is_that_of_keras(layer: ReLU, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


@cases
@given(layer=st.builds(LeakyReLU, negative_slope=slopes), shape=shapes)
def test_leaky_relu_is_that_of_keras(layer: LeakyReLU, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


@cases
@given(layer=st.builds(ELU, alpha=st.sampled_from([0.2, 1.0, 3.0])), shape=shapes)
def test_elu_is_that_of_keras(layer: ELU, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


@cases
@given(data=st.data(), shape=shapes)
def test_prelu_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    axes = st.integers(1, len(shape))
    layer = data.draw(
        st.builds(
            PReLU,
            shared_axes=st.none() | axes | st.lists(axes, unique=True).map(tuple),
            alpha_regularizer=regularizers,
            alpha_constraint=constraints,
        )
    )
    check_layer(layer, [shape])


@cases
@given(data=st.data(), shape=shapes)
def test_softmax_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    axis = st.integers(1, len(shape))
    axes = st.lists(axis, unique=True, min_size=1).map(tuple)
    check_layer(data.draw(st.builds(Softmax, axis=st.just(-1) | axis | axes)), [shape])


def test_excluded_places_have_no_probability() -> None:
    mask = np.array([[True, False, True], [False, False, False], [True, True, True]])
    check_layer(Softmax(), [(3,)], masks=[mask])


def test_a_mask_of_steps_holds_for_all_their_features() -> None:
    mask = np.array([[True, False, True], [True, True, False]])

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        shares = np.exp(inputs[0]) * mask[..., None]
        return shares / shares.sum(1, keepdims=True)

    check_layer(Softmax(axis=1), [(3, 2)], masks=[mask], batch=2, reference=reference)


@cases
@given(layer=st.builds(ThresholdedReLU, theta=st.sampled_from([0.0, 0.4, 1.0])), shape=shapes)
def test_thresholded_relu_is_that_of_keras_2(
    layer: ThresholdedReLU, shape: tuple[int, ...]
) -> None:
    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        return np.where(inputs[0] > layer.theta, inputs[0], 0)

    check_layer(layer, [shape], reference=reference)


@pytest.mark.parametrize("layer", [ReLU(), PReLU()])
def test_activations_take_integers(layer: BaseLayer) -> None:
    check_layer(layer, [(3,)], dtype="int32")


@pytest.mark.parametrize("layer", [ReLU(), LeakyReLU(), ELU(), PReLU(), ThresholdedReLU()])
def test_activations_pass_a_mask_on(layer: BaseLayer) -> None:
    assert layer.outputs(TensorSpec((3, 2), masked=True)).masked  # type: ignore[union-attr]


def test_relu_that_lets_nothing_pass_is_refused() -> None:
    with pytest.raises(ConfigureError, match="max_value 1 lies below the threshold 2"):
        ReLU(max_value=1.0, threshold=2.0).outputs(TensorSpec((3,)))


def test_slopes_along_an_unknown_axis_need_sharing() -> None:
    assert PReLU(shared_axes=1).weights(TensorSpec((None, 4)))["alpha"].shape == (1, 4)
    with pytest.raises(ConfigureError, match=r"size of its input's 1\. dimension"):
        PReLU().outputs(TensorSpec((None, 4)))


def test_axes_that_are_not_there_are_refused() -> None:
    with pytest.raises(ConfigureError, match="axis 0 is none of the axes"):
        Softmax(axis=0).outputs(TensorSpec((3,)))
    with pytest.raises(ConfigureError, match="name at least one axis"):
        Softmax(axis=()).outputs(TensorSpec((3,)))
    with pytest.raises(ConfigureError, match="axis 4 is none of the axes"):
        PReLU(shared_axes=(1, 4)).outputs(TensorSpec((3,)))
