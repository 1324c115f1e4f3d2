"""What is trained: five networks by name, with the same data for every side."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Task:
    """A network to train.

    Args:
        title: In words.
        batch: Rows in a step.
        steps: Steps in an epoch; one epoch warms up, the next is measured.
        parameters: What the network has, which every side has to confirm.
    """

    title: str
    batch: int
    steps: int
    parameters: int

    @property
    def rows(self) -> int:
        """Rows of the data."""
        return self.batch * self.steps


LETTERS, WINDOW, NOISE = 96, 100, 64

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
"""Threads of each side, which the benchmark hands to its processes."""

TASKS = {
    "mlp": Task("MLP 784-128-10", 128, 300, 101_770),
    "cnn": Task("MNIST CNN", 128, 30, 34_826),
    "resnet18": Task("ResNet-18, 32×32", 16, 10, 11_173_962),
    "lstm": Task("char-LSTM 256", 32, 12, 386_144),
    "gan": Task("small GAN", 64, 40, 148_482),
}


def data(name: str) -> tuple[Array, Array]:
    """Return inputs, channels last, and what the network is to answer."""
    rng = np.random.default_rng(0)
    rows = TASKS[name].rows
    if name == "mlp":
        x = rng.random((rows, 784), np.float32)
    elif name == "lstm":
        items = rng.integers(0, LETTERS, (rows, WINDOW + 1)).astype(np.uint8)
        return items[:, :-1].copy(), items[:, 1:].copy()
    elif name == "resnet18":
        x = rng.random((rows, 32, 32, 3), np.float32)
    elif name == "gan":
        x = rng.random((rows, 28, 28, 1), np.float32) * 2 - 1
    else:
        x = rng.random((rows, 28, 28, 1), np.float32)
    return x, rng.integers(0, 10, rows).astype(np.uint8)
