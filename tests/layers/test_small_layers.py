"""Layers of a few lines: input, flatten, activation, rescaling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_strategies import KERAS_ACTIVATIONS

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.nn.activations import Activation as Name
from flowengine.testing import FakeContext, check_layer
from flowengine_nodes.layer.core.activation import Activation
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.core.input import Input
from flowengine_nodes.layer.core.rescaling import Rescaling


def test_input_starts_a_network_under_its_own_name(tmp_path: Path) -> None:
    spec = Input(shape=(None, 4), dtype="uint8").configure(FakeContext(tmp_path, node="images"))
    assert spec == NetworkSpec.input("images", TensorSpec((None, 4), "uint8"))


def test_input_refuses_an_empty_dimension() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        Input.model_validate_json('{"shape": [0]}')


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 3, 4)])
def test_flatten_is_that_of_keras(shape: tuple[int, ...]) -> None:
    check_layer(Flatten(), [shape])


def test_flatten_keeps_integers() -> None:
    check_layer(Flatten(), [(2, 3)], dtype="uint8")


def test_flatten_of_unknown_size_is_unknown() -> None:
    assert Flatten().outputs(TensorSpec((None, 3))).shape == (None,)


@pytest.mark.parametrize("name", KERAS_ACTIVATIONS)
def test_activation_is_that_of_keras(name: Name) -> None:
    inputs = [np.linspace(-8, 8, 60, dtype=np.float32).reshape(3, 4, 5)]
    check_layer(Activation(activation=name), [(4, 5)], inputs=inputs)


def test_hard_sigmoid_of_keras_2() -> None:
    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return np.clip(0.2 * inputs[0] + 0.5, 0, 1)

    check_layer(Activation(activation="hard_sigmoid_keras2"), [(50,)], reference=reference)


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return np.apply_along_axis(nearest, -1, inputs[0])

    def nearest(row: Any) -> Any:
        ordered = np.sort(row)[::-1]
        sizes = [n for n in range(1, len(row) + 1) if 1 + n * ordered[n - 1] > ordered[:n].sum()]
        return np.maximum(row - (ordered[: sizes[-1]].sum() - 1) / sizes[-1], 0)

    check_layer(Activation(activation="sparsemax"), [(4, 5)], reference=reference)


def test_glu_halves_the_last_dimension() -> None:
    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        values, gates = np.split(inputs[0], 2, axis=-1)
        return values / (1 + np.exp(-gates))

    check_layer(Activation(activation="glu"), [(3, 6)], reference=reference)
    with pytest.raises(ConfigureError, match="must be even; it is 5"):
        Activation(activation="glu").outputs(TensorSpec((5,)))


def test_activation_passes_a_mask_on() -> None:
    check_layer(Activation(activation="relu"), [(2, 3)], masks=[np.array([[True, False]] * 3)])


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int32"])
def test_rescaling_is_that_of_keras(dtype: str) -> None:
    check_layer(Rescaling(scale=1 / 255, offset=-0.5), [(2, 3)], dtype=dtype)
    check_layer(Rescaling(scale=2.0), [(2, 3)], dtype=dtype)


def test_rescaling_by_channel_is_that_of_keras() -> None:
    layer = Rescaling(scale=(0.5, 2.0, 4.0), offset=(0.0, 1.0, -1.0))
    check_layer(layer, [(4, 4, 3)], dtype="uint8")


def test_rescaling_by_another_number_of_channels_is_refused() -> None:
    with pytest.raises(ConfigureError, match="scale has 2 numbers"):
        Rescaling(scale=(1.0, 2.0)).outputs(TensorSpec((4, 4, 3)))
