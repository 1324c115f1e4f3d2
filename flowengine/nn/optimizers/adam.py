"""Adam and its relatives: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.optimizers.optimizer import Epsilon, Move, Optimizer, Rate, Share, Slots

if TYPE_CHECKING:
    from torch import Tensor


class _Moments(Optimizer):
    beta_1: Share = 0.9
    """Memory of the running mean of the gradient."""
    beta_2: Share = 0.999
    """Memory of the running mean of its square."""
    epsilon: Epsilon = 1e-7
    """Guard against a division by zero."""

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}


class _Adam(_Moments):
    amsgrad: bool = False
    """Whether the largest mean square so far is used."""

    def slots(self) -> Mapping[str, float]:
        return {**super().slots(), **({"velocity_hat": 0.0} if self.amsgrad else {})}

    def update_all(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        slots: list[Slots],
        move: Move,
    ) -> None:
        import torch

        # Keras adds epsilon before the bias is corrected and torch after; scaled, both are equal.
        correction = math.sqrt(1.0 - self.beta_2**move.number)
        step = torch.tensor(float(move.number), device=parameters[0].device)
        torch._fused_adam_(
            parameters,
            gradients,
            [own["momentum"] for own in slots],
            [own["velocity"] for own in slots],
            [own["velocity_hat"] for own in slots] if self.amsgrad else [],
            [step] * len(parameters),
            lr=move.rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            weight_decay=0.0,
            eps=self.epsilon / correction,
            amsgrad=self.amsgrad,
            maximize=False,
        )


class Adam(_Adam):
    """Steps scaled by running means of the gradient and of its square."""

    type: Literal["adam"] = "adam"


class AdamW(_Adam):
    """Adam with weight decay: weights also shrink by a small part at each step."""

    type: Literal["adamw"] = "adamw"
    weight_decay: Rate = 0.004
    """Part of each weight, times the learning rate, that is taken away at each step."""


class Adamax(_Moments):
    """Adam with the largest gradient of late in place of the mean square."""

    type: Literal["adamax"] = "adamax"

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0, "norm": 0.0}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        import torch

        mean, norm = slots["momentum"], slots["norm"]
        mean.lerp_(gradient, 1.0 - self.beta_1)
        torch.maximum(norm.mul_(self.beta_2), gradient.abs(), out=norm)
        rate = move.rate / (1.0 - self.beta_1**move.number)
        parameter.addcdiv_(mean, norm + self.epsilon, value=-rate)


class Nadam(_Moments):
    """Adam that looks one step ahead (Nesterov)."""

    type: Literal["nadam"] = "nadam"

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        mean, square = slots["momentum"], slots["velocity"]
        mean.lerp_(gradient, 1.0 - self.beta_1)
        square.lerp_(gradient.square(), 1.0 - self.beta_2)
        now, following = self._share(move.number), self._share(move.number + 1)
        so_far = self._product(move.number)
        ahead = mean * (following / (1.0 - so_far * following))
        ahead.add_(gradient, alpha=(1.0 - now) / (1.0 - so_far))
        root = (square / (1.0 - self.beta_2**move.number)).sqrt_().add_(self.epsilon)
        parameter.addcdiv_(ahead, root, value=-move.rate)

    def _share(self, step: int) -> float:
        return self.beta_1 * (1.0 - 0.5 * 0.96**step)

    def _product(self, step: int) -> float:
        # Soon too small to matter, so it is worked out anew instead of being kept.
        product = 1.0
        for number in range(1, step + 1):
            product *= self._share(number)
            if product < 1e-17:
                return 0.0
        return product


class ScheduleFreeAdamW(Optimizer):
    """Adam that needs no schedule: weights are pulled towards the mean of all steps so far.

    Gradients are taken between where the steps lead and the mean of where they led, so that there
    is no need to say when training will end (Defazio et al., 2024).
    """

    type: Literal["schedule_free_adamw"] = "schedule_free_adamw"
    learning_rate: Rate = 0.0025
    """Size of a step; a schedule of the learner changes it while training."""
    beta_1: Annotated[float, Field(gt=0, lt=1)] = 0.9
    """How near the mean gradients are taken: 1 is there, 0 where the steps lead."""
    beta_2: Share = 0.999
    """Memory of the running mean of the gradient's square."""
    epsilon: Epsilon = 1e-8
    """Guard against a division by zero."""
    warmup_steps: Annotated[int, Field(ge=0)] = 0
    """Steps over which the learning rate rises from 0."""

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}

    def start(self, name: str, parameter: Tensor, axes: tuple[int, ...]) -> dict[str, Tensor]:
        slots = super().start(name, parameter, axes)
        slots["momentum"].copy_(parameter.detach())
        return slots

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        ahead, square = slots["momentum"], slots["velocity"]
        rate = move.rate
        if self.warmup_steps:
            rate *= min(move.number / self.warmup_steps, 1.0)
        square.lerp_(gradient.square(), 1.0 - self.beta_2)
        root = (square / (1.0 - self.beta_2**move.number)).sqrt_().add_(self.epsilon)
        # The parameter lies between both; what it is without "ahead" is the mean.
        mean = parameter.sub_(ahead, alpha=1.0 - self.beta_1).div_(self.beta_1)
        ahead.addcdiv_(gradient, root, value=-rate)
        mean.lerp_(ahead, 1.0 / move.number).lerp_(ahead, 1.0 - self.beta_1)
