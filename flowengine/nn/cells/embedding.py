"""Embeddings and masks of padding. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.errors import DataError
from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight


class EmbeddingCell(Cell):
    """The vector of each whole number; what is no whole number is cut off to one, as in Keras."""

    takes_integers = True
    embeddings: nn.Parameter

    def __init__(self, weights: Mapping[str, Weight]) -> None:
        super().__init__(weights)

    def forward(self, x: Tensor) -> Tensor:
        places = x if x.dtype in (torch.int32, torch.int64) else x.long()
        try:
            return F.embedding(places, self.embeddings)
        except IndexError:
            wrong = int(places.min() if places.min() < 0 else places.max())
            known = len(self.embeddings)
            raise DataError(
                f"there is no vector for {wrong}: with input_dim {known}, inputs go from 0 to "
                f"{known - 1}; make input_dim larger, or leave out what is outside"
            ) from None

    def compute_mask(self, mask: Tensor | None, x: Tensor) -> Tensor:
        """Return which inputs are no padding."""
        return x != 0


class ReversibleEmbeddingCell(EmbeddingCell):
    """The vector of each whole number, or the scores of all numbers for each vector."""

    def __init__(self, weights: Mapping[str, Weight], *, cap: float | None) -> None:
        super().__init__(weights)
        self.cap = cap

    def forward(self, x: Tensor) -> Tensor:
        if not x.is_floating_point():
            return super().forward(x)
        own = getattr(self, "reverse_embeddings", None)
        scores: Tensor = x @ (self.embeddings.T if own is None else own)
        return scores if self.cap is None else self.cap * torch.tanh(scores / self.cap)


class MaskingCell(Cell):
    """Zeros at steps whose features all have one value, and a mask of the others."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        return x * self.compute_mask(None, x).unsqueeze(-1)

    def compute_mask(self, mask: Tensor | None, x: Tensor) -> Tensor:
        """Return the steps that are not to be skipped."""
        return (x != self.value).any(dim=-1)
