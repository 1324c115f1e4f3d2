"""A network and a table become a trained network: the learner's work in order. Imports torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
import torch

from flowengine.context import Context
from flowengine.errors import ConfigureError, DataError, StoreError
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import build, load_weights, network_weights, save_weights
from flowengine.nn.checkpoint import Checkpoints
from flowengine.nn.devices import borrowed_torch, free_memory, torch_device
from flowengine.nn.feeds.batches import Feeder
from flowengine.nn.feeds.binding import Plan
from flowengine.nn.feeds.categories import fit_binding
from flowengine.nn.feeds.filling import filling_doubts
from flowengine.nn.feeds.ragged import masked_spec
from flowengine.nn.feeds.row_weights import row_weights
from flowengine.nn.history import MetricsByOutput
from flowengine.nn.memory_estimate import FLOAT, check_memory, estimate_memory
from flowengine.nn.objective import Objective
from flowengine.nn.optimizers.optimizer import Optimizer, Stepper
from flowengine.nn.position import HistoryRow
from flowengine.nn.precision import Precision
from flowengine.nn.schedules import Schedule
from flowengine.nn.training import STAGNATION, Trainer, TrainingSettings
from flowengine.values import Model

STATE_KIND = "optimizer_state"
"""Kind of the model that a learner gives beside the network."""


@dataclass(frozen=True)
class Recipe:
    """All that is set about a training.

    Args:
        plan: What feeds what, and the losses.
        metrics: Metrics by output name.
        optimizer: The optimizer.
        schedule: How its learning rate changes.
        settings: Epochs, batches, seed.
        loss_weights: Factor of an output's loss in the sum, by its name.
        class_weight: How much the rows of a class count while training.
        sample_weight: Column that says how much a row counts.
        validation_split: Last part of the training data, which only validates.
        precision: Numbers in which the network computes.
    """

    plan: Plan
    metrics: MetricsByOutput
    optimizer: Optimizer
    schedule: Schedule
    settings: TrainingSettings
    loss_weights: Mapping[str, float] | None = None
    class_weight: Mapping[str, float] | None = None
    sample_weight: str | None = None
    validation_split: float = 0.0
    precision: Precision = "float32"


@dataclass(frozen=True)
class Learned:
    """The trained network, one row for each epoch, and the optimizer's state."""

    network: Network
    history: list[HistoryRow]
    state: Model


def learn(
    network: Network,
    training: pl.DataFrame,
    validation: pl.DataFrame | None,
    state: Model | None,
    recipe: Recipe,
    ctx: Context,
) -> Learned:
    """Train a network.

    Args:
        network: The network; layers without weights start from the seed.
        training: The training data.
        validation: Data to validate with after each epoch.
        state: The optimizer's state after an earlier training.
        recipe: How to train.
        ctx: The node's context.

    Raises:
        DataError: The data does not fit.
        ConfigureError: The optimizer's state does not fit.
    """
    spec, losses, settings = network.spec, recipe.plan.losses, recipe.settings
    device = torch_device(ctx.device)
    _check_memory(spec, recipe, training.height, device)
    binding = fit_binding(recipe.plan.binding, spec, training, losses)
    for doubt in filling_doubts(binding, spec, training, losses):
        ctx.warn(doubt)
    with borrowed_torch(device, threads=ctx.threads, seed=settings.seed):
        built = build(masked_spec(spec, binding, training.schema))
        load_weights(built, network_weights(network, settings.seed))
        built.to(device)
        stepper = Stepper(recipe.optimizer, built.trainable(), built.axes())
        if state is not None:
            load_state(stepper, state)
        training, validation = _divided(training, validation, recipe.validation_split)
        if training.is_empty():
            raise DataError(
                f"validation_split {recipe.validation_split:g} leaves no row of "
                f"{0 if validation is None else validation.height} to learn from; make it smaller"
            )
        weigh = partial(row_weights, binding=binding, spec=spec, losses=losses)
        validating = validation is not None and validation.height > 0
        trainer = Trainer(
            built,
            Objective(losses, recipe.metrics, device, recipe.loss_weights, recipe.precision),
            stepper,
            recipe.schedule,
            settings,
            Feeder(
                training,
                binding,
                spec,
                losses,
                device,
                weigh(training, recipe.sample_weight, recipe.class_weight),
            ),
            # As in Keras, classes are weighed in training only.
            Feeder(
                validation,
                binding,
                spec,
                losses,
                device,
                weigh(validation, recipe.sample_weight, None),
            )
            if validation is not None and validating
            else None,
            Checkpoints(ctx.resume),
            ctx,
        )
        history = trainer.run()
        _warn_of_early_end(trainer, history, ctx)
        stepper.zero_gradients()  # room for what is written and handed on
        weights = {**network.weights, **save_weights(built, ctx.blobs)}
        trained = Network(replace(spec, binding=binding), weights, binding, ctx.blobs)
        return Learned(trained, history, export_state(recipe.optimizer, stepper))


def export_state(optimizer: Optimizer, stepper: Stepper | None = None) -> Model:
    """Return an optimizer's state as a model, when its stepper takes no more steps.

    The memory is handed on, not copied, where it lies in numpy's order: Adam's state is twice as
    large as the weights. Of no stepper it is empty.
    """
    settings = {"optimizer": optimizer.model_dump(mode="json")}
    if stepper is None:
        return Model(STATE_KIND, settings)
    tensors = {
        name: np.asarray(tensor.cpu().numpy(), order="C")
        for name, tensor in stepper.export().items()
    }
    return Model(STATE_KIND, {**settings, "steps": stepper.steps}, tensors)


def load_state(stepper: Stepper, state: Model) -> None:
    """Take up the state that another learner gave.

    Raises:
        ConfigureError: It belongs to another network.
    """
    if not state.tensors and not state.settings.get("steps"):
        return
    tensors = {name: torch.tensor(array) for name, array in state.tensors.items()}
    try:
        stepper.load(tensors, int(state.settings["steps"]))
    except StoreError as error:
        raise ConfigureError(
            f"the optimizer state at the port state belongs to another network: {error}"
        ) from error


def _check_memory(spec: NetworkSpec, recipe: Recipe, rows: int, device: torch.device) -> None:
    stopping = recipe.settings.early_stopping
    estimate = estimate_memory(
        spec,
        slots=len(recipe.optimizer.slots()) + int(recipe.optimizer.use_ema),
        kept_weights=int(stopping is not None and stopping.restore_best_weights),
        activation_bytes=FLOAT if recipe.precision == "float32" else FLOAT // 2,
    )
    # A batch has no more rows than the table.
    batch_size = min(recipe.settings.batch_size, rows)
    check_memory(estimate, batch_size, free_memory(device), device.type)


def _divided(
    training: pl.DataFrame, validation: pl.DataFrame | None, part: float
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if part == 0:
        return training, validation
    # 10 · (1 - 0.8) is a little less than the 2 that are meant.
    border = math.floor(round(training.height * (1 - part), 6))
    return training.head(border), training.tail(training.height - border)


def _warn_of_early_end(trainer: Trainer, history: list[HistoryRow], ctx: Context) -> None:
    if trainer.position.ended and trainer.position.ended != STAGNATION:
        epochs = f"{trainer.position.epoch} of {trainer.settings.epochs} epochs"
        ctx.warn(f"the training ended after {epochs}: {trainer.position.ended}")
    last = history[-1]["loss"] if history else None
    if last is not None and not math.isfinite(last):
        ctx.warn(
            f"the loss is {last}; a smaller learning rate, clipnorm, or inputs without "
            f"missing and infinite numbers may help"
        )
