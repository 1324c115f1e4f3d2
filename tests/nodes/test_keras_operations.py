"""Operations in models that Keras saves: read with the numbers of Keras, and written back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.keras_files import read
from support.keras_models import L, Made, keras, keras_outputs, normal, own_outputs
from support.scripts import layer, loaded

from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import FakeContext
from flowengine_nodes.network.keras_writer import KerasWriter
from flowengine_nodes.network.script_writer import ScriptWriter

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ops = keras.ops


def functions() -> Made:
    x = keras.Input((6,))
    size = ops.abs(x) + 0.1
    kept = (ops.sqrt, ops.log, ops.rsqrt, ops.reciprocal, ops.log1p, ops.square, ops.cos, ops.erf)
    outputs = [function(size) for function in kept]
    powers = [size**2, size**1.5, 2.0**x, 0.5**x, x / size, 1.0 / size]
    limits = [ops.clip(x, -0.5, 0.5), ops.maximum(x, 0.2), ops.minimum(0.3, x)]
    gelus = [ops.gelu(x), ops.gelu(x, approximate=False)]
    return keras.Model(x, [*outputs, *powers, *limits, *gelus]), [normal(2, 6)]


def distances() -> Made:
    """As siamese networks and triplets have them."""
    one, two = keras.Input((5,)), keras.Input((5,))
    embed = keras.Sequential([keras.Input((5,)), L.Dense(4)])
    a, b = embed(one), embed(two)
    squares = ops.sum(ops.square(a - b), axis=1, keepdims=True)
    cosine = ops.sum(a * b, axis=-1) / (ops.norm(a, axis=-1) * ops.norm(b, axis=-1))
    far = L.Dense(1, activation="sigmoid")(ops.abs(a - b))
    outputs = [ops.sqrt(ops.maximum(squares, 1e-7)), cosine, far, ops.normalize(a)]
    return keras.Model([one, two], outputs), [normal(2, 5), -normal(2, 5) + 0.5]


def attention_by_places() -> Made:
    """CBAM: where to look follows from the mean and the largest of all channels."""
    image = keras.Input((6, 6, 4))
    mean = ops.mean(image, axis=-1, keepdims=True)
    top = ops.max(image, axis=-1, keepdims=True)
    seen = L.Conv2D(1, 3, padding="same", activation="sigmoid")(L.Concatenate()([mean, top]))
    return keras.Model(image, image * seen), [normal(2, 6, 6, 4)]


def dueling() -> Made:
    state = keras.Input((6,))
    value, advantage = L.Dense(1)(state), L.Dense(4)(state)
    return keras.Model(state, value + advantage - ops.mean(advantage, axis=1, keepdims=True)), [
        normal(2, 6)
    ]


def attention_by_hand() -> Made:
    x = keras.Input((6, 8))
    split = [ops.reshape(L.Dense(8)(x), (-1, 6, 2, 4)) for _ in range(3)]
    query, key, value = split
    scores = ops.softmax(ops.einsum("bqhd,bkhd->bhqk", query, key) / 2.0)
    seen = ops.einsum("bhqk,bkhd->bqhd", scores, value)
    heads = [ops.transpose(one, (0, 2, 1, 3)) for one in split]
    again = ops.matmul(ops.matmul(heads[0], ops.swapaxes(heads[1], -1, -2)), heads[2])
    return keras.Model(x, [ops.reshape(seen, (-1, 6, 8)), again]), [normal(2, 6, 8)]


def normalizing_by_hand() -> Made:
    x = keras.Input((4, 6))
    mean, variance = (one(x, axis=-1, keepdims=True) for one in (ops.mean, ops.var))
    rms = x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-6)
    rest = [ops.std(x, axis=1), ops.prod(x, axis=(1, 2)), ops.min(x, axis=2), ops.logsumexp(x, 1)]
    return keras.Model(x, [(x - mean) / ops.sqrt(variance + 1e-5), rms, *rest]), [normal(2, 4, 6)]


def parts() -> Made:
    x, image, row = keras.Input((6, 4)), keras.Input((6, 6, 4)), keras.Input((4,))
    outputs = [
        *ops.split(x, 2, axis=-1),
        *ops.split(image, [1, 3], axis=-1),
        *ops.unstack(x, axis=1)[:2],
        x[:, ::2],
        image[:, ::2, 1::2],
        x[:, None, :, 1:3],
        row[:, 0],
        ops.flip(image, axis=(1, 2)),
        ops.repeat(x, 2, axis=1),
        ops.tile(x, (1, 1, 3)),
        ops.moveaxis(image, -1, 1),
        ops.squeeze(ops.expand_dims(row, (1, 2))),
        ops.max_pool(image, 2),
    ]
    return keras.Model([x, image, row], outputs), [
        normal(2, 6, 4),
        normal(2, 6, 6, 4),
        normal(2, 4),
    ]


def steps_of_any_sequence() -> Made:
    x = keras.Input((None, 4))
    y = L.LSTM(3, return_sequences=True)(x)
    return keras.Model(x, [L.Dense(2)(y[:, -1]), y[:, 0, :2], y[:, :3], y[:, -2:], y[:, ::2]]), [
        normal(2, 7, 4)
    ]


def within_every_step() -> Made:
    start = keras.Input((3, 4))
    inner = ops.sqrt(ops.sum(ops.square(start), axis=1)) + ops.clip(start[:, -1], 0.0, 1.0)
    model = keras.Model(start, inner)
    return keras.Sequential([keras.Input((5, 3, 4)), L.TimeDistributed(model)]), [
        normal(2, 5, 3, 4)
    ]


def factorization() -> Made:
    """A factorization machine."""
    x = keras.Input((5, 3))
    pairs = ops.square(ops.sum(x, axis=1)) - ops.sum(ops.square(x), axis=1)
    return keras.Model(x, 0.5 * ops.sum(pairs, axis=-1, keepdims=True)), [normal(2, 5, 3)]


MODELS: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        functions,
        distances,
        attention_by_places,
        dueling,
        attention_by_hand,
        normalizing_by_hand,
        parts,
        steps_of_any_sequence,
        within_every_step,
        factorization,
    )
}
UNWRITTEN = ("within_every_step",)
"""Models that become layers within TimeDistributed, where Keras has no operations."""


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", MODELS)
def test_operations_are_read_and_written(name: str, suffix: str, tmp_path: Path) -> None:
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model, inputs = MODELS[name]()
    model.save(tmp_path / f"in.{suffix}")
    expected = keras_outputs(model, inputs)
    network = read(tmp_path / f"in.{suffix}")
    close(own_outputs(network, inputs), expected)
    ctx = FakeContext(tmp_path)
    ScriptWriter(path="net.py").execute(network, ctx)
    made = loaded(tmp_path / "net.py")(*inputs_of_torch(inputs))
    tensors = made.values() if isinstance(made, dict) else [made]
    close([one.detach().numpy() for one in tensors], expected)
    if name not in UNWRITTEN:
        KerasWriter(path="out.keras").configure(network.spec, ctx)
        KerasWriter(path="out.keras").execute(network, ctx)
        keras.utils.clear_session()
        close(keras_outputs(keras.models.load_model(tmp_path / "out.keras"), inputs), expected)


def close(found: list[Any], expected: list[Any]) -> None:
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert one.shape == two.shape
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)


def inputs_of_torch(inputs: list[Any]) -> list[Any]:
    import torch

    return [torch.from_numpy(one) for one in inputs]


CANNOT: dict[str, tuple[BaseLayer, TensorSpec, str]] = {
    "norm": (
        layer("reduce", function="norm", axis=[1, 2, 3]),
        TensorSpec((2, 3, 4)),
        r'"one" \(Reduce\): Keras 3 has norms along one or two axes only',
    ),
    "backwards": (
        layer("slice", axis=1, start=3, step=-1),
        TensorSpec((6, 4)),
        "a step of -1 goes backwards, which Keras 3 does with whole axes only",
    ),
    "masked": (
        layer("function", function="abs"),
        TensorSpec((6, 4), masked=True),
        r'"one" \(Function\) takes a masked sequence; .* Keras 3, which forgets the mask there',
    ),
    "within": (
        layer("time_distributed", layer={"type": "layer.function", "function": "abs"}),
        TensorSpec((6, 4)),
        'layer "one" holds a Function, which is an operation in Keras 3 and no layer',
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_keras_cannot_do_is_refused(name: str, tmp_path: Path) -> None:
    one, tensor, words = CANNOT[name]
    spec = NetworkSpec.input("x", tensor).apply("one", one)
    with pytest.raises(ConfigureError, match=words):
        KerasWriter(path="net.keras").configure(spec, FakeContext(tmp_path))


def test_what_goes_backwards_whole_is_written_as_flipped(tmp_path: Path) -> None:
    flip = layer("slice", axis=1, step=-1)
    network = Network(NetworkSpec.input("x", TensorSpec((5, 2))).apply("one", flip))
    KerasWriter(path="net.keras").execute(network, FakeContext(tmp_path))
    x = normal(2, 5, 2)
    found = keras_outputs(keras.models.load_model(tmp_path / "net.keras"), [x])[0]
    np.testing.assert_array_equal(found, x[:, ::-1])
