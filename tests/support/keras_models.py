"""Small models of Keras, one for each thing that networks can do. Imports keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from flowengine.nn.build import build, load_weights, network_weights
from flowengine.testing.keras_reference import load_keras

keras = load_keras()
L = keras.layers

Array = np.ndarray[Any, Any]
Made = tuple[Any, list[Array]]
"""A model and arrays for its inputs."""


def normal(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).normal(size=shape).astype("float32")


def words(rows: int, steps: int, count: int) -> Array:
    values = np.random.default_rng(0).integers(1, count, (rows, steps))
    values[0, steps // 2 :] = 0
    return values.astype("int32")


def perceptron() -> Made:
    layers = [keras.Input((5,)), L.Dense(4, activation="relu"), L.Dropout(0.2), L.Dense(3)]
    return keras.Sequential([*layers, L.Softmax()]), [normal(2, 5)]


def convolutions() -> Made:
    layers = [
        keras.Input((12, 12, 3)),
        L.Rescaling(0.5, offset=[0.1, 0.2, 0.3]),
        L.Conv2D(4, 3, strides=2, padding="same", kernel_regularizer="l2"),
        L.BatchNormalization(),
        L.ReLU(max_value=6.0),
        L.SeparableConv2D(5, 3, padding="same", activation="gelu"),
        L.MaxPooling2D(3, strides=1),
        L.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
        L.ZeroPadding2D(((1, 0), (2, 1))),
        L.Conv2DTranspose(3, 3, strides=2),
        L.LeakyReLU(negative_slope=0.1),
        L.PReLU(shared_axes=[1, 2]),
        L.UpSampling2D(2, interpolation="bilinear"),
        L.Cropping2D(1),
        L.AveragePooling2D(2),
        L.LayerNormalization(),
        L.GroupNormalization(3),
        L.Permute((2, 1, 3)),
        L.Flatten(),
        L.Dense(3, kernel_constraint=keras.constraints.MaxNorm(2)),
    ]
    return keras.Sequential(layers), [normal(2, 12, 12, 3)]


def sequences() -> Made:
    start = keras.Input((6, 4))
    out, state, cell = L.LSTM(5, return_state=True, return_sequences=True)(start)
    decoded = L.LSTM(5)(start, initial_state=[state, cell])
    gated = L.GRU(3, reset_after=False, activation="relu")(out)
    plain, last = L.SimpleRNN(2, return_state=True, go_backwards=True)(out)
    both = L.Conv1D(3, 3, padding="causal", dilation_rate=2)(out)
    merged = L.Concatenate()([gated, plain, L.GlobalMaxPooling1D()(both)])
    return keras.Model(start, [decoded, merged, last, L.Reshape((3, 10))(out)]), [normal(2, 6, 4)]


def shared() -> Made:
    encoder = keras.Sequential([keras.Input((5,)), L.Dense(4), L.BatchNormalization()], name="enc")
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    one, two = encoder(left), encoder(right)
    dense = L.Dense(4, activation="tanh")
    outputs = [
        L.Dot(1)([one, two]),
        L.Add()([dense(dense(one)), L.Multiply()([one, two])]),
        L.Subtract()([one, two]),
    ]
    return keras.Model([left, right], outputs), [normal(2, 5), -normal(2, 5)]


def nested() -> Made:
    start = keras.Input((4,))
    x = L.Dense(3)(start)
    inner = keras.Model(start, [L.Activation("tanh")(x), L.Dense(2)(x)], name="inner")
    inner.layers[1].trainable = False
    outer = keras.Input((8,))
    body = keras.Sequential([keras.Input((8,)), L.Dense(4), L.Dense(4)], name="body")
    one, two = inner(body(outer))
    again, _ = inner(L.Dense(4)(two))
    top = keras.Model(outer, [one, again], name="middle")
    last = keras.Input((8,), name="last")
    return keras.Model(last, top(last)), [normal(2, 8)]


def text() -> Made:
    start = keras.Input((7,), dtype="int32")
    x = L.Embedding(9, 4, mask_zero=True)(start)
    both = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    parts = L.TimeDistributed(L.Dense(2))(both)
    out, *_ = L.Bidirectional(L.GRU(2, return_state=True), merge_mode="sum")(parts)
    skipped = L.SimpleRNN(3)(L.Masking(0.5)(L.Dropout(0.1)(both)))
    pooled = L.GlobalAveragePooling1D()(x)
    return keras.Model(start, [L.Concatenate()([out, skipped]), pooled]), [words(3, 7, 9)]


def directions() -> Made:
    start = keras.Input((6, 4))
    one, two, *states = L.Bidirectional(L.LSTM(3, return_state=True), merge_mode=None)(start)
    again = L.Bidirectional(L.LSTM(3, return_sequences=True))(start, initial_state=states)
    return keras.Model(start, [one, two, again, *states]), [normal(2, 6, 4)]


def attention() -> Made:
    one, two, mask = keras.Input((5, 4)), keras.Input((3, 4)), keras.Input((5, 3), dtype="bool")
    heads = L.MultiHeadAttention(2, 3, use_gate=True)(one, two, attention_mask=mask)
    causal = L.MultiHeadAttention(2, 3)(heads, heads, use_causal_mask=True)
    grouped = L.GroupQueryAttention(3, 4, 2)(causal, one)
    scores = L.Attention(use_scale=True)([one, two])
    found, weights = L.AdditiveAttention()([scores, one], return_attention_scores=True)
    seen, looks = L.MultiHeadAttention(2, 3)(found, one, return_attention_scores=True)
    outputs = [grouped, seen, weights, looks]
    return keras.Model([one, two, mask], outputs), [
        normal(2, 5, 4),
        normal(2, 3, 4),
        normal(2, 5, 3) > -1,
    ]


def preprocessing() -> Made:
    layers = [keras.Input((6, 8, 3)), L.Normalization(), L.Resizing(4, 5), L.CenterCrop(3, 3)]
    return keras.Sequential([*layers, L.RandomFlip(), L.Flatten(), L.Dense(2)]), [
        normal(2, 6, 8, 3)
    ]


def operations() -> Made:
    start, index = keras.Input((6, 4)), keras.Input((3,), dtype="int32")
    x = keras.ops.relu(L.Dense(4)(start) + start) / 2.0 - 0.5
    gated = keras.ops.sigmoid(1.0 - x) * keras.ops.maximum(x, start)
    steps = keras.ops.concatenate([gated[:, -1], x[:, 0], keras.ops.mean(x, axis=1)], axis=-1)
    turned = keras.ops.reshape(keras.ops.transpose(x[:, 1:4], (0, 2, 1)), (-1, 12))
    lone = keras.ops.squeeze(keras.ops.expand_dims(-turned, 1), 1)
    clipped = keras.activations.relu(lone, max_value=6, threshold=0.1)
    one_hot = keras.ops.one_hot(index, 9)
    return keras.Model([start, index], [steps, clipped, one_hot]), [
        normal(2, 6, 4),
        words(2, 3, 9),
    ]


def dictionaries() -> Made:
    big, small = keras.Input((4,), name="b"), keras.Input((3,), name="a")
    sides = L.Concatenate()([small, big])
    inner = keras.Model({"b": big, "a": small}, {"z": L.Dense(2)(sides), "q": L.Dense(3)(sides)})
    one, two = keras.Input((4,)), keras.Input((3,))
    made = inner({"a": two, "b": one})
    joined = L.Concatenate()([made["z"], made["q"]])
    return keras.Model([one, two], {"z": joined, "again": joined}), [normal(2, 4), normal(2, 3)]


def branches() -> Made:
    """Layers that are taken in another order than they were made in."""
    start = keras.Input((4,))
    late, early = L.Dense(4)(start), L.Dense(4)(start)
    deep = L.Dense(4)(L.Dense(4)(early))
    outputs = [L.Concatenate()([deep, late]), L.Dense(4)(late), L.Dense(4)(start)]
    return keras.Model(start, outputs), [normal(2, 4)]


def wrapped() -> Made:
    norm = L.SpectralNormalization(L.Dense(4, kernel_regularizer=keras.regularizers.L1L2(0.1)))
    cell = L.RNN(L.GRUCell(3, kernel_regularizer=keras.regularizers.OrthogonalRegularizer()))
    return keras.Sequential([keras.Input((5, 4)), norm, cell]), [normal(2, 5, 4)]


MODELS: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        perceptron,
        convolutions,
        sequences,
        shared,
        nested,
        text,
        directions,
        attention,
        preprocessing,
        operations,
        dictionaries,
        branches,
        wrapped,
    )
}


def make(name: str) -> Made:
    """Return a model with weights that differ from those it starts with."""
    keras.utils.clear_session()
    model, inputs = MODELS[name]()
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if weight.dtype == "float32":
            is_variance = "variance" in weight.path
            weight.assign(
                rng.uniform(0.5, 1.5, weight.shape)
                if is_variance
                else rng.normal(0, 0.3, weight.shape)
            )
    return model, inputs


def keras_outputs(model: Any, inputs: list[Array]) -> list[Array]:
    """Return what Keras computes."""
    import torch

    with torch.no_grad():
        result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [one.numpy() for one in keras.tree.flatten(result)]


def own_outputs(network: Any, inputs: list[Array]) -> list[Array]:
    """Return what we compute."""
    import torch

    built = build(network.spec).eval()
    load_weights(built, network_weights(network, 0))
    named = {
        name: torch.from_numpy(array)
        for name, array in zip(network.spec.inputs, inputs, strict=True)
    }
    with torch.no_grad():
        return [one.numpy() for one in built(named).values()]
