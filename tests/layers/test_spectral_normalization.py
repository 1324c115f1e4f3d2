from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build, export_weights, initial_weights, load_weights
from flowengine.testing import check_layer
from flowengine_nodes.layer.activation.relu import ReLU
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.identity import Identity
from flowengine_nodes.layer.normalization.spectral_normalization import SpectralNormalization


@cases
@given(iterations=st.integers(1, 4), units=st.integers(1, 5), size=st.integers(1, 4))
def test_spectral_normalization_is_that_of_keras(iterations: int, units: int, size: int) -> None:
    dense = SpectralNormalization(layer=Dense(units=units), power_iterations=iterations)
    check_layer(dense, [(size,)])
    conv = SpectralNormalization(
        layer=Conv2D(filters=units, kernel_size=2), power_iterations=iterations
    )
    check_layer(conv, [(3, 3, size)])


def test_kernel_comes_to_a_spectral_norm_of_1() -> None:
    layer = SpectralNormalization(layer=Dense(units=5, use_bias=False), power_iterations=100)
    module = layer.build(TensorSpec((7,))).train()
    # Of a seed: where the two largest singular values are close, 100 iterations are too few.
    draws = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            tensor.normal_(generator=draws)
    module(torch.zeros(1, 7))
    assert np.linalg.norm(module.get_parameter("layer.kernel").detach(), 2) == pytest.approx(1)


def test_layer_without_a_kernel_is_refused() -> None:
    with pytest.raises(ConfigureError, match="has no kernel to normalise; its weights are none"):
        SpectralNormalization(layer=ReLU()).outputs(TensorSpec((3,)))


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_identity_changes_nothing(dtype: str) -> None:
    layer: BaseLayer = Identity()
    check_layer(layer, [(2, 3)], dtype=dtype)
    assert layer.outputs(TensorSpec((2,), masked=True)) == TensorSpec((2,), masked=True)


def test_a_frozen_layer_keeps_its_kernel_while_training() -> None:
    layer = SpectralNormalization(layer=Dense(units=2))
    spec = NetworkSpec.input("input", TensorSpec((3,))).apply("norm", layer)
    for frozen in (True, False):
        built = build(replace(spec, frozen=frozenset({"norm"} if frozen else ())))
        load_weights(built, initial_weights(spec, 0))
        before = export_weights(built)["norm"]
        built.train()({"input": torch.ones(4, 3)})
        after = export_weights(built)["norm"]
        assert all(np.array_equal(before[name], after[name]) for name in before) is frozen
