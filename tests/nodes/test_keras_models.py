"""Models that Keras saves, of many kinds: read with the numbers of Keras, and written back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from support.keras_files import read
from support.keras_models import L, Made, keras, normal, own_outputs, words

from flowengine import DataError, NetworkSpec, TensorSpec
from flowengine.testing import FakeContext
from flowengine_nodes.network.keras_reader import KerasReader
from flowengine_nodes.network.keras_writer import KerasWriter

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def several_cells() -> Made:
    start = keras.Input((5, 4))
    made = L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True, return_state=True)(start)
    return keras.Model(start, keras.tree.flatten(made)), [normal(2, 5, 4)]


def several_cells_behind_a_mask() -> Made:
    cells = [L.SimpleRNNCell(3), L.LSTMCell(2), L.LSTMCell(2)]
    layers = [keras.Input((6,), dtype="int32"), L.Embedding(9, 4, mask_zero=True), L.RNN(cells)]
    return keras.Sequential(layers), [words(2, 6, 9)]


def a_model_for_every_step() -> Made:
    inner = [keras.Input((8, 8, 1)), L.Conv2D(2, 3), L.BatchNormalization(), L.Flatten()]
    model = keras.Sequential([*inner, keras.Sequential([L.Dense(3), L.ReLU()])])
    layers = [keras.Input((3, 8, 8, 1)), L.TimeDistributed(model), L.LSTM(2)]
    return keras.Sequential(layers), [normal(2, 3, 8, 8, 1)]


def branches_for_every_step() -> Made:
    start = keras.Input((2, 4))
    one, two = L.Dense(4)(start), L.Dense(4)(start)
    joined = L.Concatenate(axis=1)([L.Add()([one, two]), one, two])
    inner = keras.Model(start, L.Flatten()(joined))
    return keras.Sequential([keras.Input((3, 2, 4)), L.TimeDistributed(inner)]), [
        normal(2, 3, 2, 4)
    ]


def a_sum_for_every_step() -> Made:
    start = keras.Input((6,))
    inner = keras.Model(start, (start + L.Dense(6)(start))[:, 1:4] * 2.0)
    return keras.Sequential([keras.Input((3, 6)), L.TimeDistributed(inner)]), [normal(2, 3, 6)]


def activations_that_are_layers() -> Made:
    start = keras.Input((8, 8, 2))
    conv = L.Conv2D(3, 3, activation=L.LeakyReLU(negative_slope=0.3), name="conv")
    dense = L.Dense(3, activation=L.ELU(0.5))
    flat = L.GlobalMaxPooling2D()(conv(start))
    outputs = [dense(flat), dense(dense(flat)), L.Activation(L.ReLU(max_value=0.2))(flat)]
    return keras.Model(start, outputs), [normal(2, 8, 8, 2)]


def parts_of_tensors() -> Made:
    image, steps, row = keras.Input((5, 6, 3)), keras.Input((None, 4)), keras.Input((7,))
    outputs = [
        image[:, 1:-1, 2:],
        image[..., 0],
        image[:, 2],
        image[:, :, 1:3, :2],
        steps[:, 1:],
        steps[:, :-2, :],
        row[:, 2:5],
        row[..., -2:],
    ]
    return keras.Model([image, steps, row], outputs), [
        normal(2, 5, 6, 3),
        normal(2, 5, 4),
        normal(2, 7),
    ]


def sums_and_products() -> Made:
    ops = keras.ops
    one, two = keras.Input((4, 3)), keras.Input((3, 5))
    outputs = [
        ops.matmul(one, two),
        one @ ops.transpose(one, (0, 2, 1)),
        ops.sum(one, axis=1),
        ops.pad(two, [[0, 0], [1, 2], [0, 0]]),
    ]
    return keras.Model([one, two], outputs), [normal(2, 4, 3), normal(2, 3, 5)]


def a_trained_model_with_a_head() -> Made:
    """Its name has a point, which Keras on torch allows a model and no layer."""
    start = keras.Input((8, 8, 3))
    base = keras.Sequential([start, L.Conv2D(4, 3, name="conv"), L.BatchNormalization()])
    base = keras.Model(start, base(start), name="base_0.35")
    base.trainable = False
    flips = keras.Sequential([L.RandomFlip(), L.RandomRotation(0.1)], name="augmentation")
    image = keras.Input((8, 8, 3))
    seen = base(flips(image) / 127.5 - 1.0, training=False)
    return keras.Model(image, L.Dense(1)(L.GlobalAveragePooling2D()(seen))), [normal(2, 8, 8, 3)]


def images_as_applications_want_them() -> Made:
    image = keras.Input((4, 4, 3))
    one = keras.applications.resnet50.preprocess_input(image)
    factors = np.array([[1.0, 2.0, 3.0]], "float32")
    return keras.Model(image, [one, image * factors - 2 * factors]), [100 * normal(2, 4, 4, 3)]


def masks_that_keras_joins() -> Made:
    """Keras writes down how it joins them; here that follows from the layers."""
    start = keras.Input((6,), dtype="int32")
    one, two = L.Embedding(9, 4, mask_zero=True)(start), L.Embedding(9, 4)(start)
    return keras.Model(start, L.LSTM(3)(L.Concatenate(name="joined")([one, two]))), [words(2, 6, 9)]


def blocks_of_applications() -> Made:
    """The layers that keras.applications has of its own."""
    from keras.src.applications.convnext import LayerScale, StochasticDepth  # type: ignore
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer  # type: ignore

    start = keras.Input((6, 6, 3))
    block = L.DepthwiseConv2D(3, padding="same")(start)
    block = LayerScale(0.5, 3)(block)
    block = start + StochasticDepth(0.2)(block)
    other = L.Conv2D(3, 1, bias_initializer=keras.initializers.Constant())(block)
    return keras.Model(start, CustomScaleLayer(0.17)([block, other])), [normal(2, 6, 6, 3)]


def built_afterwards() -> Made:
    model = keras.Sequential([L.Dense(3), keras.Sequential([L.Dense(2), L.BatchNormalization()])])
    model.build((None, 4))
    return model, [normal(2, 4)]


MODELS: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        several_cells,
        several_cells_behind_a_mask,
        a_model_for_every_step,
        branches_for_every_step,
        a_sum_for_every_step,
        activations_that_are_layers,
        parts_of_tensors,
        sums_and_products,
        a_trained_model_with_a_head,
        images_as_applications_want_them,
        masks_that_keras_joins,
        blocks_of_applications,
        built_afterwards,
    )
}


def made_anew(make: Callable[[], Made]) -> Made:
    keras.utils.clear_session()
    model, inputs = make()
    rng = np.random.default_rng(0)
    for weight in model.weights:
        is_variance = "variance" in weight.path
        values = (
            rng.uniform(0.5, 1.5, weight.shape) if is_variance else rng.normal(0, 0.3, weight.shape)
        )
        weight.assign(values)
    return model, inputs


def computed(model: Any, inputs: list[Any]) -> list[Any]:
    result = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))
    return [one.detach().float().numpy() for one in result]


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", MODELS)
def test_models_are_read_and_written(name: str, suffix: str, tmp_path: Path) -> None:
    model, inputs = made_anew(MODELS[name])
    model.save(tmp_path / f"in.{suffix}")
    expected = computed(model, inputs)
    network = read(tmp_path / f"in.{suffix}")
    KerasWriter(path="out.keras").execute(network, FakeContext(tmp_path))
    keras.utils.clear_session()
    back = computed(keras.models.load_model(tmp_path / "out.keras"), inputs)
    for one, two, three in zip(expected, own_outputs(network, inputs), back, strict=True):
        np.testing.assert_allclose(two, one, atol=1e-5, rtol=1e-5)
        np.testing.assert_allclose(three, one, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_narrow_numbers_are_read_and_told(dtype: str, suffix: str, tmp_path: Path) -> None:
    policy = keras.DTypePolicy(dtype)
    start = keras.Input((4,), dtype=policy.variable_dtype)
    layers = [
        L.Dense(3, dtype=policy, name="dense"),
        L.LayerNormalization(dtype=policy, name="norm"),
    ]

    def make() -> Made:
        return keras.Sequential([start, *layers]), [normal(2, 4)]

    model, inputs = made_anew(make)
    model.save(tmp_path / f"net.{suffix}")
    ctx = FakeContext(tmp_path)
    network = KerasReader(path=f"net.{suffix}").execute(ctx)
    rounding = 0.05 if "bfloat" in dtype else 0.005
    found, expected = own_outputs(network, inputs)[0], computed(model, inputs)[0]
    np.testing.assert_allclose(found, expected, atol=rounding)
    narrow = dtype.removeprefix("mixed_")
    assert f'"dense", "norm" computed in {narrow} in Keras' in ctx.warnings[0]


@pytest.mark.parametrize("wraps", [False, True])
def test_states_that_outlive_a_batch_are_told(wraps: bool, tmp_path: Path) -> None:
    lstm = L.LSTM(3, stateful=True, name="lstm")
    layer = L.Bidirectional(lstm, name="lstm") if wraps else lstm
    model = keras.Sequential([keras.Input(batch_shape=(2, 5, 4)), layer])
    model.save(tmp_path / "net.keras")
    ctx = FakeContext(tmp_path)
    KerasReader(path="net.keras").configure(ctx)
    network = KerasReader(path="net.keras").execute(ctx)
    assert '"lstm" kept states from batch to batch in Keras' in ctx.warnings[0]
    assert len(ctx.warnings) == 2
    x = normal(2, 5, 4)
    np.testing.assert_allclose(own_outputs(network, [x])[0], computed(model, [x])[0], atol=1e-6)


def test_a_mask_made_within_every_step_is_refused(tmp_path: Path) -> None:
    start = keras.Input((5,), dtype="int32")
    inner = keras.Sequential([start, L.Embedding(9, 3, mask_zero=True), L.LSTM(2)])
    outer = [keras.Input((3, 5), dtype="int32"), L.TimeDistributed(inner)]
    keras.Sequential(outer).save(tmp_path / "net.keras")
    with pytest.raises(DataError, match="makes a mask in a model that TimeDistributed applies"):
        read(tmp_path / "net.keras")


def test_a_kernel_with_lora_is_read_as_one(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(3)])
    model.layers[0].enable_lora(2)
    for weight in model.weights:
        weight.assign(np.random.default_rng(0).normal(0, 0.3, weight.shape))
    model.save(tmp_path / "net.keras")
    found = own_outputs(read(tmp_path / "net.keras"), [normal(2, 4)])[0]
    np.testing.assert_allclose(found, computed(model, [normal(2, 4)])[0], atol=1e-6)


def test_a_quantized_model_is_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, name="dense")])
    model.layers[0].quantize("int8")
    model.save(tmp_path / "net.keras")
    with pytest.raises(DataError, match=r'"dense" \(Dense\) is quantized'):
        read(tmp_path / "net.keras")


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_what_somebody_registered_is_refused_by_name(suffix: str, tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable("mine")
    class Twice(L.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x * 2

    @keras.saving.register_keras_serializable("mine")
    class Net(keras.Model):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x

    model = keras.Sequential([keras.Input((4,)), Twice(name="twice")])
    model.save(tmp_path / f"net.{suffix}")
    with pytest.raises(DataError, match=r'layer "twice" is of the class "Twice" of .*not Keras'):
        read(tmp_path / f"net.{suffix}")
    net = Net()
    net(np.zeros((1, 4), "float32"))
    net.save(tmp_path / "own.keras")
    with pytest.raises(DataError, match=r'the model is of the class "Net" of .*not Keras'):
        read(tmp_path / "own.keras")


def test_files_of_keras_1_are_told_what_to_do_with(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = b'{"class_name": "Sequential", "config": []}'
    with pytest.raises(DataError, match=r"written by Keras 1.2.2, .* load it with Keras 2"):
        read(tmp_path / "net.h5")


def test_initializers_without_settings_are_written_whole(tmp_path: Path) -> None:
    """Keras makes no Constant without its value, although it has a default."""
    from flowengine import Network
    from flowengine_nodes.layer.core.dense import Dense

    start = NetworkSpec.input("x", TensorSpec((4,)))
    for name in ("constant", "identity", "variance_scaling", "orthogonal", "glorot_normal"):
        dense = Dense.model_validate({"units": 4, "kernel_initializer": name})
        network = Network(start.apply("dense", dense))
        KerasWriter(path="out.keras").execute(network, FakeContext(tmp_path))
        model = keras.models.load_model(tmp_path / "out.keras")
        made = type(model.layers[1].kernel_initializer).__name__
        assert made.lower() == name.replace("_", "")
