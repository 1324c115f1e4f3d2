"""``RecurrentCell``: what layers share that go through a sequence step by step. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from flowengine.errors import DataError
from flowengine.nn.activations import Activation, activation_module
from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

States = tuple[Tensor, ...]
Drops = tuple[Tensor, ...] | None
"""Factors of dropout: one for all gates, or one for each; ``None`` where nothing is dropped."""


@dataclass(frozen=True)
class Course:
    """How a sequence is gone through.

    Attributes:
        return_sequences: Give the output of every step, not just the last.
        go_backwards: Begin at the end; outputs come in the order in which they are computed.
        zero_output_for_mask: Give zeros at masked steps instead of the output before.
        dropout: Share of the inputs that are dropped while training.
        recurrent_dropout: Share of the state that is dropped while training.
        seed: Own seed of both.
    """

    return_sequences: bool = False
    go_backwards: bool = False
    zero_output_for_mask: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None


class RecurrentCell(Cell):
    """A sequence gone through step by step; what is kept from step to step are its states.

    A masked step changes nothing: the states stay as they are, and its output is that of the step
    before it (zeros before the first). A subclass says what one step does. Steps and states have
    their channels last.

    Attributes:
        units: Size of a state's last dimension.
        course: How the sequence is gone through.
        generator: Own source of random numbers, where the layer has its own seed.
    """

    kernel_kind: str = "cell"
    gates: ClassVar[int]
    """Parts of the kernels, one for each gate."""
    state_count: ClassVar[int] = 1
    """Number of states; the first is also the output of a step."""
    drops_per_gate: bool = False
    """Whether dropout draws for each gate anew, as in Keras, or once for all gates."""
    kernel: nn.Parameter
    recurrent_kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(self, weights: Mapping[str, Weight], course: Course) -> None:
        super().__init__(weights, optional=("bias",))
        self.units = weights["recurrent_kernel"].shape[-2]
        self.course = course
        self.generator: torch.Generator | None = None

    def transform(self, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        """Return what the kernel (or one gate's part of it) makes of many steps."""
        raise NotImplementedError(f"{type(self).__name__} needs a method transform")

    def transform_state(self, state: Tensor, kernel: Tensor) -> Tensor:
        """Return what the recurrent kernel (or one gate's part of it) makes of a state."""
        raise NotImplementedError(f"{type(self).__name__} needs a method transform_state")

    def step(self, taken: Tensor, states: States, drops: Drops) -> Any:
        """Return a named tuple: the new states, then the gates.

        Args:
            taken: What the kernel made of the input of this step, bias included.
            states: States of the step before.
            drops: Factors of the state.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method step")

    @property
    def input_bias(self) -> Tensor | None:
        """What is added to what the kernel makes of an input."""
        return self.bias

    def forward(self, x: Tensor, *states: Tensor, mask: Any = None) -> tuple[Tensor, ...]:
        outputs, last = self.run(*self._oriented(x, mask), states)
        return (outputs if self.course.return_sequences else outputs[:, -1], *last)

    @torch.no_grad()
    def trace(self, x: Tensor, *states: Tensor, mask: Any = None) -> dict[str, Tensor]:
        """Return states and gates of each step, for looking inside.

        Names are those of the fields of ``step``'s result. Tensors have the batch first, then the
        steps in the order in which they are computed. A masked step shows the states it keeps.
        """
        x, mask = self._oriented(x, mask)
        taken = self.taken(x, None)
        states = states or self.zeros(taken)
        found: list[Any] = []
        for number, one in enumerate(taken.unbind(0)):
            made = self.step(one, states, None)
            states = self._kept(made, states, mask, number)
            found.append(made._replace(**dict(zip(made._fields, states, strict=False))))
        return {
            name: torch.stack([getattr(made, name) for made in found], dim=1)
            for name in found[0]._fields
        }

    def run(self, x: Tensor, mask: Tensor | None, states: States) -> tuple[Tensor, States]:
        """Return outputs and last states, step by step.

        Args:
            x: The sequence, in the order in which it is gone through.
            mask: Its valid steps.
            states: First states; zeros where there are none.

        Returns:
            The outputs of all steps, or of the last alone where that is all that is needed.
        """
        taken = self.taken(x, self.drawn(x[:, 0], self.course.dropout))
        states = states or self.zeros(taken)
        drops = self.drawn(states[0], self.course.recurrent_dropout)
        zeros = torch.zeros_like(states[0])
        outputs: list[Tensor] = []
        for number, one in enumerate(taken.unbind(0)):
            made = self.step(one, states, drops)
            output: Tensor = made[0]
            if mask is not None:
                repeats = outputs and not self.course.zero_output_for_mask
                output = _where(mask[:, number], output, outputs[-1] if repeats else zeros)
            states = self._kept(made, states, mask, number)
            outputs.append(output)
        kept = outputs if self.course.return_sequences else outputs[-1:]
        return torch.stack(kept, dim=1), states

    def taken(self, x: Tensor, drops: Drops) -> Tensor:
        """Return what the kernel makes of all steps at once, with the steps in front."""
        x = x.transpose(0, 1)
        if drops is None or len(drops) == 1:
            x = x if drops is None else x * drops[0]
            return self.transform(x, self.kernel, self.input_bias)
        bias = self.input_bias
        biases = [None] * self.gates if bias is None else [*bias.chunk(self.gates)]
        parts = zip(drops, self.kernel.chunk(self.gates), biases, strict=True)
        return torch.cat([self.transform(x * drop, one, add) for drop, one, add in parts], dim=-1)

    def recur(self, state: Tensor, drops: Drops, kernel: Tensor) -> Tensor:
        """Return what the recurrent kernel (or the first gates' part of it) makes of a state."""
        if drops is None or len(drops) == 1:
            return self.transform_state(state if drops is None else state * drops[0], kernel)
        parts = zip(drops, kernel.chunk(len(kernel) // self.units), strict=False)
        return torch.cat([self.transform_state(state * drop, one) for drop, one in parts], dim=-1)

    def zeros(self, taken: Tensor) -> States:
        """Return first states of zeros."""
        return (taken.new_zeros(*taken.shape[1:-1], self.units),) * self.state_count

    def drawn(self, like: Tensor, rate: float) -> Drops:
        """Return the factors of dropout, the same for all steps of a sequence."""
        if not self.training or rate == 0:
            return None
        count = self.gates if self.drops_per_gate else 1
        return tuple(self._factors(like, rate) for _ in range(count))

    def _factors(self, like: Tensor, rate: float) -> Tensor:
        if rate == 1:
            return torch.zeros_like(like)
        if self.course.seed is not None and self.generator is None:
            self.generator = torch.Generator(like.device).manual_seed(self.course.seed)
        uniform = torch.rand(
            like.shape, dtype=like.dtype, device=like.device, generator=self.generator
        )
        return uniform.ge_(rate).mul_(1 / (1 - rate))

    def _oriented(self, x: Tensor, mask: Any) -> tuple[Tensor, Tensor | None]:
        """Return sequence and mask in the order in which they are gone through."""
        # A call with first states brings the mask of each of its inputs.
        mask = mask[0] if isinstance(mask, tuple) else mask
        if mask is not None:
            mask = mask.bool()
        if self.course.go_backwards:
            return x.flip(1), None if mask is None else mask.flip(1)
        return x, mask

    def _kept(self, made: Any, states: States, mask: Tensor | None, number: int) -> States:
        new: States = tuple(made[: self.state_count])
        if mask is None:
            return new
        pairs = zip(new, states, strict=True)
        return tuple(_where(mask[:, number], one, old) for one, old in pairs)


def function_of(name: Activation) -> nn.Module:
    """Return the module of an activation within a step."""
    return activation_module(name) or nn.Identity()


def _where(mask: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Choose by rows, or by places of images whose mask tells them apart."""
    places, wanted = tuple(mask.shape[1:]), tuple(one.shape[1:-1])
    if places and places != wanted:
        raise DataError(
            f"the mask has {_times(places)} places, but the states are {_times(wanted)}; images "
            f'that are masked place by place need padding "same" and strides of 1 here'
        )
    return torch.where(mask.view(*mask.shape, *[1] * (one.dim() - mask.dim())), one, other)


def _times(sizes: tuple[int, ...]) -> str:
    return "×".join(map(str, sizes))
