"""PyTorch Lightning: a module and its trainer, with logging, files and bars left out."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from _peers.plain_torch import gan_step, tensors
from _peers.stopwatch import Stopwatch
from _peers.tasks import TASKS
from _peers.torch_networks import gan, network, parameters, use_threads


class Classifier(lightning.LightningModule):
    """A network with its loss and optimizer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.net = network(name)
        self.cost = nn.CrossEntropyLoss()

    def training_step(self, batch: list[Tensor], place: int) -> Tensor:
        return self.cost(self.net(batch[0]), batch[1])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=0.001)


class Adversaries(lightning.LightningModule):
    """Two networks moved by hand, which is Lightning's way with several optimizers."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.generator, self.discriminator = gan()

    def training_step(self, batch: list[Tensor], place: int) -> None:
        gan_step(self.generator, self.discriminator, self.optimizers(), batch[0])

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        return [
            torch.optim.Adam(one.parameters(), lr=0.0002, betas=(0.5, 0.999))
            for one in (self.generator, self.discriminator)
        ]


class SecondEpoch(lightning.Callback):
    """Starts the watch with the second epoch."""

    def __init__(self, watch: Stopwatch) -> None:
        self.watch = watch
        self.last: Any = None

    def on_train_epoch_start(self, trainer: Any, module: Any) -> None:
        if trainer.current_epoch == 1:
            self.watch.start()

    def on_train_batch_end(
        self, trainer: Any, module: Any, outputs: Any, batch: Any, place: int
    ) -> None:
        self.last = outputs


def train(name: str) -> dict[str, Any]:
    """Train and return what it took."""
    use_threads()
    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    task, watch = TASKS[name], Stopwatch()
    loader = DataLoader(TensorDataset(*tensors(name)), batch_size=task.batch, shuffle=True)
    module = Adversaries() if name == "gan" else Classifier(name)
    seen = SecondEpoch(watch)
    trainer = lightning.Trainer(
        max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, callbacks=[seen],
    )  # fmt: skip
    trainer.fit(module, loader)
    loss = float(seen.last["loss"]) if seen.last else None
    return watch.read(task.steps, parameters=parameters(module), loss=loss)
