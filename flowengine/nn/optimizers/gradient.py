"""Optimizers that follow the gradient itself, scaled by what each weight has seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.optimizers.optimizer import Epsilon, Move, Optimizer, Rate, Share, Slots

if TYPE_CHECKING:
    from torch import Tensor


class SGD(Optimizer):
    """Steps along the gradient, with or without momentum."""

    type: Literal["sgd"] = "sgd"
    learning_rate: Rate = 0.01
    """Size of a step; a schedule of the learner changes it while training."""
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Part of the last step that is taken again."""
    nesterov: bool = False
    """Whether the gradient is looked at from where the momentum leads."""

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0} if self.momentum else {}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        if not self.momentum:
            parameter.add_(gradient, alpha=-move.rate)
            return
        speed = slots["momentum"].mul_(self.momentum).add_(gradient, alpha=-move.rate)
        if self.nesterov:
            parameter.add_(speed, alpha=self.momentum).add_(gradient, alpha=-move.rate)
        else:
            parameter.add_(speed)


class RMSprop(Optimizer):
    """Steps divided by a running mean of the gradient's size."""

    type: Literal["rmsprop"] = "rmsprop"
    rho: Share = 0.9
    """Memory of the running mean of the square."""
    momentum: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Part of the last step that is taken again."""
    epsilon: Epsilon = 1e-7
    """Guard against a division by zero."""
    centered: bool = False
    """Whether the gradient's mean is taken off its mean square."""

    def slots(self) -> Mapping[str, float]:
        return {
            "velocity": 0.0,
            **({"momentum": 0.0} if self.momentum else {}),
            **({"average_gradient": 0.0} if self.centered else {}),
        }

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        square = slots["velocity"]
        square.mul_(self.rho).addcmul_(gradient, gradient, value=1.0 - self.rho)
        if self.centered:
            mean = slots["average_gradient"].lerp_(gradient, 1.0 - self.rho)
            square = square - mean.square()
        root = (square + self.epsilon).sqrt_()
        if self.momentum:
            speed = slots["momentum"].mul_(self.momentum).addcdiv_(gradient, root, value=move.rate)
            parameter.sub_(speed)
        else:
            parameter.addcdiv_(gradient, root, value=-move.rate)


class Adagrad(Optimizer):
    """Steps divided by the size of all gradients so far: rare features keep moving."""

    type: Literal["adagrad"] = "adagrad"
    initial_accumulator_value: Annotated[float, Field(ge=0)] = 0.1
    """Where the sum of squares starts."""
    epsilon: Epsilon = 1e-7
    """Guard against a division by zero."""

    def slots(self) -> Mapping[str, float]:
        return {"accumulator": self.initial_accumulator_value}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        total = slots["accumulator"].addcmul_(gradient, gradient)
        parameter.addcdiv_(gradient, (total + self.epsilon).sqrt_(), value=-move.rate)


class Adadelta(Optimizer):
    """Steps as long as earlier steps were, for gradients as large as earlier gradients were."""

    type: Literal["adadelta"] = "adadelta"
    rho: Share = 0.95
    """Memory of both running means."""
    epsilon: Epsilon = 1e-7
    """Guard against a division by zero."""

    def slots(self) -> Mapping[str, float]:
        return {"accumulated_grad": 0.0, "accumulated_delta_var": 0.0}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        seen, moved = slots["accumulated_grad"], slots["accumulated_delta_var"]
        seen.mul_(self.rho).addcmul_(gradient, gradient, value=1.0 - self.rho)
        step = ((moved + self.epsilon) / (seen + self.epsilon)).sqrt_().mul_(gradient)
        moved.mul_(self.rho).addcmul_(step, step, value=1.0 - self.rho)
        parameter.sub_(step, alpha=move.rate)


class Ftrl(Optimizer):
    """Follow the regularized leader: keeps weights at zero until they are needed."""

    type: Literal["ftrl"] = "ftrl"
    learning_rate_power: Annotated[float, Field(le=0)] = -0.5
    """How the learning rate falls with the sum of squares; 0 not at all."""
    initial_accumulator_value: Annotated[float, Field(ge=0)] = 0.1
    """Where the sum of squares starts."""
    l1_regularization_strength: Annotated[float, Field(ge=0)] = 0.0
    """Pull towards zero that is the same for all weights."""
    l2_regularization_strength: Annotated[float, Field(ge=0)] = 0.0
    """Pull towards zero that grows with the weight."""
    l2_shrinkage_regularization_strength: Annotated[float, Field(ge=0)] = 0.0
    """The same, added to the gradient."""
    beta: float = 0.0
    """A further pull that falls with the learning rate."""

    def slots(self) -> Mapping[str, float]:
        return {"accumulator": self.initial_accumulator_value, "linear": 0.0}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        if move.rate == 0:
            # It divides by the rate, and a warm-up may begin with none.
            return
        total, linear = slots["accumulator"], slots["linear"]
        power, rate = -self.learning_rate_power, move.rate
        before, after = total.pow(power), total.addcmul_(gradient, gradient).pow(power)
        linear.add_(gradient).add_(parameter, alpha=2.0 * self.l2_shrinkage_regularization_strength)
        linear.addcmul_(after - before, parameter, value=-1.0 / rate)
        pull = 2.0 * (self.l2_regularization_strength + self.beta / (2.0 * rate))
        strength = self.l1_regularization_strength
        parameter.copy_((linear.clamp(-strength, strength) - linear) / (after / rate + pull))


class Lion(Optimizer):
    """Steps of one size in each weight, by the sign of the mixed gradient."""

    type: Literal["lion"] = "lion"
    beta_1: Annotated[float, Field(gt=0, le=1)] = 0.9
    """Part of the running mean in the sign."""
    beta_2: Share = 0.99
    """Memory of the running mean."""

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        mean = slots["momentum"]
        parameter.sub_(mean.lerp(gradient, 1.0 - self.beta_1).sign_(), alpha=move.rate)
        mean.lerp_(gradient, 1.0 - self.beta_2)
