"""The MNIST network, a training step and an evaluation: the learner against the tutorial's loop.

Both train the same network on the same number of rows with the same batch size, dropout and Adam.
The tutorial side is what PyTorch's own examples show: a ``DataLoader`` over a ``TensorDataset`` of
float images, ``.item()`` at each step, nothing set in its environment. The learner reports progress
and writes checkpoints as in a run. Each turn is a process of its own; turns are interleaved.

CPU times are quoted too: on a busy machine they say more than the clock, at one thread.

Run: ``python benchmarks/training_step.py [--pairs 7] [--threads 2] [--images FILE --labels FILE]``.
Without files the images are random bytes, which cost the same time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRAIN_ROWS, TEST_ROWS, BATCH = 12_800, 10_000, 128


def data(images: str | None, labels: str | None):
    import numpy as np

    rows = TRAIN_ROWS + TEST_ROWS
    if images and labels:
        pixels = np.frombuffer(Path(images).read_bytes(), np.uint8, offset=16)
        digits = np.frombuffer(Path(labels).read_bytes(), np.uint8, offset=8)
        return pixels.reshape(-1, 28, 28, 1)[:rows].copy(), digits[:rows].copy()
    rng = np.random.default_rng(0)
    return (
        rng.integers(0, 256, (rows, 28, 28, 1)).astype(np.uint8),
        rng.integers(0, 10, rows).astype(np.uint8),
    )


def tutorial(images: str | None, labels: str | None) -> dict[str, float]:
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    pixels, digits = data(images, labels)
    x = torch.tensor(pixels).permute(0, 3, 1, 2).contiguous().float() / 255
    y = torch.tensor(digits).long()
    train = DataLoader(
        TensorDataset(x[:TRAIN_ROWS], y[:TRAIN_ROWS]), batch_size=BATCH, shuffle=True
    )
    test = DataLoader(TensorDataset(x[TRAIN_ROWS:], y[TRAIN_ROWS:]), batch_size=BATCH)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(1600, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()

    def epoch() -> float:
        model.train()
        total = 0.0
        for batch, target in train:
            optimizer.zero_grad()
            loss = criterion(model(batch), target)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    @torch.no_grad()
    def evaluate() -> float:
        model.eval()
        right = 0
        for batch, target in test:
            right += (model(batch).argmax(1) == target).sum().item()
        return right / TEST_ROWS

    epoch()
    started, started_cpu = time.perf_counter(), time.process_time()
    epoch()
    trained, trained_cpu = time.perf_counter(), time.process_time()
    evaluate()
    return {
        "train": (trained - started) / (TRAIN_ROWS / BATCH) * 1000,
        "train CPU": (trained_cpu - started_cpu) / (TRAIN_ROWS / BATCH) * 1000,
        "evaluate": time.perf_counter() - trained,
        "evaluate CPU": time.process_time() - trained_cpu,
    }


def learner(images: str | None, labels: str | None, threads: int) -> dict[str, float]:
    from flowengine.process import prepare_process

    prepare_process()
    import polars as pl

    from flowengine.network import Network, NetworkSpec
    from flowengine.registry import Registry
    from flowengine.tensor import TensorSpec
    from flowengine.testing import FakeContext

    pixels, digits = data(images, labels)
    table = pl.DataFrame({"image": pl.Series(pixels), "label": pl.Series(digits)})
    layer = Registry.default().load_layer
    spec = NetworkSpec.input("input", TensorSpec((28, 28, 1)))
    for name, kind, settings in (
        ("rescaling", "layer.rescaling", {"scale": 1 / 255}),
        ("conv_1", "layer.conv2d", {"filters": 32, "kernel_size": 3, "activation": "relu"}),
        ("pool_1", "layer.max_pooling2d", {}),
        ("conv_2", "layer.conv2d", {"filters": 64, "kernel_size": 3, "activation": "relu"}),
        ("pool_2", "layer.max_pooling2d", {}),
        ("flatten", "layer.flatten", {}),
        ("dropout", "layer.dropout", {"rate": 0.5}),
        ("dense", "layer.dense", {"units": 10, "activation": "softmax"}),
    ):
        spec = spec.apply(name, layer(kind, 1, settings))
    registry = Registry.default()
    learn = registry.load("network.learner").model_validate({"epochs": 2, "batch_size": BATCH})
    apply = registry.load("network.executor")()

    class Watched(FakeContext):
        """Notes the CPU time at the first step of the second epoch."""

        second: float = 0.0

        def stopping(self) -> bool:
            self.points += 1
            if self.points == TRAIN_ROWS // BATCH:
                self.second = time.process_time()
            return False

        def check(self) -> None:
            pass

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ctx = Watched(place, threads=threads, resume=place / "checkpoints")
        learned = learn.execute(Network(spec), table[:TRAIN_ROWS], ctx)
        trained, trained_cpu = time.perf_counter(), time.process_time()
        apply.execute(learned.network, table[TRAIN_ROWS:].lazy(), ctx)
        return {
            "train": learned.history["seconds"][1] / (TRAIN_ROWS / BATCH) * 1000,
            "train CPU": (trained_cpu - ctx.second) / (TRAIN_ROWS / BATCH) * 1000,
            "evaluate": time.perf_counter() - trained,
            "evaluate CPU": time.process_time() - trained_cpu,
        }


def turn(side: str, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--threads", str(options.threads)]
    for name in ("images", "labels"):
        if value := getattr(options, name):
            command += [f"--{name}", value]
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=600
    )
    return json.loads(done.stdout)


def report(name: str, unit: str, ours: list[float], theirs: list[float], bar: float) -> None:
    def line(values: list[float]) -> str:
        return f"{statistics.median(values):.3g} {unit} ({min(values):.3g}–{max(values):.3g})"

    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"{name}: tutorial {line(theirs)}, learner {line(ours)}")
    best = min(theirs) / min(ours)
    print(
        f"  ratio of medians {ratio:.2f}; of pairs {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}–{max(ratios):.2f}); of the best turns {best:.2f}; "
        f"bar {bar} {'met' if ratio >= bar else 'MISSED'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images")
    parser.add_argument("--labels")
    parser.add_argument("--side", choices=["tutorial", "learner"])
    options = parser.parse_args()
    if options.side == "tutorial":
        print(json.dumps(tutorial(options.images, options.labels)))
        return
    if options.side == "learner":
        print(json.dumps(learner(options.images, options.labels, options.threads)))
        return
    ours, theirs = [], []
    for number in range(options.pairs):
        theirs.append(turn("tutorial", options))
        ours.append(turn("learner", options))
        print(f"pair {number + 1}: tutorial {theirs[-1]}, learner {ours[-1]}", file=sys.stderr)
    for name, unit, bar in (
        ("train", "ms a step", 1.6),
        ("train CPU", "ms a step", 1.6),
        ("evaluate", "s for 10,000 images", 2.5),
        ("evaluate CPU", "s for 10,000 images", 2.5),
    ):
        report(name, unit, [one[name] for one in ours], [one[name] for one in theirs], bar)


if __name__ == "__main__":
    main()
