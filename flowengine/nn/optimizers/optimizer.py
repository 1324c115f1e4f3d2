"""``Optimizer``, the base of the family of optimizers, and ``Stepper``, one at work on parameters.

A member is settings and arithmetic; the tensors it works on belong to the stepper, filed by the
name of the parameter, so that a checkpoint or another run can take them up again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from flowengine.errors import StoreError
from flowengine.family import Member

if TYPE_CHECKING:
    from torch import Tensor

LARGEST = 1e30
"""More than that, times a gradient, is beyond what 32 bits can hold."""


def _small(value: float) -> float:
    if value > LARGEST:
        raise ValueError(f"{value:g} is too large for 32 bits; expected a number up to {LARGEST:g}")
    return value


Rate = Annotated[float, Field(ge=0), AfterValidator(_small)]
Share = Annotated[float, Field(ge=0, lt=1)]
Epsilon = Annotated[float, Field(ge=0), AfterValidator(_small)]
Limit = Annotated[float, Field(gt=0), AfterValidator(_small)]


class Optimizer(Member):
    """Base of the optimizers: settings all of them have, and the update of one parameter."""

    learning_rate: Rate = 0.001
    """Size of a step; a schedule of the learner changes it while training."""
    weight_decay: Rate | None = None
    """Part of each weight, times the learning rate, that is taken away at each step."""
    clipnorm: Limit | None = None
    """Longest gradient of one weight (its norm); longer ones are shortened."""
    clipvalue: Limit | None = None
    """Largest value in a gradient; larger ones are cut."""
    global_clipnorm: Limit | None = None
    """Longest gradient of all weights together; a longer one is shortened."""
    use_ema: bool = False
    """Whether a running average of the weights is kept, which they become at the end."""
    ema_momentum: Annotated[float, Field(ge=0, le=1)] = 0.99
    """How much of the average stays at each step; the nearer to 1, the longer it reaches back."""
    ema_overwrite_frequency: Annotated[int, Field(ge=1)] | None = None
    """Steps after which the weights become their average in between; by default never."""

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        names = [name for name in CLIPS if getattr(self, name) is not None]
        if len(names) > 1:
            raise ValueError(f"{' and '.join(names)} exclude one another; keep one of them")
        return self

    def slots(self) -> Mapping[str, float]:
        """Return the tensors kept for each parameter, by name, with their first value."""
        return {}

    def start(self, name: str, parameter: Tensor, axes: tuple[int, ...]) -> dict[str, Tensor]:
        """Return the tensors kept for one parameter, by name; a member may override it.

        Args:
            name: Name of the parameter, ``layer/weight``.
            parameter: The parameter.
            axes: Keras' axes in the order of the parameter's; empty where both agree.
        """
        import torch

        return {
            slot: torch.full_like(parameter, value, requires_grad=False)
            for slot, value in self.slots().items()
        }

    def shrink(self, parameters: list[Tensor], slots: list[Slots], rate: float) -> None:
        """Take away from the parameters what ``weight_decay`` asks for."""
        import torch

        if self.weight_decay:
            torch._foreach_mul_(parameters, 1.0 - rate * self.weight_decay)

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        """Change one parameter and its slots in place."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update")

    def update_all(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: list[Slots],
        move: Move,
    ) -> None:
        """Change all parameters; a member overrides it where torch does it in one go."""
        for parameter, gradient, own in zip(parameters, gradients, slots, strict=True):
            self.update(parameter, gradient, own, move)

    def clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        """Return the gradients, shortened as the settings ask."""
        import torch

        if self.clipnorm is not None:
            norms = torch._foreach_norm(gradients)
            scales = [self.clipnorm / norm.clamp(min=self.clipnorm) for norm in norms]
            return [one * scale for one, scale in zip(gradients, scales, strict=True)]
        if self.global_clipnorm is not None:
            norm = torch.stack(torch._foreach_norm(gradients)).norm()
            scale = self.global_clipnorm / norm.clamp(min=self.global_clipnorm)
            return [one * scale for one in gradients]
        if self.clipvalue is not None:
            return [one.clamp(-self.clipvalue, self.clipvalue) for one in gradients]
        return gradients


CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")

AVERAGE = "average"
"""Slot of a parameter's running average."""

Slots = Mapping[str, "Tensor"]
"""The tensors of one parameter, by slot name."""


class Move:
    """One step: its learning rate and its number, counted from 1."""

    __slots__ = ("number", "rate")

    def __init__(self, rate: float, number: int) -> None:
        self.rate = rate
        self.number = number


class Stepper:
    """An optimizer at work on named parameters.

    Args:
        optimizer: The settings.
        parameters: What it changes, by ``layer/weight``.
        axes: Keras' axes in the order of a parameter's, where they differ.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        parameters: Mapping[str, Tensor],
        axes: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        self.optimizer = optimizer
        self.parameters = dict(parameters)
        self.steps = 0
        self.slots: dict[str, dict[str, Tensor]] = {
            name: optimizer.start(name, parameter, (axes or {}).get(name, ()))
            for name, parameter in parameters.items()
        }
        if optimizer.use_ema:
            for name, parameter in parameters.items():
                self.slots[name][AVERAGE] = parameter.detach().clone()

    def step(self, rate: float) -> None:
        """Move all parameters that have a gradient, with ``rate`` as the learning rate."""
        import torch

        self.steps += 1
        with torch.no_grad():
            names = [name for name, one in self.parameters.items() if one.grad is not None]
            if not names:
                return
            parameters = [self.parameters[name] for name in names]
            gradients = self.optimizer.clipped(
                [one.grad for one in parameters if one.grad is not None]
            )
            own: list[Slots] = [self.slots[name] for name in names]
            self.optimizer.shrink(parameters, own, rate)
            self.optimizer.update_all(parameters, gradients, own, Move(rate, self.steps))
            if self.optimizer.use_ema:
                self._average()

    def _average(self) -> None:
        import torch

        # As in Keras, what the weights were before the first step does not count.
        momentum = self.optimizer.ema_momentum if self.steps > 1 else 0.0
        averages = [own[AVERAGE] for own in self.slots.values()]
        torch._foreach_lerp_(averages, list(self.parameters.values()), 1.0 - momentum)
        frequency = self.optimizer.ema_overwrite_frequency
        if frequency is not None and self.steps % frequency == 0:
            self.take_averages()

    def take_averages(self) -> None:
        """Let the weights become their averages, where there are any."""
        import torch

        with torch.no_grad():
            for name, own in self.slots.items():
                if AVERAGE in own:
                    self.parameters[name].copy_(own[AVERAGE])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the weights be their averages for a while."""
        import torch

        before = {name: one.detach().clone() for name, one in self.parameters.items()}
        self.take_averages()
        try:
            yield
        finally:
            with torch.no_grad():
                for name, tensor in before.items():
                    self.parameters[name].copy_(tensor)

    def zero_gradients(self) -> None:
        """Forget the gradients of the last step."""
        for parameter in self.parameters.values():
            parameter.grad = None

    def gradients(self) -> dict[str, Tensor]:
        """Return the gradients there are, by ``layer/weight``."""
        found = ((name, one.grad) for name, one in self.parameters.items())
        return {name: gradient for name, gradient in found if gradient is not None}

    def load_gradients(self, gradients: Mapping[str, Tensor]) -> None:
        """Take up the gradients that an earlier stepper had."""
        for name, gradient in gradients.items():
            parameter = self.parameters[name]
            parameter.grad = gradient.to(parameter.device)

    def export(self) -> dict[str, Tensor]:
        """Return the slots as ``layer/weight/slot``."""
        return {
            f"{name}/{slot}": tensor
            for name, own in self.slots.items()
            for slot, tensor in own.items()
        }

    def load(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Take up the slots and the number of steps of an earlier ``export``.

        Raises:
            StoreError: A slot is missing or has another shape.
        """
        for name, tensor in self.export().items():
            given = tensors.get(name)
            if given is None or given.shape != tensor.shape:
                raise StoreError(f'the saved state of the optimizer does not fit "{name}"')
        for name, tensor in self.export().items():
            tensor.copy_(tensors[name])
        self.steps = steps
