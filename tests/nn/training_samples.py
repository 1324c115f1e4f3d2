"""Small networks and tables for the tests of training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.network.learner import Learned, Learner


def chain(shape: tuple[int | None, ...], *layers: BaseLayer, dtype: str = "float32") -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec(shape, dtype))
    for number, layer in enumerate(layers, 1):
        spec = spec.apply(f"{type(layer).__name__.lower()}_{number}", layer)
    return spec


def perceptron(inputs: int, units: int, activation: str = "softmax") -> NetworkSpec:
    return chain((inputs,), Dense(units=8, activation="relu"), dense(units, activation))


def dense(units: int, activation: str) -> Dense:
    return Dense.model_validate({"units": units, "activation": activation})


def convolutional(*, dropout: float = 0.3) -> NetworkSpec:
    return chain(
        (8, 8, 1),
        Conv2D(filters=4, kernel_size=(3, 3), activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dropout(rate=dropout),
        dense(3, "softmax"),
    )


def two_headed() -> NetworkSpec:
    """Two inputs, two outputs: a class and a number."""
    left = NetworkSpec.input("left", TensorSpec((2,))).apply("from_left", Dense(units=4))
    right = NetworkSpec.input("right", TensorSpec((1,))).apply("from_right", Dense(units=4))
    kind = left.apply("kind", dense(2, "softmax"))
    size = right.apply("size", dense(1, "linear"))
    return kind.merge(size)


def iris_like(rows: int = 60, seed: int = 0) -> pl.DataFrame:
    """Return three kinds of flowers that two measures tell apart."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    return pl.DataFrame(
        {
            "length": kind + rng.normal(0, 0.2, rows),
            "width": 2.0 - kind + rng.normal(0, 0.2, rows),
            "species": pl.Series(np.array(["setosa", "versicolor", "virginica"])[kind]),
        }
    )


def images(rows: int = 40, seed: int = 0) -> pl.DataFrame:
    """Return 8×8 images of bytes with a label of 0 to 2, which says where they are bright."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, rows)
    pixels = rng.integers(0, 60, (rows, 8, 8, 1))
    for row, place in enumerate(label):
        pixels[row, 2 * place : 2 * place + 3] += 150
    return pl.DataFrame(
        {
            "image": pl.Series(pixels.astype(np.uint8)),
            "label": pl.Series(label.astype(np.uint8)),
        }
    )


def learn(
    spec: NetworkSpec | Network,
    table: pl.DataFrame,
    folder: Path,
    *,
    ctx: FakeContext | None = None,
    validation: pl.DataFrame | None = None,
    settings: Mapping[str, Any] | None = None,
    **inputs: Any,
) -> Learned:
    """Configure and execute a learner; check that it keeps what it promises."""
    network = spec if isinstance(spec, Network) else Network(spec)
    ctx = ctx or FakeContext(folder, seed=3)
    learner = Learner.model_validate_json(json.dumps(settings or {}))
    promised = learner.configure(
        network.spec,
        table.schema,
        ctx,
        None if validation is None else validation.schema,
    )
    learned = learner.execute(network, table, ctx, validation, **inputs)
    assert learned.history.schema == promised["history"]
    return learned


def weights(learned: Learned) -> Mapping[str, str]:
    """Return the digests of the trained weights, equal where all bits are."""
    return learned.network.weights
