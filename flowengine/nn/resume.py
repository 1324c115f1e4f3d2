"""How a training is put into a checkpoint and taken up from one. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn

import flowengine
from flowengine.context import Context
from flowengine.errors import StoreError
from flowengine.nn.checkpoint import Checkpoint, Checkpoints
from flowengine.nn.devices import random_state, restore_random_state, surroundings
from flowengine.nn.position import Position, Watch
from flowengine.nn.precision import LossScale
from flowengine.nn.schedules import Schedule

FORMAT = 2
"""Raised when the contents of a checkpoint change; others are left aside."""


class Modules(Protocol):
    """What has weights: a network, or several."""

    @property
    def layer_modules(self) -> Mapping[str, nn.Module]:
        """Module by layer name."""


class Moves(Protocol):
    """What has the state of an optimizer, or of several."""

    @property
    def steps(self) -> int:
        """Moves so far."""

    def export(self) -> dict[str, Tensor]:
        """Return its tensors."""

    def load(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Take up tensors and the number of moves."""

    def gradients(self) -> dict[str, Tensor]:
        """Return the gradients there are."""

    def load_gradients(self, gradients: Mapping[str, Tensor]) -> None:
        """Take up gradients."""


@dataclass(frozen=True)
class Resumable:
    """All of a training that changes while it runs, and what decides whether it can go on.

    Args:
        built: The network.
        stepper: The optimizer at work.
        schedule: How the learning rate changes.
        position: Where the training stands.
        epochs: Epochs that are wanted.
        device: Where it runs.
        scale: Factor of the loss, where numbers of few bits need one.
        extra: Further tensors that the training has made.
    """

    built: Modules
    stepper: Moves
    schedule: Schedule
    position: Position
    epochs: int
    device: torch.device
    scale: LossScale | None = None
    extra: dict[str, Tensor] = field(default_factory=dict)

    def capture(self, *, gradients: bool = False) -> Checkpoint:
        """Return all that the training needs to continue with the same numbers.

        Args:
            gradients: Whether the gradients are needed, because more will be added to them.
        """
        position = self.position
        tensors = {
            **_prefixed("weights", kept_tensors(self.built)),
            **_prefixed("best", dict(position.best)),
            **_prefixed("gradients", self.stepper.gradients() if gradients else {}),
            **_prefixed("scale", {} if self.scale is None else self.scale.state),
            **_prefixed("optimizer", self.stepper.export()),
            **_prefixed("extra", self.extra),
            **_prefixed("random", random_state(self.device)),
            **_prefixed("generators", dict(_generator_states(self.built))),
        }
        for name, state in position.sums.items():
            tensors |= _prefixed(f"sums/{name}", state)
        return Checkpoint(
            {name: tensor.detach() for name, tensor in tensors.items()},
            {
                "format": FORMAT,
                "epoch": position.epoch,
                "step": position.step,
                "seconds": position.seconds,
                "history": position.history,
                "rate_factor": position.rate_factor,
                "stopping": asdict(position.stopping),
                "plateau": asdict(position.plateau),
                "epochs": self.epochs,
                "optimizer_steps": self.stepper.steps,
                "surroundings": _surroundings(self.device),
            },
        )

    def take_up(self, checkpoints: Checkpoints, ctx: Context) -> bool:
        """Continue from the newest checkpoint that can be used; say so where one cannot.

        Returns:
            Whether there was one.
        """
        for checkpoint in checkpoints.newest_first(ctx.warn):
            refusal = self._refusal(checkpoint.facts)
            if refusal:
                ctx.warn(f"{refusal}; the training starts anew")
                return False
            try:
                self._restore(checkpoint)
            except (StoreError, KeyError, RuntimeError) as error:
                ctx.warn(f"a checkpoint does not fit and was left aside: {error}")
                continue
            self._warn_of_differences(checkpoint.facts["surroundings"], ctx)
            return True
        return False

    def _refusal(self, facts: dict[str, Any]) -> str:
        planned = facts["epochs"]
        if facts["format"] != FORMAT:
            return f"the checkpoint has the format {facts['format']}; this version writes {FORMAT}"
        if self.schedule.needs_length and planned != self.epochs:
            return (
                f"the checkpoint was made on the way to {planned} epochs, and the schedule "
                f'"{self.schedule.type}" goes another way to {self.epochs}'
            )
        if (facts["epoch"], facts["step"]) > (self.epochs, 0):
            return f"the checkpoint is already beyond {self.epochs} epochs"
        return ""

    @torch.no_grad()
    def _restore(self, checkpoint: Checkpoint) -> None:
        facts, position = checkpoint.facts, self.position
        weights, kept = checkpoint.part("weights"), kept_tensors(self.built)
        for name, tensor in kept.items():
            if name not in weights or weights[name].shape != tensor.shape:
                raise StoreError(f'the weight "{name}" is missing or has another shape')
        self.stepper.load(checkpoint.part("optimizer"), facts["optimizer_steps"])
        for name, tensor in kept.items():
            tensor.copy_(weights[name])
        for name, state in position.sums.items():
            for key, tensor in state.items():
                # Replaced, because some sums get their shape with the first batch.
                state[key] = checkpoint.tensors[f"sums/{name}/{key}"].to(tensor)
        self.stepper.load_gradients(checkpoint.part("gradients"))
        if self.scale is not None:
            self.scale.load(checkpoint.part("scale"))
        restore_random_state(checkpoint.part("random"), self.device)
        _restore_generators(self.built, checkpoint.part("generators"), self.device)
        position.epoch, position.step = facts["epoch"], facts["step"]
        position.seconds, position.history = facts["seconds"], list(facts["history"])
        position.rate_factor = facts["rate_factor"]
        position.stopping = Watch(**facts["stopping"])
        position.plateau = Watch(**facts["plateau"])
        self.extra.clear()
        self.extra.update(checkpoint.part("extra"))
        best = checkpoint.part("best")
        position.best = {name: tensor.to(self.device) for name, tensor in best.items()}

    def _warn_of_differences(self, before: dict[str, Any], ctx: Context) -> None:
        now = _surroundings(self.device)
        changed = [
            f"{name} {before.get(name)} → {value}"
            for name, value in now.items()
            if before.get(name) != value
        ]
        if changed:
            ctx.warn(
                f"the training continues from a checkpoint made with other {', '.join(changed)}; "
                f"the weights may differ in their last digits from a training without a break"
            )


def kept_tensors(built: Modules) -> dict[str, Tensor]:
    """Return every tensor a network keeps, by layer and its name in the layer's module."""
    return {
        f"{layer}/{name}": tensor
        for layer, module in built.layer_modules.items()
        for name, tensor in module.state_dict().items()
    }


def _generators(built: Modules) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules that may have their own source of random numbers, with their names."""
    for layer, module in built.layer_modules.items():
        for name, part in module.named_modules():
            if hasattr(part, "generator"):
                yield f"{layer}/{name}", part


def _generator_states(built: Modules) -> Iterator[tuple[str, Tensor]]:
    for name, part in _generators(built):
        if isinstance(part.generator, torch.Generator):
            yield name, part.generator.get_state()


def _restore_generators(built: Modules, states: dict[str, Tensor], device: torch.device) -> None:
    for name, part in _generators(built):
        if name in states:
            generator = torch.Generator(device)
            generator.set_state(states[name])
            setattr(part, "generator", generator)  # noqa: B010  # for a type checker


def _surroundings(device: torch.device) -> dict[str, Any]:
    return {"flowengine": flowengine.__version__, **surroundings(device)}


def _prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}
