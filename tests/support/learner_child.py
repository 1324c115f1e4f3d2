"""A process that trains a small network and is there to be killed.

Called with a folder and a number of epochs: prints ``training``, trains with checkpoints in the
folder, and at the end prints the digests of the weights as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.network.learner import Learner


class Telling(FakeContext):
    """Says when the training has begun."""

    begun = False

    def metric(self, name: str, step: int, value: float) -> None:
        if not self.begun:
            self.begun = True
            print("training", flush=True)


def network() -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec((12, 12, 1)))
    spec = spec.apply("conv", Conv2D(filters=8, kernel_size=(3, 3), activation="relu"))
    spec = spec.apply("norm", BatchNormalization())
    spec = spec.apply("pool", MaxPooling2D())
    spec = spec.apply("flat", Flatten())
    spec = spec.apply("drop", Dropout(rate=0.4))
    spec = spec.apply("own_drop", Dropout(rate=0.2, seed=7))
    return spec.apply("dense", Dense(units=4, activation="softmax"))


def table(rows: int) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "image": rng.integers(0, 256, (rows, 12, 12, 1)).astype(np.uint8),
            "label": rng.integers(0, 4, rows),
        }
    )


def main(folder: Path, epochs: int) -> None:
    settings = {
        "epochs": epochs,
        "batch_size": 16,
        "gradient_accumulation": 3,
        "early_stopping": {"patience": 1000, "restore_best_weights": True},
        "reduce_on_plateau": {"patience": 2, "min_learning_rate": 1e-5},
        "optimizer": {"type": "sgd", "momentum": 0.9, "learning_rate": 0.001},
    }
    ctx = Telling(folder, seed=11, resume=folder / "checkpoints")
    learner = Learner.model_validate_json(json.dumps(settings))
    learned = learner.execute(Network(network()), table(1500), ctx, table(100))
    rows = learned.history.drop("seconds").to_dicts()
    print(json.dumps({"weights": learned.network.weights, "history": rows}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
