"""Networks that Keras 3 loads: the same outputs, or a sentence why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.every_layer import SAMPLES as EVERY
from support.keras_models import MODELS, keras, keras_outputs, make, normal, own_outputs, words

from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.registry import Registry
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.keras_reader import KerasReader
from flowengine_nodes.network.keras_writer import KerasWriter

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def layer(kind: str, **settings: Any) -> BaseLayer:
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


def chain(start: TensorSpec, *layers: BaseLayer) -> NetworkSpec:
    spec = NetworkSpec.input("start", start)
    for number, one in enumerate(layers):
        spec = spec.apply(f"block/layer_{number}", one)
    return spec


def write(network: Network, folder: Path) -> FakeContext:
    ctx = FakeContext(folder)
    node = KerasWriter(path="out.keras")
    node.configure(network.spec, ctx)
    node.execute(network, ctx)
    return ctx


def loaded(network: Network, folder: Path) -> Any:
    write(network, folder)
    keras.utils.clear_session()
    return keras.models.load_model(folder / "out.keras")


def compare(network: Network, inputs: list[Any], folder: Path) -> None:
    found = keras_outputs(loaded(network, folder), inputs)
    expected = own_outputs(network, inputs)
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_keras_loads_what_was_read_from_keras(name: str, tmp_path: Path) -> None:
    model, inputs = make(name)
    model.save(tmp_path / "in.keras")
    network = KerasReader(path="in.keras").execute(FakeContext(tmp_path))
    compare(network, inputs, tmp_path)
    again = KerasReader(path="out.keras").execute(FakeContext(tmp_path))
    assert again.spec.parameters == network.spec.parameters


def samples() -> Iterator[tuple[str, NetworkSpec, list[Any]]]:
    image, steps = TensorSpec((8, 8, 3)), TensorSpec((6, 4))
    yield (
        "images",
        chain(
            TensorSpec((8, 8, 3), "uint8"),
            layer("rescaling", scale=1 / 255),
            layer("conv2d", filters=4, kernel_size=[3, 2], kernel_initializer="he_normal"),
            layer("batch_normalization", momentum=0.9, center=False),
            layer("activation", activation="hard_sigmoid"),
            layer("adaptive_average_pooling2d", output_size=3),
            layer("spatial_dropout2d", rate=0.2),
            layer("flatten"),
            layer("dense", units=3, kernel_regularizer={"type": "l2", "l2": 0.1}),
        ),
        [np.arange(2 * 8 * 8 * 3).reshape(2, 8, 8, 3).astype("uint8")],
    )
    yield (
        "characters",
        chain(
            TensorSpec((5,), "int32"),
            layer("one_hot", num_classes=9),
            layer("lstm", units=4, return_sequences=True),
            layer(
                "bidirectional",
                layer={"type": "layer.gru", "units": 3, "recurrent_activation": "hard_sigmoid"},
                merge_mode="ave",
            ),
            layer("dense", units=9, activation="softmax"),
        ),
        [words(2, 5, 9)],
    )
    lstm = chain(steps, layer("lstm", units=4)).with_output("block/layer_0.state_c")
    yield "states", lstm.apply("dense", layer("dense", units=2)), [normal(2, 6, 4)]
    yield (
        "video",
        chain(
            TensorSpec((4, 8, 8, 3)),
            layer(
                "time_distributed", layer={"type": "layer.conv2d", "filters": 2, "kernel_size": 3}
            ),
            layer("conv_lstm2d", filters=2, kernel_size=3),
            layer("global_max_pooling2d"),
        ),
        [normal(2, 4, 8, 8, 3)],
    )
    one = chain(image, layer("conv2d", filters=3, kernel_size=3, padding="same"))
    two = one.apply("add", layer("add"), ["start", "block/layer_0"])
    outputs = {"a": "add", "b": "block/layer_0"}
    yield "outputs", replace(two, outputs=outputs), [normal(2, 8, 8, 3)]


SAMPLES = {name: (spec, inputs) for name, spec, inputs in samples()}


@pytest.mark.parametrize("name", SAMPLES)
def test_keras_loads_our_networks(name: str, tmp_path: Path) -> None:
    spec, inputs = SAMPLES[name]
    compare(Network(spec), inputs, tmp_path)


def test_the_node_keeps_what_every_node_promises(tmp_path: Path) -> None:
    network = Network(SAMPLES["images"][0])
    check_node(
        KerasWriter,
        folder=tmp_path,
        settings={"path": "deep/net.keras"},
        inputs={"network": network},
    )
    assert (tmp_path / "deep" / "net.keras").exists()


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    network = Network(SAMPLES["images"][0])
    write(network, tmp_path)
    first = (tmp_path / "out.keras").read_bytes()
    write(network, tmp_path)
    assert (tmp_path / "out.keras").read_bytes() == first


def test_frozen_layers_are_not_trainable_in_keras(tmp_path: Path) -> None:
    spec = replace(SAMPLES["images"][0], frozen=frozenset({"block/layer_1"}))
    model = loaded(Network(spec), tmp_path)
    assert not model.get_layer("block_layer_1").trainable
    assert model.get_layer("block_layer_7").trainable


def test_outputs_keep_the_names_that_they_were_given(tmp_path: Path) -> None:
    spec = chain(TensorSpec((4,)), layer("dense", units=3), layer("dense", units=2))
    one, two = (f"block/layer_{number}" for number in range(2))
    spec = replace(spec, outputs={"class": two, one: one, "class_again": two})
    inputs = [normal(2, 4)]
    compare(Network(spec), inputs, tmp_path)
    back = KerasReader(path="out.keras").execute(FakeContext(tmp_path))
    assert list(back.spec.outputs) == ["class", "block_layer_0", "class_again"]
    for found, expected in zip(
        own_outputs(back, inputs), own_outputs(Network(spec), inputs), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_untrained_layers_are_said(tmp_path: Path) -> None:
    ctx = write(Network(SAMPLES["states"][0]), tmp_path)
    assert 'not trained: "block/layer_0", "dense"' in ctx.warnings[0]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            layer("locally_connected1d", filters=2, kernel_size=2),
            'layer "block/layer_0" is a LocallyConnected1D',
        ),
        (layer("dense", units=2, activation="hard_sigmoid_keras2"), "hard_sigmoid_keras2"),
        (
            layer(
                "bidirectional",
                layer={"type": "layer.lstm", "units": 2, "activation": "hard_sigmoid_keras2"},
            ),
            "hard_sigmoid_keras2",
        ),
    ],
)
def test_what_keras_does_not_have_is_refused(one: BaseLayer, words: str, tmp_path: Path) -> None:
    spec = chain(TensorSpec((3, 4)), one)
    with pytest.raises(ConfigureError, match=words):
        KerasWriter(path="out.keras").configure(spec, FakeContext(tmp_path))


def test_the_rectifier_with_a_threshold_is_a_setting_of_another(tmp_path: Path) -> None:
    for settings in ({}, {"theta": 0.3}):
        spec = chain(TensorSpec((3, 4)), layer("thresholded_relu", **settings))
        compare(Network(spec), [3 * normal(2, 3, 4)], tmp_path)


def of_one_layer(kind: str) -> tuple[NetworkSpec, list[Any]]:
    settings, shapes, dtype = EVERY[kind]
    names = [f"input_{number}" for number in range(len(shapes))]
    starts = [
        NetworkSpec.input(name, TensorSpec(shape, dtype))
        for name, shape in zip(names, shapes, strict=True)
    ]
    spec = reduce(NetworkSpec.merge, starts).apply(kind, layer(kind, **settings), names)
    inputs = [words(2, *shape, 9) if dtype == "int32" else normal(2, *shape) for shape in shapes]
    return spec, inputs


NOT_AS_H5 = {
    "random_brightness",
    "random_color_degeneration",
    "random_posterization",
    "random_saturation",
    "random_sharpness",
    "solarization",
}
"""Layers that Keras itself cannot write as .h5."""


@pytest.mark.parametrize("kind", sorted(set(EVERY) - {"equalization"}))
def test_every_layer_goes_to_keras_and_comes_back(kind: str, tmp_path: Path) -> None:
    spec, inputs = of_one_layer(kind)
    network = Network(spec)
    model = loaded(network, tmp_path)
    expected = own_outputs(network, inputs)
    for one, two in zip(keras_outputs(model, inputs), expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)
    for suffix in ("keras",) if kind in NOT_AS_H5 else ("keras", "h5"):
        model.save(tmp_path / f"back.{suffix}")
        back = KerasReader(path=f"back.{suffix}").execute(FakeContext(tmp_path))
        assert [type(one) for one in back.spec.layers.values()] == [type(spec.layers[kind])]
        for one, two in zip(own_outputs(back, inputs), expected, strict=True):
            np.testing.assert_allclose(one, two, atol=1e-6, rtol=1e-6)


def test_every_layer_is_sampled_or_none_of_keras() -> None:
    known = {name.partition(".")[2] for name in Registry.default().types() if "layer." in name}
    without = {"input", "cudnn_gru", "cudnn_lstm", "thresholded_relu", "spectral_normalization"}
    assert known - without - {"locally_connected1d", "locally_connected2d"} == set(EVERY)


def test_a_layer_that_keras_cannot_have_in_a_model_is_told(tmp_path: Path) -> None:
    spec = NetworkSpec.input("input", TensorSpec((8, 8, 3))).apply("even", layer("equalization"))
    with pytest.raises(
        ConfigureError, match='"even" is of the class Equalization, which Keras 3 cannot load'
    ):
        loaded(Network(spec), tmp_path)


def test_a_layer_that_cannot_be_written_within_another_is_told(tmp_path: Path) -> None:
    inner = {"type": "layer.spectral_normalization", "layer": {"type": "layer.dense", "units": 4}}
    start = NetworkSpec.input("input", TensorSpec((8, 3)))
    spec = start.apply("steps", layer("time_distributed", layer=inner))
    with pytest.raises(ConfigureError, match='"steps" holds a SpectralNormalization, which can be'):
        loaded(Network(spec), tmp_path)
