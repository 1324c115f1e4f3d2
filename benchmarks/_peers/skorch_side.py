"""skorch: PyTorch behind scikit-learn's interface. It has no training of two networks."""

from __future__ import annotations

from typing import Any

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback
from torch import nn

from _peers.plain_torch import tensors
from _peers.stopwatch import Stopwatch
from _peers.tasks import TASKS
from _peers.torch_networks import network, parameters, use_threads


class SecondEpoch(Callback):
    """Starts the watch with the second epoch."""

    def __init__(self, watch: Stopwatch) -> None:
        self.watch = watch

    def on_epoch_begin(self, net: Any, **others: Any) -> None:
        if len(net.history) == 2:
            self.watch.start()


def train(name: str) -> dict[str, Any]:
    """Train and return what it took."""
    use_threads()
    task, watch = TASKS[name], Stopwatch()
    x, y = tensors(name)
    net = NeuralNetClassifier(
        network(name), criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=0.001,
        max_epochs=2, batch_size=task.batch, train_split=None, verbose=0,
        iterator_train__shuffle=True, callbacks=[("second", SecondEpoch(watch))],
        classes=list(range(10)),
    )  # fmt: skip
    net.fit(x, y)
    loss = net.history[-1, "train_loss"]
    return watch.read(task.steps, parameters=parameters(net.module_), loss=loss)
