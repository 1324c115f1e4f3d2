"""The tutorial's training of a small convolutional network on MNIST in plain PyTorch.

As PyTorch's own examples show it: a ``DataLoader`` over a ``TensorDataset`` of float images, Adam
with a constant rate, ``.item()`` at each step, an evaluation after each epoch. Batch size, dropout
and network are those of Keras' MNIST example unless told otherwise. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path


def idx_tensors(split: str):
    import numpy as np
    import torch

    from flowengine.data.cache import data_path

    def file(what: str) -> Path:
        return data_path(f"mnist/{split}-{what}", fetch=True)

    pixels = np.fromfile(file("images"), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    digits = np.fromfile(file("labels"), np.uint8, offset=8)
    return torch.tensor(pixels).float() / 255, torch.tensor(digits).long()


def main() -> None:
    started = time.perf_counter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--until", type=float, default=2.0, help="accuracy that ends the training")
    options = parser.parse_args()

    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(options.seed)
    size = options.batch_size
    train = DataLoader(TensorDataset(*idx_tensors("train")), batch_size=size, shuffle=True)
    test = DataLoader(TensorDataset(*idx_tensors("test")), batch_size=size)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(options.dropout),
        nn.Linear(1600, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    accuracies: list[float] = []
    evaluating = 0.0
    for _ in range(options.epochs):
        model.train()
        total = 0.0
        for batch, target in train:
            optimizer.zero_grad()
            loss = criterion(model(batch), target)
            loss.backward()
            optimizer.step()
            total += loss.item()
        before = time.perf_counter()
        model.eval()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in test)
        accuracies.append(right / len(test.dataset))
        last = time.perf_counter() - before
        evaluating += last
        if accuracies[-1] >= options.until:
            break
    # Who trains for a result evaluates once: the other evaluations are a gift to this side.
    seconds = time.perf_counter() - started - (evaluating - last)
    print(json.dumps({"accuracies": accuracies, "seconds": seconds}))


if __name__ == "__main__":
    main()
