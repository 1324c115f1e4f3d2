"""``DenseRecurrentCell``: recurrent layers whose kernels are matrices. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from flowengine.nn.cells.recurrence import Course, RecurrentCell, States
from flowengine.tensor import Weight


class DenseRecurrentCell(RecurrentCell):
    """A recurrent cell over vectors, computed by torch's fused kernel where that is exact.

    Attributes:
        fused: The function of torch that computes it; ``None`` where none is exact.
    """

    def __init__(
        self, weights: Mapping[str, Weight], course: Course, fused: Callable[..., Any] | None
    ) -> None:
        super().__init__(weights, course)
        # No kernel of torch drops parts of the state.
        self.fused = fused if course.recurrent_dropout == 0 else None
        self.kernel_kind = "cell" if self.fused is None else "torch"
        self.drops_per_gate = course.recurrent_dropout > 0

    def transform(self, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        return F.linear(x, kernel, bias)

    def transform_state(self, state: Tensor, kernel: Tensor) -> Tensor:
        return F.linear(state, kernel)

    def fused_weights(self) -> list[Tensor]:
        """Return kernel, recurrent kernel and, with a bias, its two halves, as torch has them."""
        raise NotImplementedError(f"{type(self).__name__} needs a method fused_weights")

    def run(self, x: Tensor, mask: Tensor | None, states: States) -> tuple[Tensor, States]:
        if self.fused is None:
            return super().run(x, mask, states)
        drops = self.drawn(x[:, 0], self.course.dropout)
        x = x if drops is None else x * drops[0].unsqueeze(1)
        states = states or (x.new_zeros(x.shape[0], self.units),) * self.state_count
        if mask is None or bool(mask.all()):
            return self._fused(x, self.fused_weights(), states)
        return self._run_masked(x, mask, states)

    def held(
        self, x: Tensor, padding: Tensor, weights: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Return sequences and weights with which padding leaves the last of all states alone.

        The first state needs nothing: it is read off the outputs.
        """
        return x, weights

    def _run_masked(self, x: Tensor, mask: Tensor, states: States) -> tuple[Tensor, States]:
        # A masked step changes nothing, so a row is what its valid steps alone make of it. They are
        # moved to its front, and what stands behind them is padding.
        done = mask.cumsum(1)
        lengths = done[:, -1:]
        order = mask.logical_not().to(torch.uint8).argsort(dim=1, stable=True)
        order = order[:, : max(1, int(lengths.max()))]
        padding = torch.arange(order.shape[1], device=x.device) >= lengths
        x = x.take_along_dim(order.unsqueeze(-1), dim=1)
        outputs, last = self._fused(*self.held(x, padding, self.fused_weights()), states)
        # Behind the first state, the state after n valid steps stands at place n.
        behind = torch.cat([states[0].unsqueeze(1), outputs], dim=1)
        state = behind.take_along_dim(lengths.unsqueeze(-1), dim=1).squeeze(1)
        # But the output before the first valid step is zero.
        outputs = F.pad(outputs, (0, 0, 1, 0)).take_along_dim(done.unsqueeze(-1), dim=1)
        if self.course.zero_output_for_mask:
            outputs = outputs * mask.unsqueeze(-1)
        return outputs, (state, *last[1:])

    def _fused(self, x: Tensor, weights: list[Tensor], states: States) -> tuple[Tensor, States]:
        assert self.fused is not None  # noqa: S101  # for mypy: run has looked
        # On a GPU the kernel wants its weights side by side in memory.
        weights = side_by_side(weights) if x.is_cuda else weights
        first = [one.unsqueeze(0) for one in states]
        outputs, *last = self.fused(
            x,
            first if len(first) > 1 else first[0],
            weights,
            len(weights) > 2,  # has a bias
            1,  # layer
            0.0,  # dropout between layers
            torch.is_grad_enabled(),  # keeps what the backward pass needs
            False,  # noqa: FBT003  # bidirectional
            True,  # noqa: FBT003  # batch first
        )
        return outputs, tuple(one.squeeze(0) for one in last)


def side_by_side(weights: list[Tensor]) -> list[Tensor]:
    """Return the same weights in one piece of memory, one behind the other."""
    joined = torch.cat([weight.flatten() for weight in weights])
    parts = torch.split(joined, [weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]
