"""Files that Keras wrote, read without Keras: the same outputs, or a sentence why not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.keras_files import keras2_file, read, small
from support.keras_models import MODELS, L, keras, keras_outputs, make, normal, own_outputs

from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.keras_reader import KerasReader

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", MODELS)
def test_the_network_computes_what_keras_computes(name: str, suffix: str, tmp_path: Path) -> None:
    model, inputs = make(name)
    model.save(tmp_path / f"net.{suffix}")
    network = read(tmp_path / f"net.{suffix}")
    assert network.is_trained
    assert network.spec.parameters == model.count_params()
    found, expected = own_outputs(network, inputs), keras_outputs(model, inputs)
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)


def test_the_node_keeps_what_every_node_promises(tmp_path: Path) -> None:
    model, _ = make("shared")
    model.save(tmp_path / "net.keras")
    check_node(KerasReader, folder=tmp_path, settings={"path": "net.keras"})


def test_names_are_those_of_keras(tmp_path: Path) -> None:
    model, _ = make("nested")
    model.save(tmp_path / "net.keras")
    spec = read(tmp_path / "net.keras").spec
    assert list(spec.inputs) == ["last"]
    assert "middle/inner/dense" in spec.layers
    assert spec.frozen == {"middle/inner/dense"}
    named = read(tmp_path / "net.keras", prefix="a").spec
    assert list(named.inputs) == ["a/last"]
    assert set(named.layers) == {f"a/{name}" for name in spec.layers}


def test_weights_that_models_share_are_read_for_both(tmp_path: Path) -> None:
    start, shared = keras.Input((4,)), L.Dense(4, name="shared")
    inner = keras.Model(start, L.ReLU()(shared(start)))
    model = keras.Model(start, [inner(start), shared(start)])
    model.save(tmp_path / "net.keras")
    x = normal(2, 4)
    found = own_outputs(read(tmp_path / "net.keras"), [x])
    for one, two in zip(found, keras_outputs(model, [x]), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_shapes_are_known_while_wiring(tmp_path: Path) -> None:
    small(tmp_path)
    spec = KerasReader(path="net.keras").configure(FakeContext(tmp_path))
    assert str(spec.output_spec) == "3"


def test_reading_needs_neither_keras_nor_tensorflow(tmp_path: Path) -> None:
    small(tmp_path)
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from flowengine_nodes.network._keras.reading import read_network\n"
        "read_network(Path('net.keras'), Path('blobs'))\n"
        "print([name for name in ('keras', 'tensorflow', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_functional_models_of_keras_2_are_read(tmp_path: Path) -> None:
    model, inputs = make("sequences")
    arrays = {layer.name: [weight.numpy() for weight in layer.weights] for layer in model.layers}
    lstm = {"units": 5, "activation": "tanh", "recurrent_activation": "sigmoid"}
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "config": {"batch_input_shape": [None, 6, 4], "dtype": "float32", "name": "x"},
            "inbound_nodes": [],
        },
        {
            "class_name": "LSTM",
            "name": "lstm",
            "config": {
                **lstm,
                "name": "lstm",
                "return_state": True,
                "return_sequences": True,
                "implementation": 2,
                "time_major": False,
                "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
            },
            "inbound_nodes": [[["x", 0, 0, {}]]],
        },
        {
            "class_name": "LSTM",
            "name": "lstm_1",
            "config": {**lstm, "name": "lstm_1", "implementation": 2},
            "inbound_nodes": [[["x", 0, 0, {}], ["lstm", 0, 1, {}], ["lstm", 0, 2, {}]]],
        },
    ]
    config = {
        "class_name": "Functional",
        "config": {
            "name": "model",
            "layers": layers,
            "input_layers": [["x", 0, 0]],
            "output_layers": [["lstm_1", 0, 0]],
        },
    }
    keras2_file(tmp_path / "net.h5", config, {name: arrays[name] for name in ("lstm", "lstm_1")})
    found = own_outputs(read(tmp_path / "net.h5"), inputs)
    np.testing.assert_allclose(found[0], keras_outputs(model, inputs)[0], atol=1e-6)


def test_sequential_models_of_keras_2_are_read(tmp_path: Path) -> None:
    """Its input stands in the first layer, its hard sigmoid is another function than today's."""
    layers = [
        {
            "class_name": "Dense",
            "config": {
                "name": "dense",
                "units": 3,
                "activation": "hard_sigmoid",
                "batch_input_shape": [None, 4],
                "dtype": "float32",
            },
        },
        {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.2}},
        {
            "class_name": "BatchNormalization",
            "config": {"name": "normal", "axis": [1], "fused": None, "epsilon": 0.001},
        },
    ]
    kernel, bias = normal(4, 3), normal(3)
    weights = {"dense": [kernel, bias], "leaky": [], "normal": [*np.ones((4, 3), "float32")]}
    keras2_file(
        tmp_path / "net.h5",
        {"class_name": "Sequential", "config": {"name": "s", "layers": layers}},
        weights,
    )
    x = 3 * normal(5, 4)
    expected = (np.clip(0.2 * (x @ kernel + bias) + 0.5, 0, 1) - 1) / np.sqrt(1.001) + 1
    np.testing.assert_allclose(own_outputs(read(tmp_path / "net.h5"), [x])[0], expected, atol=1e-5)


def test_models_in_models_of_keras_2_are_read(tmp_path: Path) -> None:
    """Their calls are counted from 1, and the weights of a nested one are filed together."""

    def dense(name: str, before: list[Any]) -> dict[str, Any]:
        config = {"name": name, "units": 2}
        return {
            "class_name": "Dense",
            "name": name,
            "config": config,
            "inbound_nodes": [[[*one, {}]] for one in before],
        }

    def start(name: str) -> dict[str, Any]:
        config = {"name": name, "batch_input_shape": [None, 2], "dtype": "float32"}
        return {"class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": []}

    normal_ = {**dense("norm", [["a", 0, 0]]), "class_name": "BatchNormalization"}
    normal_["config"] = {"name": "norm", "axis": [1]}
    inner = {
        "class_name": "Functional",
        "name": "inner",
        "config": {
            "name": "inner",
            "layers": [
                start("x"),
                dense("a", [["x", 0, 0]]),
                normal_,
                dense("b", [["norm", 0, 0]]),
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["b", 0, 0]],
        },
        "inbound_nodes": [[["y", 0, 0, {}]], [["c", 0, 0, {}]]],
    }
    config = {
        "class_name": "Functional",
        "config": {
            "name": "outer",
            "layers": [start("y"), inner, dense("c", [["inner", 1, 0]])],
            "input_layers": [["y", 0, 0]],
            "output_layers": [["inner", 2, 0]],
        },
    }
    identity, zeros = np.eye(2, dtype="float32"), np.zeros(2, "float32")
    gamma, beta = np.full(2, 3, "float32"), np.full(2, 5, "float32")
    mean, variance = np.full(2, 7, "float32"), np.full(2, 1 - 1e-3, "float32")
    trained = [2 * identity, zeros, gamma, beta, identity, zeros]
    weights = {"y": [], "inner": [*trained, mean, variance], "c": [identity, zeros + 1]}
    keras2_file(tmp_path / "net.h5", config, weights)
    found = own_outputs(read(tmp_path / "net.h5"), [np.ones((1, 2), "float32")])[0]

    def expected(x: float) -> float:
        return (2 * x - 7) * 3 + 5

    np.testing.assert_allclose(found, expected(expected(1) + 1), rtol=1e-5)
