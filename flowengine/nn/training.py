"""The training loop: epochs, steps, validation, checkpoints. Imports torch.

Everything that decides the result is a function of the data, the settings and the seed; where the
training stands is one object, which a checkpoint holds whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from flowengine.context import Context
from flowengine.errors import Cancelled
from flowengine.nn.build import BuiltNetwork
from flowengine.nn.carrying import States, carried_states, pieces, read_ahead
from flowengine.nn.checkpoint import Checkpoints
from flowengine.nn.feeds.batches import Batch, Feeder
from flowengine.nn.monitor import Monitor
from flowengine.nn.objective import Objective
from flowengine.nn.optimizers.optimizer import Stepper
from flowengine.nn.position import HistoryRow, Position
from flowengine.nn.precision import LossScale
from flowengine.nn.resume import Resumable, kept_tensors
from flowengine.nn.schedules import Schedule
from flowengine.nn.stagnation import EarlyStopping, ReduceOnPlateau

STAGNATION = "it did not get better any more"


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is trained.

    Args:
        epochs: Passes over the training data.
        batch_size: Rows in a step.
        validation_batch_size: Rows in a step of validation.
        shuffle: Whether each epoch has its own order of rows.
        terminate_on_nan: Whether to end when the loss is no number any more.
        seed: Seed of the order and of dropout.
        accumulation: Batches whose gradients are added up before the weights move.
        early_stopping: When to end because nothing gets better.
        reduce_on_plateau: When to lower the learning rate because nothing gets better.
        piece: Steps of a piece, where windows are trained piece by piece.
        sequences: Whether there is a target at every step of a window.
    """

    epochs: int
    batch_size: int
    validation_batch_size: int
    shuffle: bool
    terminate_on_nan: bool
    seed: int
    accumulation: int = 1
    early_stopping: EarlyStopping | None = None
    reduce_on_plateau: ReduceOnPlateau | None = None
    piece: int | None = None
    sequences: bool = False


class Trainer:
    """Trains a built network.

    Args:
        built: The network, with the weights to start from.
        objective: Losses and metrics.
        stepper: The optimizer at work on the network's parameters.
        schedule: How the learning rate changes.
        settings: How to train.
        training: The training data.
        validation: The validation data, if there is any.
        checkpoints: Where to continue from and to save to.
        ctx: The node's context.
    """

    def __init__(
        self,
        built: BuiltNetwork,
        objective: Objective,
        stepper: Stepper,
        schedule: Schedule,
        settings: TrainingSettings,
        training: Feeder,
        validation: Feeder | None,
        checkpoints: Checkpoints,
        ctx: Context,
    ) -> None:
        self.built = built
        self.objective = objective
        self.stepper = stepper
        self.schedule = schedule
        self.settings = settings
        self.training = training
        self.validation = validation
        self.checkpoints = checkpoints
        self.ctx = ctx
        self.position = Position(objective.start())
        self.saved_at = -1
        in_pieces = settings.piece is not None
        # In pieces, batches that belong together are one step: they go side by side.
        self.group = 1 if in_pieces else settings.accumulation
        self.rows = settings.batch_size * (settings.accumulation if in_pieces else 1)
        self.steps_per_epoch = -(-training.rows // self.rows)
        self.steps = self.steps_per_epoch * settings.epochs
        self.monitor = Monitor(ctx, epochs=settings.epochs, steps=self.steps)
        self.scale = LossScale(training.device) if objective.precision == "float16" else None
        self.resumable = Resumable(
            built, stepper, schedule, self.position, settings.epochs, training.device, self.scale
        )

    def run(self) -> list[HistoryRow]:
        """Train to the end, or until it is stopped, and return the history."""
        if self.resumable.take_up(self.checkpoints, self.ctx):
            self.saved_at = self.steps_done
            self.look_for_stagnation()
        try:
            while self.position.epoch < self.settings.epochs and not self.position.ended:
                self.train_epoch()
                if not self.position.ended:
                    self.finish_epoch()
        except Cancelled:
            if self.checkpoints.is_cheap:
                self.save()
            raise
        self.save()
        self.take_final_weights()
        return self.position.history + self.unfinished_epoch()

    def train_epoch(self) -> None:
        """Train on what is left of the epoch."""
        self.built.train()
        started = time.monotonic() - self.position.seconds
        for batch in self.batches():
            self.train_step(batch)
            self.position.step += 1
            self.position.seconds = time.monotonic() - started
            self.report()
            if self.position.ended:
                return
            if self.checkpoints.is_due():
                self.save()

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of the epoch that have not been trained on."""
        size = self.rows
        order = self.order()
        for start in range(self.position.step * size, self.training.rows, size):
            yield self.training.take(order[start : start + size])

    def order(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the order of the rows in the epoch; it follows from the seed and the epoch."""
        if not self.settings.shuffle:
            return np.arange(self.training.rows)
        generator = np.random.default_rng([self.settings.seed, self.position.epoch])
        return generator.permutation(self.training.rows)

    def train_step(self, batch: Batch) -> None:
        """Learn from a batch; the weights move where it ends a group."""
        if self.settings.piece is not None:
            self.train_in_pieces(batch, self.settings.piece)
            return
        if self.is_first_of_group:
            self.stepper.zero_gradients()
        self.add_gradients(batch, batch.rows / self.rows_of_group())
        if self.is_last_of_group:
            self.move()

    def train_in_pieces(self, batch: Batch, steps: int) -> None:
        """Move the weights once for each piece of the windows.

        Batches whose gradients are added up go through their windows side by side.
        """
        parts = batch.divided(self.settings.batch_size)
        carried: list[States] = [{} for _ in parts]
        alike = [pieces(part, steps, sequences=self.settings.sequences) for part in parts]
        for row in zip(*alike, strict=True):
            self.stepper.zero_gradients()
            for part, (piece, has_target), states in zip(parts, row, carried, strict=True):
                with carried_states(self.built, states):
                    if has_target:
                        self.add_gradients(piece, part.rows / batch.rows)
                    else:
                        read_ahead(self.built, piece)
            if any(has_target for _, has_target in row):
                self.move()

    def add_gradients(self, batch: Batch, share: float) -> None:
        """Measure a batch or piece, which is a share of what moves the weights."""
        loss = self.objective.measure(self.built, batch, self.position.sums, share=share)
        if self.scale is not None:
            loss = self.scale.up(loss)
        loss.backward()  # type: ignore[no-untyped-call]

    def move(self) -> None:
        """Move the weights along the gradients."""
        if self.can_move():
            self.stepper.step(self.learning_rate(self.steps_done))
            self.built.apply_constraints()

    def can_move(self) -> bool:
        """Return whether the gradients are numbers, where the precision makes that a question."""
        return self.scale is None or self.scale.down(self.stepper.gradients().values())

    @property
    def is_first_of_group(self) -> bool:
        """Whether the step begins a group of batches whose gradients are added up."""
        return self.position.step % self.group == 0

    @property
    def is_last_of_group(self) -> bool:
        """Whether the weights move after the step; always at the end of an epoch."""
        done = self.position.step + 1
        return done % self.group == 0 or done == self.steps_per_epoch

    def rows_of_group(self) -> int:
        """Return the rows of all batches whose gradients are added up."""
        size = self.rows * self.group
        begun = self.position.step // self.group * size
        return min(size, self.training.rows - begun)

    @property
    def steps_done(self) -> int:
        """Steps since the training began."""
        return self.position.epoch * self.steps_per_epoch + self.position.step

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        factor = self.schedule.factor(step, self.steps)
        return self.stepper.optimizer.learning_rate * factor * self.position.rate_factor

    def report(self) -> None:
        """Tell the context where the training is; see whether it is to end."""
        is_new = self.monitor.after_step(self.position.epoch, self.steps_done, self.running_values)
        if is_new:
            self.look_for_nan(self.monitor.values["loss"])
        if self.ctx.stopping():
            self.position.ended = "it was stopped"

    def running_values(self) -> dict[str, float]:
        """Return loss and metrics of the epoch so far."""
        return self.objective.results(self.position.sums)

    def look_for_nan(self, loss: float) -> None:
        """End the training if that was asked for and the loss is no number."""
        if self.settings.terminate_on_nan and not np.isfinite(loss):
            self.position.ended = f"the loss became {loss}"

    def finish_epoch(self) -> None:
        """Validate, write the epoch into the history and begin the next."""
        position = self.position
        started = time.monotonic()
        values = self.running_values()
        validated = self.validate()
        self.look_for_nan(values["loss"])
        seconds = position.seconds + time.monotonic() - started
        position.history.append(
            {
                "epoch": position.epoch + 1,
                **values,
                **validated,
                "learning_rate": self.learning_rate(self.steps_done - 1),
                "seconds": seconds,
            }
        )
        self.monitor.points(self.steps_done, {**values, **validated})
        position.epoch += 1
        self.watch({**values, **validated})
        position.step, position.seconds = 0, 0.0
        position.sums = self.objective.start()
        if self.checkpoints.is_due(soon=True):
            self.save()

    def watch(self, values: Mapping[str, float]) -> None:
        """Let the rules about stagnation look at an epoch that is done."""
        position, stopping = self.position, self.settings.early_stopping
        if stopping is not None:
            name = stopping.watched(values, setting="early_stopping")
            is_best = stopping.look(
                position.stopping, position.epoch, values[name], self.objective.direction(name)
            )
            if is_best and stopping.restore_best_weights:
                kept = kept_tensors(self.built)
                position.best = {key: tensor.detach().clone() for key, tensor in kept.items()}
            self.look_for_stagnation()
        plateau = self.settings.reduce_on_plateau
        if plateau is not None:
            name = plateau.watched(values, setting="reduce_on_plateau")
            rate = self.stepper.optimizer.learning_rate * position.rate_factor
            new = plateau.look(position.plateau, values[name], rate, self.objective.direction(name))
            if new != rate:
                position.rate_factor *= new / rate

    def look_for_stagnation(self) -> None:
        """End the training if that was asked for and it does not get better."""
        stopping = self.settings.early_stopping
        if stopping is not None and stopping.is_over(self.position.stopping):
            self.position.ended = STAGNATION

    @torch.no_grad()
    def take_final_weights(self) -> None:
        """Put back the weights of the best epoch, or their averages, where either was kept."""
        if not self.position.best:
            self.stepper.take_averages()
        kept = kept_tensors(self.built)
        for name, tensor in self.position.best.items():
            kept[name].copy_(tensor)

    def validate(self) -> dict[str, float]:
        """Return loss and metrics on the validation data, as ``val_…``."""
        if self.validation is None:
            return {}
        values = evaluate(
            self.built,
            self.objective,
            self.validation,
            self.settings.validation_batch_size,
            self.ctx,
        )
        return {f"val_{name}": value for name, value in values.items()}

    def unfinished_epoch(self) -> list[HistoryRow]:
        """Return the row of an epoch that was stopped, without validation."""
        if self.position.step == 0:
            return []
        values = self.running_values()
        return [
            {
                "epoch": self.position.epoch + 1,
                **values,
                **({f"val_{name}": None for name in values} if self.validation else {}),
                "learning_rate": self.learning_rate(self.steps_done - 1),
                "seconds": self.position.seconds,
            }
        ]

    def save(self) -> None:
        """Write a checkpoint, unless the last one says the same."""
        if self.saved_at != self.steps_done:
            self.checkpoints.save(self.resumable.capture(gradients=not self.is_first_of_group))
            self.saved_at = self.steps_done


@torch.inference_mode()
def evaluate(
    built: BuiltNetwork, objective: Objective, data: Feeder, batch_size: int, ctx: Context
) -> dict[str, float]:
    """Return loss and metrics of a network on data; a cancellation point at each batch."""
    built.eval()
    sums = objective.start()
    for start in range(0, data.rows, batch_size):
        index = np.arange(start, min(start + batch_size, data.rows))
        objective.measure(built, data.take(index), sums)
        ctx.check()
    return objective.results(sums)
