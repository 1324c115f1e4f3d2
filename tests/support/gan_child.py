"""A process that trains two small networks against one another and is there to be killed.

Called with a folder and a number of epochs, like ``learner_child.py``.
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
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.network.gan_learner import GanLearner


class Telling(FakeContext):
    """Says when the training has begun."""

    begun = False

    def metric(self, name: str, step: int, value: float) -> None:
        if not self.begun:
            self.begun = True
            print("training", flush=True)


def generator() -> NetworkSpec:
    spec = NetworkSpec.input("noise", TensorSpec((8,)))
    spec = spec.apply("hidden", Dense(units=32, activation="relu"))
    spec = spec.apply("norm", BatchNormalization())
    return spec.apply("made", Dense(units=12))


def discriminator() -> NetworkSpec:
    spec = NetworkSpec.input("row", TensorSpec((12,)))
    spec = spec.apply("hidden", Dense(units=32, activation="relu"))
    spec = spec.apply("drop", Dropout(rate=0.3))
    spec = spec.apply("own_drop", Dropout(rate=0.2, seed=7))
    return spec.apply("real", Dense(units=1))


def main(folder: Path, epochs: int) -> None:
    rows = np.random.default_rng(0).normal(size=(1500, 12)).astype(np.float32)
    ctx = Telling(folder, seed=11, resume=folder / "checkpoints")
    learned = GanLearner(epochs=epochs, batch_size=16, samples=3).execute(
        Network(generator()), Network(discriminator()), pl.DataFrame({"row": rows}), ctx
    )
    facts = {
        "generator": learned.generator.weights,
        "discriminator": learned.discriminator.weights,
        "samples": learned.samples.to_dicts(),
        "history": learned.history.drop("seconds").to_dicts(),
    }
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
