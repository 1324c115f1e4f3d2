"""``DenseRecurrentCell``: recurrent layers whose kernels are matrices. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

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
        states = states or (x.new_zeros(len(x), self.units),) * self.state_count
        weights = self.fused_weights()
        # On a GPU the kernel wants its weights side by side in memory.
        weights = _side_by_side(weights) if x.is_cuda else weights
        if mask is None or bool(mask.all()):
            return self._fused([x], states, weights)
        return self._run_masked(x, mask, states, weights)

    def _run_masked(
        self, x: Tensor, mask: Tensor, states: States, weights: list[Tensor]
    ) -> tuple[Tensor, States]:
        # A masked step changes nothing, so a row is what its valid steps alone make of it.
        done = mask.cumsum(1)
        lengths = done[:, -1]
        order = mask.logical_not().to(torch.uint8).argsort(dim=1, stable=True)
        packed = pack_padded_sequence(
            x.take_along_dim(order.unsqueeze(-1), dim=1),
            # A row without any valid step takes one all the same; that is put right below.
            lengths.clamp(min=1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        first = tuple(one[packed.sorted_indices] for one in states)
        data, last = self._fused([packed.data, packed.batch_sizes], first, weights)
        outputs, _ = pad_packed_sequence(packed._replace(data=data), batch_first=True)
        # Behind a step of zeros, the output after n valid steps stands at place n.
        outputs = F.pad(outputs, (0, 0, 1, 0)).take_along_dim(done.unsqueeze(-1), dim=1)
        if self.course.zero_output_for_mask:
            outputs = outputs * mask.unsqueeze(-1)
        has_steps = (lengths > 0).unsqueeze(-1)
        pairs = zip((one[packed.unsorted_indices] for one in last), states, strict=True)
        return outputs, tuple(torch.where(has_steps, one, old) for one, old in pairs)

    def _fused(
        self, sequence: list[Tensor], states: States, weights: list[Tensor]
    ) -> tuple[Tensor, States]:
        """Return outputs and last states of a sequence, or of a packed one with its sizes."""
        assert self.fused is not None  # noqa: S101  # for mypy: run has looked
        first = [one.unsqueeze(0) for one in states]
        outputs, *last = self.fused(
            *sequence,
            first if len(first) > 1 else first[0],
            weights,
            len(weights) > 2,  # has a bias
            1,  # layer
            0.0,  # dropout between layers
            torch.is_grad_enabled(),  # keeps what the backward pass needs
            False,  # noqa: FBT003  # bidirectional
            *([True] if len(sequence) == 1 else []),  # batch first
        )
        return outputs, tuple(one.squeeze(0) for one in last)


def _side_by_side(weights: list[Tensor]) -> list[Tensor]:
    joined = torch.cat([weight.flatten() for weight in weights])
    parts = torch.split(joined, [weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]
