"""Keras 3 on the backend that ``KERAS_BACKEND`` names; a GAN goes by ``train_on_batch``."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from _peers.stopwatch import Stopwatch
from _peers.tasks import LETTERS, NOISE, TASKS, WINDOW, data


class SecondEpoch(keras.callbacks.Callback):
    """Starts the watch with the second epoch."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self.watch = watch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            self.watch.start()


def network(name: str) -> keras.Model:
    """Return a network that answers with probabilities."""
    if name == "mlp":
        return keras.Sequential([
            keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ])  # fmt: skip
    if name == "lstm":
        letters = keras.Input((WINDOW,), dtype="int32")
        hidden = layers.LSTM(256, return_sequences=True)(keras.ops.one_hot(letters, LETTERS))
        return keras.Model(letters, layers.Dense(LETTERS, activation="softmax")(hidden))
    if name == "resnet18":
        return _resnet18()
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


def _convolved(x: Any, filters: int, size: int, stride: int) -> Any:
    x = layers.Conv2D(filters, size, stride, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def _resnet18() -> keras.Model:
    images = keras.Input((32, 32, 3))
    x = layers.ReLU()(_convolved(images, 64, 3, 1))
    for filters in (64, 128, 256, 512):
        for place in range(2):
            stride = 2 if place == 0 and filters > 64 else 1
            y = layers.ReLU()(_convolved(x, filters, 3, stride))
            shortcut = _convolved(x, filters, 1, stride) if stride > 1 else x
            x = layers.ReLU()(layers.Add()([_convolved(y, filters, 3, 1), shortcut]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Dense(10, activation="softmax")(x))


def train(name: str) -> dict[str, Any]:
    """Train and return what it took."""
    if name == "gan":
        return _train_gan()
    task, watch = TASKS[name], Stopwatch()
    x, y = data(name)
    net = network(name)
    net.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    seen = [SecondEpoch(watch)]
    fitted = net.fit(
        x, y.astype("int32"), batch_size=task.batch, epochs=2, verbose=0, callbacks=seen
    )
    return watch.read(task.steps, parameters=_count(net), loss=fitted.history["loss"][-1])


def _train_gan() -> dict[str, Any]:
    task, watch = TASKS["gan"], Stopwatch()
    generator = keras.Sequential([
        keras.Input((NOISE,)), layers.Dense(1568, use_bias=False), layers.BatchNormalization(),
        layers.ReLU(), layers.Reshape((7, 7, 32)),
        layers.Conv2DTranspose(16, 4, 2, padding="same", use_bias=False),
        layers.BatchNormalization(), layers.ReLU(),
        layers.Conv2DTranspose(1, 4, 2, padding="same", activation="tanh"),
    ])  # fmt: skip
    discriminator = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 4, 2, padding="same"), layers.LeakyReLU(0.2),
        layers.Conv2D(64, 4, 2, padding="same"), layers.LeakyReLU(0.2),
        layers.Flatten(), layers.Dense(1),
    ])  # fmt: skip
    count = _count(generator) + _count(discriminator)
    cost = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(keras.optimizers.Adam(0.0002, beta_1=0.5), cost)
    noise = keras.Input((NOISE,))
    both = keras.Model(noise, discriminator(generator(noise)))
    real, _ = data("gan")
    rng = np.random.default_rng(0)
    target = np.repeat(np.float32([1, 0]), task.batch)[:, None]
    discriminator.trainable = False
    both.compile(keras.optimizers.Adam(0.0002, beta_1=0.5), cost)
    for epoch in range(2):
        if epoch == 1:
            watch.start()
        order = rng.permutation(len(real))
        for start in range(0, len(real), task.batch):
            drawn = rng.normal(size=(task.batch, NOISE)).astype("float32")
            made = keras.ops.convert_to_numpy(generator(drawn, training=True))
            rows = np.concatenate([real[order[start : start + task.batch]], made])
            discriminator.trainable = True
            loss = discriminator.train_on_batch(rows, target)
            discriminator.trainable = False
            both.train_on_batch(drawn, target[: task.batch])
    return watch.read(task.steps, parameters=count, loss=float(loss))


def _count(net: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in net.trainable_weights)
