"""Adam and its relatives: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from flowengine.nn.optimizer import Epsilon, Move, Optimizer, Rate, Share, Slots

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
