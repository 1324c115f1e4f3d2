"""flowengine's learners, as a run calls them: progress, metrics and checkpoints included.

The watch stops with the last step of the second epoch, as that of the others does. What the learner
writes behind it, which the others do not, is told apart: the last checkpoint and the network.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from _peers.stopwatch import Stopwatch
from _peers.tasks import LETTERS, NOISE, TASKS, THREADS, WINDOW, data
from flowengine.network import Network, NetworkSpec
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext

Layers = list[tuple[str, dict[str, Any]]]

CHAINS: dict[str, tuple[TensorSpec, Layers]] = {
    "mlp": (
        TensorSpec((784,)),
        [
            ("dense", {"units": 128, "activation": "relu"}),
            ("dropout", {"rate": 0.2}),
            ("dense", {"units": 10, "activation": "softmax"}),
        ],
    ),
    "cnn": (
        TensorSpec((28, 28, 1)),
        [
            ("conv2d", {"filters": 32, "kernel_size": 3, "activation": "relu"}),
            ("max_pooling2d", {}),
            ("conv2d", {"filters": 64, "kernel_size": 3, "activation": "relu"}),
            ("max_pooling2d", {}),
            ("flatten", {}),
            ("dropout", {"rate": 0.5}),
            ("dense", {"units": 10, "activation": "softmax"}),
        ],
    ),
    "lstm": (
        TensorSpec((WINDOW,), "uint8"),
        [
            ("one_hot", {"num_classes": LETTERS}),
            ("lstm", {"units": 256, "return_sequences": True}),
            ("dense", {"units": LETTERS, "activation": "softmax"}),
        ],
    ),
    "generator": (
        TensorSpec((NOISE,)),
        [
            ("dense", {"units": 1568, "use_bias": False}),
            ("batch_normalization", {}),
            ("relu", {}),
            ("reshape", {"target_shape": [7, 7, 32]}),
            ("conv2d_transpose", {"filters": 16, "kernel_size": 4, "strides": 2,
                                  "padding": "same", "use_bias": False}),
            ("batch_normalization", {}),
            ("relu", {}),
            ("conv2d_transpose", {"filters": 1, "kernel_size": 4, "strides": 2,
                                  "padding": "same", "activation": "tanh"}),
        ],
    ),
    "discriminator": (
        TensorSpec((28, 28, 1)),
        [
            ("conv2d", {"filters": 32, "kernel_size": 4, "strides": 2, "padding": "same"}),
            ("leaky_relu", {"negative_slope": 0.2}),
            ("conv2d", {"filters": 64, "kernel_size": 4, "strides": 2, "padding": "same"}),
            ("leaky_relu", {"negative_slope": 0.2}),
            ("flatten", {}),
            ("dense", {"units": 1}),
        ],
    ),
}  # fmt: skip


class Watched(FakeContext):
    """Takes the time of the second epoch's steps, and asks for checkpoints as a run does."""

    steps: int
    watch: Stopwatch
    seen = 0
    taken: dict[str, Any]

    def stopping(self) -> bool:
        self.seen += 1
        if self.seen == self.steps:
            self.watch.start()
        elif self.seen == 2 * self.steps:
            self.taken = self.watch.read(self.steps)
            self.watch.start()
        return False

    def check(self) -> None:
        """Nobody cancels."""


def layer(kind: str, settings: dict[str, Any]) -> Any:
    """Return a layer by the name of its type."""
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


def chain(name: str) -> NetworkSpec:
    """Return a network whose layers stand in a row."""
    shape, layers = CHAINS[name]
    spec = NetworkSpec.input("input", shape)
    for place, (kind, settings) in enumerate(layers):
        spec = spec.apply(f"{kind}_{place}", layer(kind, settings))
    return spec


def _convolved(spec: NetworkSpec, name: str, filters: int, size: int, stride: int) -> NetworkSpec:
    settings = {"filters": filters, "kernel_size": size, "strides": stride,
                "padding": "same", "use_bias": False}  # fmt: skip
    spec = spec.apply(f"{name}_conv", layer("conv2d", settings))
    return spec.apply(f"{name}_norm", layer("batch_normalization", {}))


def _resnet18() -> NetworkSpec:
    spec = _convolved(NetworkSpec.input("input", TensorSpec((32, 32, 3))), "stem", 64, 3, 1)
    spec = spec.apply("stem", layer("relu", {}))
    for filters in (64, 128, 256, 512):
        for place in range(2):
            name, stride = f"block_{filters}_{place}", 2 if place == 0 and filters > 64 else 1
            begin = spec
            first = _convolved(begin, f"{name}_1", filters, 3, stride)
            first = first.apply(f"{name}_relu", layer("relu", {}))
            second = _convolved(first, f"{name}_2", filters, 3, 1)
            beside = _convolved(begin, f"{name}_0", filters, 1, stride) if stride > 1 else begin
            both = second.merge(beside)
            spec = both.apply(f"{name}_add", layer("add", {}), [second.output, beside.output])
            spec = spec.apply(name, layer("relu", {}))
    spec = spec.apply("mean", layer("global_average_pooling2d", {}))
    return spec.apply("dense", layer("dense", {"units": 10, "activation": "softmax"}))


def train(name: str) -> dict[str, Any]:
    """Train and return what it took."""
    task, watch = TASKS[name], Stopwatch()
    x, y = data(name)
    table = pl.DataFrame({"x": pl.Series(x), "y": pl.Series(y)})
    settings = {"epochs": 2, "batch_size": task.batch}
    load = Registry.default().load
    with tempfile.TemporaryDirectory() as folder:
        ctx = Watched(Path(folder), threads=THREADS, resume=Path(folder) / "checkpoints")
        ctx.steps, ctx.watch = task.steps, watch
        if name == "gan":
            learner = load("network.gan_learner").model_validate({**settings, "columns": ("x",)})
            specs = [chain("generator"), chain("discriminator")]
            learned = learner.execute(*map(Network, specs), table, ctx)
            loss = "discriminator_loss"
        else:
            specs = [_resnet18() if name == "resnet18" else chain(name)]
            learner = load("network.learner").model_validate({**settings, "metrics": ()})
            learned = learner.execute(Network(specs[0]), table, ctx)
            loss = "loss"
        count = sum(spec.trainable_parameters for spec in specs)
        end = watch.read(1)["processor"]
        return {**ctx.taken, "end": end, "parameters": count, "loss": learned.history[loss][-1]}
