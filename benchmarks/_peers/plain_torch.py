"""PyTorch without anything around it: as its tutorials do it, and with batches cut by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from _peers.stopwatch import Stopwatch
from _peers.tasks import NOISE, TASKS, data
from _peers.torch_networks import channels_first, gan, network, parameters, use_threads


def tutorial(name: str) -> dict[str, Any]:
    """Train with a ``DataLoader`` and ``.item()`` at each step, as PyTorch's tutorials do."""
    x, y = tensors(name)
    loader = DataLoader(TensorDataset(x, y), batch_size=TASKS[name].batch, shuffle=True)
    return _train(name, lambda: iter(loader), tells=True)


def by_hand(name: str) -> dict[str, Any]:
    """Train with batches cut out of the tensors, and nothing told on the way."""
    x, y = tensors(name)

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        for rows in torch.randperm(len(x)).split(TASKS[name].batch):
            yield x[rows], y[rows]

    return _train(name, batches, tells=False)


def tensors(name: str) -> tuple[Tensor, Tensor]:
    """Return the data as tensors."""
    x, y = data(name)
    return channels_first(torch.from_numpy(x)), torch.from_numpy(y).long()


def _train(name: str, batches: Any, *, tells: bool) -> dict[str, Any]:
    use_threads()
    if name == "gan":
        return _train_gan(batches, tells=tells)
    net = network(name).train()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    cost = nn.CrossEntropyLoss()
    watch = Stopwatch()
    for epoch in range(2):
        if epoch == 1:
            watch.start()
        told = 0.0
        for x, y in batches():
            optimizer.zero_grad()
            loss = cost(net(x), y)
            loss.backward()
            optimizer.step()
            if tells:
                told += loss.item()
    return watch.read(TASKS[name].steps, parameters=parameters(net), loss=loss.item())


def _train_gan(batches: Any, *, tells: bool) -> dict[str, Any]:
    generator, discriminator = gan()
    players = [
        torch.optim.Adam(one.parameters(), lr=0.0002, betas=(0.5, 0.999))
        for one in (generator, discriminator)
    ]
    watch = Stopwatch()
    for epoch in range(2):
        if epoch == 1:
            watch.start()
        told = 0.0
        for real, _ in batches():
            losses = gan_step(generator, discriminator, players, real)
            if tells:
                told += sum(loss.item() for loss in losses)
    count = parameters(generator, discriminator)
    return watch.read(TASKS["gan"].steps, parameters=count, loss=losses[0].item())


def gan_step(
    generator: nn.Module,
    discriminator: nn.Module,
    players: list[torch.optim.Optimizer],
    real: Tensor,
) -> tuple[Tensor, Tensor]:
    """Move the discriminator, then the generator; return both losses."""
    cost = nn.BCEWithLogitsLoss()
    for_generator, for_discriminator = players
    ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
    made = generator(torch.randn(len(real), NOISE))
    for_discriminator.zero_grad()
    judged = cost(discriminator(real), ones) + cost(discriminator(made.detach()), zeros)
    judged.backward()
    for_discriminator.step()
    for_generator.zero_grad()
    passed = cost(discriminator(made), ones)
    passed.backward()
    for_generator.step()
    return judged.detach(), passed.detach()
