"""Attention with several heads, each with projections of its own. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.attention import Masks, causal_mask
from flowengine.nn.cells.base import Cell
from flowengine.nn.cells.dropout import DropoutCell
from flowengine.nn.cells.rectifiers import EXCLUDED
from flowengine.tensor import Weight

LOWEST = -0.7 * 3.38953e38
"""What the score of an excluded value is lowered by in the fused kernel, as in Keras."""


class ProjectionCell(Cell):
    """A matrix product that turns the last axes of a tensor into others.

    Args:
        weights: Kernel and bias.
        taken: How many axes it takes; the others of the kernel it makes.
    """

    kernel: nn.Parameter
    bias: nn.Parameter | None

    def __init__(self, weights: Mapping[str, Weight], *, taken: int) -> None:
        super().__init__(weights, optional=("bias",))
        self.taken = taken

    def forward(self, x: Tensor) -> Tensor:
        made = self.kernel.shape[self.taken :]
        kernel = self.kernel.reshape(-1, made.numel())
        bias = None if self.bias is None else self.bias.flatten()
        values = F.linear(x.flatten(-self.taken), kernel.T, bias)
        return values.reshape(*values.shape[:-1], *made)


class HeadAttentionCell(Cell):
    """Project, attend in each head over some axes, and project what was found."""

    gives_all: bool = False

    def __init__(
        self,
        weights: Mapping[str, Weight],
        *,
        axes: tuple[int, ...],
        scale: float,
        dropout: float,
        seed: int | None,
        window: int | None,
        is_causal: bool,
        repeats: int = 1,
        counts_result_twice: bool = False,
    ) -> None:
        super().__init__()
        self.axes = axes
        self.scale = scale
        self.window = window
        self.is_causal = is_causal
        self.repeats = repeats
        self.counts_result_twice = counts_result_twice
        self.dropout = DropoutCell(rate=dropout, noise_shape=None, seed=seed)
        for name in dict.fromkeys(path.partition("/")[0] for path in weights):
            parts = {
                path.partition("/")[2]: weight
                for path, weight in weights.items()
                if path.startswith(f"{name}/")
            }
            taken = 2 if name == "attention_output" else 1
            self.add_module(name, ProjectionCell(parts, taken=taken))
        self._projected: list[Tensor] = []

    def forward(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        attention_mask: Tensor | None = None,
        mask: Masks = None,
    ) -> tuple[Tensor, ...]:
        allowed = self._allowed(query, value, attention_mask, mask)
        asked = self._project("query", query)
        keys = self._project("key", value if key is None else key)
        values = self._project("value", value)
        self._projected = [asked, keys, values]
        found, *weights = self._attend(asked, keys, values, allowed)
        if hasattr(self, "gate"):
            gate = self._project("gate", query).sigmoid()
            self._projected.append(gate)
            found = found * gate
        result = self._project("attention_output", found)
        self._projected.append(result)
        return (result, *weights)

    def activities(self, outputs: Sequence[Tensor]) -> list[Tensor]:
        """Return what an activity regularizer looks at: the results of the last projections.

        Args:
            outputs: Those up to the last that somebody reads.
        """
        return [*self._projected, *(outputs if self.counts_result_twice else ())]

    def compute_mask(self, mask: Masks, *tensors: Tensor) -> Tensor | None:
        return None if mask is None else mask[0]

    def _project(self, name: str, x: Tensor) -> Tensor:
        result: Tensor = self.get_submodule(name)(x)
        return result

    def _attend(
        self, query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None
    ) -> tuple[Tensor, ...]:
        if self.repeats > 1:
            key, value = (one.repeat_interleave(self.repeats, dim=-2) for one in (key, value))
        order = _order(query.dim(), self.axes)
        sizes = [query.shape[axis] for axis in self.axes]
        asked, keys, values = (
            one.permute(order).flatten(-1 - len(self.axes), -2) for one in (query, key, value)
        )
        if allowed is not None:
            allowed = self._flat(allowed, query, key)
            # Heads, and axes that do not attend, share the mask.
            missing = asked.dim() - allowed.dim()
            allowed = allowed.reshape(allowed.shape[0], *[1] * missing, *allowed.shape[1:])
        found, *weights = self._weighed(asked, keys, values, allowed, is_sequence=query.dim() == 4)
        back = sorted(range(len(order)), key=order.__getitem__)
        found = found.reshape(*found.shape[:-2], *sizes, found.shape[-1])
        places = [*sizes, *(key.shape[axis] for axis in self.axes)]
        return found.permute(back), *(one.reshape(*one.shape[:-2], *places) for one in weights)

    def _flat(self, allowed: Tensor, query: Tensor, key: Tensor) -> Tensor:
        """Return a mask with one axis for all axes of queries, and one for those of keys."""
        count = len(self.axes)
        sizes = [one.shape[axis] for one in (query, key) for axis in self.axes]
        whole = allowed.expand(*allowed.shape[: -2 * count], *sizes)
        return whole.flatten(-count).flatten(-count - 1, -2)

    def _weighed(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        allowed: Tensor | None,
        *,
        is_sequence: bool,
    ) -> tuple[Tensor, ...]:
        drops = self.training and self.dropout.rate > 0
        # The kernel keeps the weights of the values to itself.
        is_fused = not drops and not self.gives_all
        if is_fused and (allowed is None or (is_sequence and not self.dropout.rate)):
            lowered = None
            if allowed is not None:
                zeros = torch.zeros_like(allowed, dtype=query.dtype)
                lowered = zeros.masked_fill(~allowed, LOWEST)
            found = F.scaled_dot_product_attention(
                query, key, value, attn_mask=lowered, scale=self.scale
            )
            return (found,)
        scores = (query * self.scale) @ key.transpose(-1, -2)
        if allowed is None:
            weights = F.softmax(scores, -1)
        else:
            # Unlike the kernel, a step that may look at nothing finds nothing.
            weights = F.softmax(scores.where(allowed, EXCLUDED), -1).where(allowed, 0.0)
        kept: Tensor = self.dropout(weights)
        return (kept @ value, weights) if self.gives_all else (kept @ value,)

    def _allowed(
        self, query: Tensor, value: Tensor, given: Tensor | None, mask: Masks
    ) -> Tensor | None:
        """Return which values each step of the query may look at; ``None``: all."""
        queries, values = query.shape[1], value.shape[1]
        rules: list[Tensor] = []
        if mask is not None and self.axes == (1,):
            asked, *answers = mask[:3]
            rules += [] if asked is None else [asked.unsqueeze(2)]
            rules += [one.unsqueeze(1) for one in answers if one is not None]
        if self.is_causal:
            rules.append(causal_mask(queries, values, query.device))
        if self.window is not None:
            rules.append(_window_mask(queries, values, self.window, query.device))
        allowed = None if given is None else given != 0
        for rule in rules:
            if allowed is None:
                allowed = rule
            else:
                # A mask of heads stands between batch and steps.
                heads = allowed.dim() - rule.dim()
                allowed = allowed & rule.reshape(rule.shape[0], *[1] * heads, *rule.shape[1:])
        return allowed


def _order(rank: int, axes: Sequence[int]) -> list[int]:
    """Return the order that brings axes of attention before the last, heads before them."""
    others = [axis for axis in range(rank - 2) if axis not in axes]
    return [*others, rank - 2, *axes, rank - 1]


def _window_mask(queries: int, keys: int, window: int, device: torch.device) -> Tensor:
    steps, places = (torch.arange(count, device=device) for count in (queries, keys))
    return ((steps[:, None] - places[None]).abs() < window).unsqueeze(0)
