"""Two networks and a table become a trained generator and discriminator. Imports torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from flowengine.binding import Binding
from flowengine.context import Context
from flowengine.network import Network
from flowengine.nn.adversarial import GanSettings, GanTrainer, Pair, Player
from flowengine.nn.build import build, load_weights, network_weights, save_weights
from flowengine.nn.checkpoint import Checkpoints
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.feeds.batches import Feeder
from flowengine.nn.feeds.categories import fit_binding
from flowengine.nn.optimizers.optimizer import Optimizer, Stepper
from flowengine.nn.position import HistoryRow


@dataclass(frozen=True)
class Matched:
    """Both trained networks, one row for each epoch, and samples by epoch."""

    generator: Network
    discriminator: Network
    history: list[HistoryRow]
    samples: dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]


def learn_gan(
    generator: Network,
    discriminator: Network,
    table: pl.DataFrame,
    binding: Binding,
    optimizers: tuple[Optimizer, Optimizer],
    settings: GanSettings,
    ctx: Context,
) -> Matched:
    """Train a generator and a discriminator against one another.

    Args:
        generator: Makes rows of noise.
        discriminator: Tells real rows from made ones.
        table: The real rows.
        binding: What feeds the discriminator.
        optimizers: The generator's and the discriminator's.
        settings: How to train.
        ctx: The node's context.

    Raises:
        DataError: The data does not fit.
    """
    device = torch_device(ctx.device)
    binding = fit_binding(binding, discriminator.spec, table, {})
    with borrowed_torch(device, threads=ctx.threads, seed=settings.seed):
        players = []
        for network, optimizer in zip((generator, discriminator), optimizers, strict=True):
            built = build(network.spec)
            load_weights(built, network_weights(network, settings.seed))
            built.to(device)
            players.append(Player(built, Stepper(optimizer, built.trainable(), built.axes())))
        trainer = GanTrainer(
            Pair(*players),
            Feeder(table, binding, discriminator.spec, {}, device),
            settings,
            Checkpoints(ctx.resume),
            ctx,
        )
        history = trainer.run()
        _warn(trainer, history, ctx)
        samples = {int(epoch): made.numpy() for epoch, made in sorted(trainer.samples.items())}
        return Matched(
            _trained(generator, players[0], None, ctx),
            _trained(discriminator, players[1], binding, ctx),
            history,
            samples,
        )


def _trained(network: Network, player: Player, binding: Binding | None, ctx: Context) -> Network:
    weights = {**network.weights, **save_weights(player.built, ctx.blobs)}
    return Network(replace(network.spec, binding=binding), weights, binding, ctx.blobs)


def _warn(trainer: GanTrainer, history: list[HistoryRow], ctx: Context) -> None:
    position = trainer.position
    if position.ended:
        epochs = f"{position.epoch} of {trainer.settings.epochs} epochs"
        ctx.warn(f"the training ended after {epochs}: {position.ended}")
    last = history[-1]["generator_loss"] if history else None
    if last is not None and not math.isfinite(last):
        ctx.warn(f"the generator's loss is {last}; smaller learning rates may help")
