"""Recurrent layers of cuDNN in files of Keras 2: the numbers of cuDNN's own equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.recurrence import gru, lstm
from support.keras_files import keras2_file, read
from support.keras_models import keras, keras_outputs, normal, own_outputs

from flowengine import Network
from flowengine.testing import FakeContext
from flowengine_nodes.network.keras_writer import KerasWriter

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

STEPS, WIDTH, UNITS = 5, 3, 4
GATES = {"CuDNNLSTM": 4, "CuDNNGRU": 3}


def stored(kind: str, seed: int) -> list[Any]:
    """Return what Keras 2 files: the matrices of cuDNN's gates, in its shapes, row by row."""
    rng, gates = np.random.default_rng(seed), GATES[kind]

    def kernel(width: int) -> Any:
        matrices = rng.normal(0, 0.5, (gates, UNITS, width)).astype("float32")
        return np.concatenate([one.reshape(width, UNITS) for one in matrices], axis=1)

    return [
        kernel(WIDTH),
        kernel(UNITS),
        rng.normal(size=2 * gates * UNITS).astype("float32"),
    ]


def expected(kind: str, arrays: list[Any], x: Any) -> Any:
    """Return cuDNN's outputs: each gate is ``matrix · x + matrix · state + both biases``."""
    gates = GATES[kind]
    kernels = [
        np.concatenate(
            [part.ravel().reshape(UNITS, -1).T for part in np.split(array, gates, axis=1)], axis=1
        )
        for array in arrays[:2]
    ]
    weights = dict(zip(("kernel", "recurrent_kernel", "bias"), [*kernels, arrays[2]], strict=True))
    if kind == "CuDNNLSTM":
        return lstm([x], weights)[0]
    return gru([x], weights, reset_after=True)[0]


def file_of(path: Path, layer: dict[str, Any], weights: list[Any]) -> None:
    layer["config"] |= {"name": "rnn", "batch_input_shape": [None, STEPS, WIDTH]}
    config = {"class_name": "Sequential", "config": {"name": "net", "layers": [layer]}}
    keras2_file(path, config, {"rnn": weights})


def entry(kind: str, **settings: Any) -> dict[str, Any]:
    """Return a layer as Keras 2.2 describes it."""
    config = {
        "name": "cu_dnn",
        "trainable": True,
        "dtype": "float32",
        "return_sequences": True,
        "return_state": False,
        "go_backwards": False,
        "stateful": False,
        "units": UNITS,
        "kernel_initializer": {
            "class_name": "VarianceScaling",
            "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
        },
        "recurrent_initializer": {
            "class_name": "Orthogonal",
            "config": {"gain": 1.0, "seed": None},
        },
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": None,
        "recurrent_regularizer": None,
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "recurrent_constraint": None,
        "bias_constraint": None,
    }
    if kind == "CuDNNLSTM":
        config["unit_forget_bias"] = True
    return {"class_name": kind, "config": config | settings}


def check(network: Network, x: Any, wanted: Any, folder: Path) -> None:
    """Compare with what we compute, and with Keras 3 where it loads what we write."""
    np.testing.assert_allclose(own_outputs(network, [x])[0], wanted, atol=1e-5)
    writer, ctx = KerasWriter(path="out.keras"), FakeContext(folder)
    writer.configure(network.spec, ctx)
    writer.execute(network, ctx)
    model = keras.models.load_model(folder / "out.keras")
    np.testing.assert_allclose(keras_outputs(model, [x])[0], wanted, atol=1e-5)


@pytest.mark.parametrize("kind", GATES)
def test_layers_of_cudnn_compute_what_cudnn_computes(kind: str, tmp_path: Path) -> None:
    weights, x = stored(kind, 0), normal(2, STEPS, WIDTH)
    file_of(tmp_path / "net.h5", entry(kind), weights)
    network = read(tmp_path / "net.h5")
    assert type(network.spec.layers["rnn"]).__name__ == kind
    check(network, x, expected(kind, weights, x), tmp_path)


@pytest.mark.parametrize("kind", GATES)
def test_both_directions_compute_what_cudnn_computes(kind: str, tmp_path: Path) -> None:
    one, two, x = stored(kind, 1), stored(kind, 2), normal(2, STEPS, WIDTH)
    wrapper = {"layer": entry(kind), "merge_mode": "concat"}
    file_of(tmp_path / "net.h5", {"class_name": "Bidirectional", "config": wrapper}, [*one, *two])
    network = read(tmp_path / "net.h5")
    backwards = expected(kind, two, x[:, ::-1])[:, ::-1]
    wanted = np.concatenate([expected(kind, one, x), backwards], axis=-1)
    check(network, x, wanted, tmp_path)
