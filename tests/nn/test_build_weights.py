from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flowengine import Network, NetworkSpec, TensorSpec
from flowengine.blobs import save_blob
from flowengine.errors import StoreError
from flowengine.nn.initializers import RandomNormal
from flowengine.nn.weights import initial_weights, network_weights
from flowengine_nodes.layer.core.dense import Dense


def spec_of(*names: str) -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec((3,)))
    for name in names:
        spec = spec.apply(name, Dense(units=3))
    return spec


def test_weights_depend_on_seed_and_name_alone() -> None:
    one = initial_weights(spec_of("a", "b"), 1)
    other = initial_weights(spec_of("x", "b", "a"), 1)
    assert np.array_equal(one["a"]["kernel"], other["a"]["kernel"])
    assert np.array_equal(one["b"]["kernel"], other["b"]["kernel"])
    assert not np.array_equal(one["a"]["kernel"], one["b"]["kernel"])
    again = initial_weights(spec_of("a", "b"), 2)
    assert not np.array_equal(one["a"]["kernel"], again["a"]["kernel"])


def test_single_layers_may_be_asked_for() -> None:
    assert list(initial_weights(spec_of("a", "b"), 1, ["b"])) == ["b"]


def test_an_initializers_own_seed_overrides_the_network_s() -> None:
    layer = Dense(units=3, kernel_initializer=RandomNormal(seed=9))
    spec = NetworkSpec.input("input", TensorSpec((3,))).apply("a", layer).apply("b", layer)
    one, other = initial_weights(spec, 1), initial_weights(spec, 2)
    assert np.array_equal(one["a"]["kernel"], other["a"]["kernel"])
    assert np.array_equal(one["a"]["kernel"], one["b"]["kernel"])


def test_trained_weights_come_from_their_files(tmp_path: Path) -> None:
    spec = spec_of("a", "b")
    trained = {"kernel": np.eye(3, dtype=np.float32), "bias": np.ones(3, dtype=np.float32)}
    network = Network(spec, {"a": save_blob(tmp_path, trained)}, blobs=tmp_path)
    weights = network_weights(network, 1)
    assert np.array_equal(weights["a"]["kernel"], trained["kernel"])
    assert np.array_equal(weights["b"]["kernel"], initial_weights(spec, 1)["b"]["kernel"])


def test_a_missing_weight_file_is_an_error(tmp_path: Path) -> None:
    network = Network(spec_of("a"), {"a": "0" * 64}, blobs=tmp_path)
    with pytest.raises(StoreError, match="are not in"):
        network_weights(network, 1)


def test_weights_and_layers_need_no_torch() -> None:
    code = (
        "import sys\n"
        "import flowengine_nodes.layer.convolution.conv2d, flowengine_nodes.layer.core.dense\n"
        "import flowengine_nodes.layer.normalization.batch_normalization as norm\n"
        "import flowengine_nodes.layer.regularization.dropout, flowengine.nn.weights\n"
        "from flowengine import NetworkSpec, TensorSpec\n"
        "spec = NetworkSpec.input('x', TensorSpec((4,))).apply('n', norm.BatchNormalization())\n"
        "assert spec.parameters == 16\n"
        "flowengine.nn.weights.initial_weights(spec, 0)\n"
        "print([name for name in ('torch', 'pyarrow', 'polars', 'keras') if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
