"""Attention without projections: values weighed by how well their keys match. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.nn.cells.dropout import DropoutCell
from flowengine.tensor import Weight

Masks = tuple[Tensor | None, ...] | None

PENALTY = 1e9
"""What the score of an excluded value is lowered by, as in Keras."""


class ScoreAttentionCell(Cell):
    """Base of attention by scores; a subclass computes them."""

    kernel_kind = "cell"
    gives_all: bool = False
    scale: nn.Parameter | None

    def __init__(
        self, weights: Mapping[str, Weight], *, dropout: float, seed: int | None, is_causal: bool
    ) -> None:
        super().__init__(weights, optional=("scale",))
        self.dropout = DropoutCell(rate=dropout, noise_shape=None, seed=seed)
        self.is_causal = is_causal

    def forward(
        self, query: Tensor, value: Tensor, key: Tensor | None = None, mask: Masks = None
    ) -> tuple[Tensor, ...]:
        keys = value if key is None else key
        asked, answers = (None, None) if mask is None else mask[:2]
        allowed = None if answers is None else answers.unsqueeze(1)
        if self.is_causal:
            earlier = causal_mask(query.shape[1], keys.shape[1], query.device)
            allowed = earlier if allowed is None else allowed & earlier
        found, *weights = self.attend(query, keys, value, allowed)
        return (found if asked is None else found.where(asked.unsqueeze(-1), 0.0), *weights)

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None
    ) -> tuple[Tensor, ...]:
        """Return what is found, and where somebody reads them the weights of the values."""
        scores = self.scores(query, key)
        if allowed is not None:
            scores = torch.where(allowed, scores, scores - PENALTY)
        weights: Tensor = self.dropout(F.softmax(scores, -1))
        return (weights @ value, weights) if self.gives_all else (weights @ value,)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Return how well each key matches each step of the query."""
        raise NotImplementedError(f"{type(self).__name__} needs a method scores")

    def compute_mask(self, mask: Masks, *tensors: Tensor) -> Tensor | None:
        return None if mask is None else mask[0]


class DotAttentionCell(ScoreAttentionCell):
    """Scores are scalar products."""

    kernel_kind = "torch"

    def attend(
        self, query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None
    ) -> tuple[Tensor, ...]:
        if self.gives_all or (self.training and self.dropout.rate):
            return super().attend(query, key, value, allowed)
        if self.scale is not None:
            query = query * self.scale
        lowered = None
        if allowed is not None:
            lowered = torch.zeros_like(allowed, dtype=query.dtype).masked_fill(~allowed, -PENALTY)
            lowered = lowered.unsqueeze(1)
        # One head; exporters know the kernel with heads only.
        query, key, value = (one.unsqueeze(1) for one in (query, key, value))
        found = F.scaled_dot_product_attention(query, key, value, attn_mask=lowered, scale=1.0)
        return (found.squeeze(1),)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        scores = query @ key.transpose(1, 2)
        return scores if self.scale is None else scores * self.scale


class ConcatAttentionCell(ScoreAttentionCell):
    """Scores are sums of ``tanh`` over query and key, times a learned factor."""

    concat_score_weight: nn.Parameter

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        sums = query.unsqueeze(2) + key.unsqueeze(1)
        if self.scale is not None:
            sums = sums * self.scale
        return self.concat_score_weight * sums.tanh().sum(-1)


class AdditiveAttentionCell(ScoreAttentionCell):
    """Scores are sums of ``tanh`` over query and key, with a factor for each feature."""

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        matches = (query.unsqueeze(2) + key.unsqueeze(1)).tanh()
        return matches.sum(-1) if self.scale is None else matches @ self.scale


def causal_mask(queries: int, keys: int, device: torch.device) -> Tensor:
    """Return which keys each step may look at: those up to itself."""
    return torch.ones(1, queries, keys, dtype=torch.bool, device=device).tril()
