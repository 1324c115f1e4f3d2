"""Optimizers that look at a weight as a whole: as a matrix, or by its length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine.nn.optimizers.optimizer import Epsilon, Move, Optimizer, Rate, Share, Slots

if TYPE_CHECKING:
    from torch import Tensor

Axes = tuple[int, ...]


class Lamb(Optimizer):
    """Adam whose steps are as long as the weight they change: made for large batches."""

    type: Literal["lamb"] = "lamb"
    beta_1: Share = 0.9
    """Memory of the running mean of the gradient."""
    beta_2: Share = 0.999
    """Memory of the running mean of its square."""
    epsilon: Epsilon = 1e-7
    """Guard against a division by zero."""

    def slots(self) -> Mapping[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        import torch

        mean, square = slots["momentum"], slots["velocity"]
        mean.lerp_(gradient, 1.0 - self.beta_1)
        square.lerp_(gradient.square(), 1.0 - self.beta_2)
        root = (square / (1.0 - self.beta_2**move.number)).sqrt_().add_(self.epsilon)
        step = mean / (1.0 - self.beta_1**move.number) / root
        length, way = parameter.norm(), step.norm()
        ratio = torch.where((length > 0) & (way > 0), length / way, torch.ones_like(length))
        parameter.sub_(step * (ratio * move.rate))


class Adafactor(Optimizer):
    """Adam that keeps row and column means of the squared gradient only: saves memory."""

    type: Literal["adafactor"] = "adafactor"
    beta_2_decay: float = -0.8
    """How the memory of the mean square grows with the steps."""
    epsilon_1: Epsilon = 1e-30
    """Guard against a division by zero."""
    epsilon_2: Epsilon = 1e-3
    """Smallest size of a weight that its steps are measured by."""
    clip_threshold: Annotated[float, Field(gt=0)] = 1.0
    """Largest root mean square of a step, before the learning rate."""
    relative_step: bool = True
    """Whether the learning rate is at most one over the root of the number of steps."""

    def start(self, name: str, parameter: Tensor, axes: Axes) -> dict[str, Tensor]:
        if parameter.dim() < 2:
            return {"velocity": parameter.new_zeros(parameter.shape)}
        # In Keras' order of axes the last is that of columns, the last but one that of rows.
        last = axes.index(parameter.dim() - 1) if axes else parameter.dim() - 1
        before = axes.index(parameter.dim() - 2) if axes else parameter.dim() - 2
        return {
            "row": parameter.detach().mean(last, keepdim=True).zero_(),
            "column": parameter.detach().mean(before, keepdim=True).zero_(),
        }

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        square = gradient.square() + self.epsilon_1
        memory = 1.0 - move.number**self.beta_2_decay
        if "velocity" in slots:
            root = slots["velocity"].lerp_(square, 1.0 - memory).sqrt()
        else:
            row, column = slots["row"], slots["column"]
            row.lerp_(_mean_as(square, row), 1.0 - memory)
            column.lerp_(_mean_as(square, column), 1.0 - memory)
            root = (row / _mean_as(row, column) * column).sqrt_()
        step = gradient / root
        step = step / (_size(step) / self.clip_threshold).clamp(min=1.0)
        rate = min(move.rate, move.number**-0.5)
        parameter.sub_(step * (_size(parameter).clamp(min=self.epsilon_2) * rate))


class Muon(Optimizer):
    """Steps that change a matrix in all directions alike; Adam for what is no matrix."""

    type: Literal["muon"] = "muon"
    weight_decay: Rate | None = 0.004
    """Part of each matrix, times the learning rate, that is taken away at each step."""
    adam_beta_1: Share = 0.9
    """Memory of Adam's running mean of the gradient."""
    adam_beta_2: Share = 0.999
    """Memory of Adam's running mean of its square."""
    adam_weight_decay: Rate | None = 0.004
    """Part of each other weight, times the learning rate, that is taken away at each step."""
    epsilon: Epsilon = 1e-7
    """Adam's guard against a division by zero."""
    exclude_layers: tuple[str, ...] | None = None
    """Patterns (regular expressions) of the names of weights that Adam changes all the same."""
    exclude_embeddings: bool = True
    """Whether Adam changes embeddings."""
    muon_a: float = 3.4445
    """First factor of the iteration that makes a matrix orthogonal."""
    muon_b: float = -4.775
    """Second factor of that iteration."""
    muon_c: float = 2.0315
    """Third factor of that iteration."""
    adam_lr_ratio: Rate = 1.0
    """Adam's learning rate, as a part of the learning rate."""
    momentum: Share = 0.95
    """Memory of the running mean of the gradient."""
    ns_steps: Annotated[int, Field(ge=1)] = 5
    """Number of iterations that make a matrix orthogonal."""
    nesterov: bool = True
    """Whether to look one step ahead."""
    rms_rate: Rate | None = 0.2
    """Root mean square of a step before the learning rate; null for one that depends on the
    shape of the matrix."""

    def start(self, name: str, parameter: Tensor, axes: Axes) -> dict[str, Tensor]:
        zeros = parameter.new_zeros(parameter.shape)
        by_adam = (
            parameter.dim() != 2
            or (self.exclude_embeddings and "embedding" in name.lower())
            or any(re.search(pattern, name) for pattern in self.exclude_layers or ())
        )
        return {"momentum": zeros, **({"velocity": zeros.clone()} if by_adam else {})}

    def shrink(self, parameters: list[Tensor], slots: list[Slots], rate: float) -> None:
        for parameter, own in zip(parameters, slots, strict=True):
            decay = self.adam_weight_decay if "velocity" in own else self.weight_decay
            if decay:
                parameter.mul_(1.0 - rate * decay)

    def update(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        mean = slots["momentum"]
        if "velocity" in slots:
            self._adam(parameter, gradient, slots, move)
            return
        mean.mul_(self.momentum).add_(gradient)
        ahead = gradient + mean * self.momentum if self.nesterov else mean
        rate = move.rate
        if self.rms_rate is not None:
            rate *= max(parameter.shape) ** 0.5 * self.rms_rate
        parameter.sub_(self._orthogonal(ahead), alpha=rate)

    def _adam(self, parameter: Tensor, gradient: Tensor, slots: Slots, move: Move) -> None:
        mean, square = slots["momentum"], slots["velocity"]
        mean.lerp_(gradient, 1.0 - self.adam_beta_1)
        square.lerp_(gradient.square(), 1.0 - self.adam_beta_2)
        correction = (1.0 - self.adam_beta_2**move.number) ** 0.5
        rate = move.rate * self.adam_lr_ratio * correction / (1.0 - self.adam_beta_1**move.number)
        parameter.addcdiv_(mean, square.sqrt().add_(self.epsilon), value=-rate)

    def _orthogonal(self, matrix: Tensor) -> Tensor:
        """Return a matrix with the same directions, all about equally long."""
        is_tall = matrix.shape[0] > matrix.shape[1]
        matrix = matrix.T if is_tall else matrix
        matrix = matrix / (matrix.norm() + 1e-7)
        for _ in range(self.ns_steps):
            square = matrix @ matrix.T
            mixed = self.muon_b * square + self.muon_c * square @ square
            matrix = self.muon_a * matrix + mixed @ matrix
        return matrix.T if is_tall else matrix


def _mean_as(values: Tensor, like: Tensor) -> Tensor:
    """Return the means over the axes along which ``like`` has one place only."""
    axes = [axis for axis, size in enumerate(like.shape) if size == 1 and values.shape[axis] > 1]
    return values.mean(axes, keepdim=True) if axes else values


def _size(values: Tensor) -> Tensor:
    return values.square().mean().sqrt()
