"""Two networks against one another: the training of a GAN. Imports torch.

In each step the discriminator learns to tell rows of the table from what the generator makes of
noise, then the generator learns to pass for a row of the table.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from flowengine.context import Context
from flowengine.errors import Cancelled
from flowengine.nn.build import BuiltNetwork
from flowengine.nn.checkpoint import Checkpoints
from flowengine.nn.feeds.batches import Feeder
from flowengine.nn.losses.probability import BinaryCrossentropy
from flowengine.nn.metrics.metric import ratio, zeros
from flowengine.nn.monitor import Monitor
from flowengine.nn.optimizers.optimizer import Stepper
from flowengine.nn.position import HistoryRow, Position, Sums
from flowengine.nn.resume import Resumable
from flowengine.nn.schedules import Schedule
from flowengine.pictures import is_picture, side_by_side

SHOWN = 36
"""Pictures that are shown side by side after an epoch, at most."""
FOLLOWED = ("generator_loss", "discriminator_loss", "real_score", "fake_score")
"""What is reported: both losses, and what the discriminator says of real and of made rows."""


@dataclass(frozen=True)
class GanSettings:
    """How a GAN is trained; the settings of the node of the same names."""

    schedule: Schedule
    epochs: int
    batch_size: int
    discriminator_steps: int
    label_smoothing: float
    noise: str
    samples: int
    seed: int


@dataclass
class Player:
    """One of the two networks with its optimizer."""

    built: BuiltNetwork
    stepper: Stepper

    def __call__(self, values: Tensor) -> Tensor:
        """Return its one output for its one input."""
        ((name, _),) = self.built.spec.inputs.items()
        output: Tensor
        (output,) = self.built({name: values}).values()
        return output


@dataclass
class Pair:
    """Both players, as a checkpoint sees them: one network, one optimizer."""

    generator: Player
    discriminator: Player
    layer_modules: Mapping[str, nn.Module] = field(init=False)

    def __post_init__(self) -> None:
        self.layer_modules = {
            f"{name}/{layer}": module
            for name, player in self.players()
            for layer, module in player.built.layer_modules.items()
        }

    def players(self) -> tuple[tuple[str, Player], ...]:
        """Return both players with their names."""
        return (("generator", self.generator), ("discriminator", self.discriminator))

    @property
    def steps(self) -> int:
        """Moves of the generator."""
        return self.generator.stepper.steps

    def export(self) -> dict[str, Tensor]:
        """Return the tensors of both optimizers."""
        counts = {
            f"{name}/steps": torch.tensor(player.stepper.steps) for name, player in self.players()
        }
        return counts | {
            f"{name}/{key}": tensor
            for name, player in self.players()
            for key, tensor in player.stepper.export().items()
        }

    def load(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Take up the tensors of both optimizers."""
        for name, player in self.players():
            start = f"{name}/"
            own = {
                key.removeprefix(start): tensor
                for key, tensor in tensors.items()
                if key.startswith(start)
            }
            player.stepper.load(own, int(own["steps"]))

    def gradients(self) -> dict[str, Tensor]:
        """Return nothing: no gradient outlives a step."""
        return {}

    def load_gradients(self, gradients: Mapping[str, Tensor]) -> None:
        """Take up nothing."""


class GanTrainer:
    """Trains a generator and a discriminator.

    Args:
        pair: Both, with the weights to start from.
        real: The rows that the generator learns to make.
        settings: How to train.
        checkpoints: Where to continue from and to save to.
        ctx: The node's context.
    """

    def __init__(
        self,
        pair: Pair,
        real: Feeder,
        settings: GanSettings,
        checkpoints: Checkpoints,
        ctx: Context,
    ) -> None:
        self.pair = pair
        self.generator, self.discriminator = pair.generator, pair.discriminator
        self.real = real
        self.settings = settings
        self.checkpoints = checkpoints
        self.ctx = ctx
        self.loss = BinaryCrossentropy(from_logits=True)
        self.is_logit = _last_activation(pair.discriminator.built) != "sigmoid"
        self.position = Position(self.sums())
        self.samples: dict[str, Tensor] = {}
        self.steps_per_epoch = -(-real.rows // settings.batch_size)
        self.steps = self.steps_per_epoch * settings.epochs
        self.monitor = Monitor(ctx, epochs=settings.epochs, steps=self.steps)
        self.resumable = Resumable(
            pair,
            pair,
            settings.schedule,
            self.position,
            settings.epochs,
            real.device,
            extra=self.samples,
        )
        generator = torch.Generator().manual_seed(settings.seed)
        self.shown = self.noise(settings.samples, generator)

    def run(self) -> list[HistoryRow]:
        """Train to the end, or until it is stopped, and return the history."""
        self.resumable.take_up(self.checkpoints, self.ctx)
        position = self.position
        try:
            while position.epoch < self.settings.epochs and not position.ended:
                self.train_epoch()
                if not position.ended:
                    self.finish_epoch()
        except Cancelled:
            if self.checkpoints.is_cheap:
                self.checkpoints.save(self.resumable.capture())
            raise
        self.checkpoints.save(self.resumable.capture())
        for _, player in self.pair.players():
            player.stepper.take_averages()
        return position.history

    def train_epoch(self) -> None:
        """Train on what is left of the epoch."""
        for _, player in self.pair.players():
            player.built.train()
        position, started = self.position, time.monotonic() - self.position.seconds
        for rows in self.batches():
            self.train_step(rows)
            position.step += 1
            position.seconds = time.monotonic() - started
            self.monitor.after_step(position.epoch, self.steps_done, self.running_values)
            if self.ctx.stopping():
                position.ended = "it was stopped"
                return
            if self.checkpoints.is_due():
                self.checkpoints.save(self.resumable.capture())

    @property
    def steps_done(self) -> int:
        """Steps since the training began."""
        return self.position.epoch * self.steps_per_epoch + self.position.step

    def batches(self) -> Iterator[Tensor]:
        """Yield the real rows of the epoch that have not been trained on, in a new order."""
        size = self.settings.batch_size
        shuffled = np.random.default_rng([self.settings.seed, self.position.epoch])
        order = shuffled.permutation(self.real.rows)
        for start in range(self.position.step * size, self.real.rows, size):
            (rows,) = self.real.take(order[start : start + size]).inputs.values()
            yield rows

    def train_step(self, real: Tensor) -> None:
        """Move the discriminator, as often as is set, then the generator once."""
        for _ in range(self.settings.discriminator_steps):
            made = self.generator(self.noise(len(real)))
            self.move_discriminator(real, made.detach())
        self.move_generator(made)

    def move_discriminator(self, real: Tensor, made: Tensor) -> None:
        """Let the discriminator learn to tell real rows from made ones."""
        of_real, of_made = self.logit(real), self.logit(made)
        smooth = 1.0 - self.settings.label_smoothing
        loss = self.cost(of_real, smooth) + self.cost(of_made, 0.0)
        self.move(self.discriminator, loss)
        self.count("discriminator_loss", loss, len(real))
        self.count("real_score", of_real.sigmoid().mean(), len(real))
        self.count("fake_score", of_made.sigmoid().mean(), len(real))

    def move_generator(self, made: Tensor) -> None:
        """Let the generator learn to be taken for real."""
        loss = self.cost(self.logit(made), 1.0)
        self.move(self.generator, loss)
        self.count("generator_loss", loss, len(made))

    def move(self, player: Player, loss: Tensor) -> None:
        """Move the weights of one player, its regularizers included."""
        penalty = player.built.penalty()
        player.stepper.zero_gradients()
        whole = loss if penalty is None else loss + penalty
        whole.backward(inputs=list(player.stepper.parameters.values()))  # type: ignore[no-untyped-call]
        player.stepper.step(player.stepper.optimizer.learning_rate * self.rate_factor())
        player.built.apply_constraints()

    def rate_factor(self) -> float:
        """Return what the schedule makes of both learning rates in this step."""
        return self.settings.schedule.factor(self.steps_done, self.steps)

    def logit(self, rows: Tensor) -> Tensor:
        """Return how real the discriminator takes rows to be, as a logit."""
        said = self.discriminator(rows)
        return said if self.is_logit else torch.logit(said, eps=1e-6)

    def cost(self, logit: Tensor, target: float) -> Tensor:
        """Return the cross-entropy of answers that all should be the same."""
        return self.loss.mean(torch.full_like(logit, target), logit)

    def noise(self, rows: int, generator: torch.Generator | None = None) -> Tensor:
        """Return noise for the generator."""
        spec = self.generator.built.spec
        (tensor,) = spec.inputs.values()
        shape = (rows, *(size or 1 for size in spec.tensors[tensor].shape))
        # A generator of its own lies on the CPU, so that what is shown is the same everywhere.
        device = self.real.device if generator is None else torch.device("cpu")
        if self.settings.noise == "uniform":
            drawn = torch.rand(shape, device=device, generator=generator) * 2 - 1
        else:
            drawn = torch.randn(shape, device=device, generator=generator)
        return drawn.to(self.real.device)

    def finish_epoch(self) -> None:
        """Write the epoch into the history, show samples and begin the next."""
        position = self.position
        values = self.running_values()
        row: dict[str, Any] = {"epoch": position.epoch + 1, **values}
        position.history.append({**row, "seconds": position.seconds})
        self.monitor.points(self.steps_done, values)
        position.epoch += 1
        made = self.samples[f"{position.epoch:06d}"] = self.show()
        if is_picture(made.shape[1:]):
            self.ctx.preview("samples", position.epoch, side_by_side(made[:SHOWN].numpy()))
        position.step, position.seconds = 0, 0.0
        position.sums = self.sums()
        if self.checkpoints.is_due(soon=True):
            self.checkpoints.save(self.resumable.capture())

    @torch.inference_mode()
    def show(self) -> Tensor:
        """Return what the generator makes of the noise that is the same for all epochs."""
        self.generator.built.eval()
        with self.generator.stepper.averaged():
            return self.generator(self.shown).float().cpu()

    def sums(self) -> Sums:
        """Return running sums of nothing."""
        device = self.real.device
        return {name: {"total": zeros(device), "count": zeros(device)} for name in FOLLOWED}

    def count(self, name: str, value: Tensor, rows: int) -> None:
        """Add a batch's value to the sums."""
        state = self.position.sums[name]
        state["total"] += value.detach() * rows
        state["count"] += rows

    def running_values(self) -> dict[str, float]:
        """Return the means of the epoch so far; waits for the device, once."""
        sums = self.position.sums
        means = [ratio(sums[name]["total"], sums[name]["count"]) for name in FOLLOWED]
        return dict(zip(FOLLOWED, torch.stack(means).tolist(), strict=True))


def _last_activation(built: BuiltNetwork) -> str:
    from flowengine.nn.feeds.ending import final_activation

    return final_activation(built.spec, built.spec.output)
