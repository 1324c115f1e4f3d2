"""The networks as PyTorch users write them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from _peers.tasks import LETTERS, NOISE, THREADS


class Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(y)) + self.shortcut(x))


class Letters(nn.Module):
    """An LSTM over letters that answers at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(LETTERS, 256, batch_first=True)
        self.dense = nn.Linear(256, LETTERS)

    def forward(self, x: Tensor) -> Tensor:
        letters = functional.one_hot(x.long(), LETTERS).float()
        return self.dense(self.lstm(letters)[0]).transpose(1, 2)


def network(name: str) -> nn.Module:
    """Return a network that answers with logits."""
    if name == "mlp":
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
    if name == "lstm":
        return Letters()
    if name == "resnet18":
        blocks = [Residual(64, 64, 1), Residual(64, 64, 1)]
        for inputs, outputs in ((64, 128), (128, 256), (256, 512)):
            blocks += [Residual(inputs, outputs, 2), Residual(outputs, outputs, 1)]
        return nn.Sequential(
            nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )  # fmt: skip


def gan() -> tuple[nn.Module, nn.Module]:
    """Return a generator and a discriminator."""
    generator = nn.Sequential(
        nn.Linear(NOISE, 1568, bias=False), nn.BatchNorm1d(1568), nn.ReLU(),
        nn.Unflatten(1, (32, 7, 7)),
        nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Tanh(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(3136, 1),
    )  # fmt: skip
    return generator, discriminator


def channels_first(x: Tensor) -> Tensor:
    """Return images as PyTorch wants them; other rows as they are."""
    return x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x


def parameters(*networks: nn.Module) -> int:
    """Return the number of trainable parameters; of both biases of an LSTM only one."""
    doubled = sum(
        one.bias_hh_l0.numel()
        for network in networks
        for one in network.modules()
        if isinstance(one, nn.LSTM)
    )
    return sum(one.numel() for network in networks for one in network.parameters()) - doubled


def use_threads() -> None:
    """Compute in as many threads as every other side."""
    torch.set_num_threads(THREADS)
