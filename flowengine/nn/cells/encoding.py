"""Numbers as vectors, and values as numbers of ranges. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell


class OneHotCell(Cell):
    """A 1 at the place a number names, zeros elsewhere.

    Args:
        depth: Size of the vectors.
        is_single: Whether the vector takes the place of a last dimension of 1.
    """

    takes_integers = True

    def __init__(self, depth: int, *, is_single: bool = False) -> None:
        super().__init__()
        self.is_single = is_single
        self.register_buffer("places", torch.arange(depth), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        numbers = x.long() if self.is_single else x.long().unsqueeze(-1)
        # A comparison, because torch's own one-hot refuses numbers beyond the classes.
        return (numbers == self.get_buffer("places")).float()


class CountCell(Cell):
    """How often each number is there, along the first axis after the batch.

    Args:
        depth: Size of the vectors.
        is_capped: Whether what is there more than once counts once.
    """

    takes_integers = True
    kernel_kind = "cell"

    def __init__(self, depth: int, *, is_capped: bool) -> None:
        super().__init__()
        self.depth = depth
        self.is_capped = is_capped

    def forward(self, x: Tensor, weights: Tensor | None = None) -> Tensor:
        numbers = x.long().movedim(1, -1)
        is_known = (numbers >= 0) & (numbers < self.depth)
        # One place more, for what counts nowhere.
        places = numbers.where(is_known, self.depth)
        each = torch.ones_like(places, dtype=torch.float32)
        if weights is not None:
            each = weights.float().movedim(1, -1)
        empty = each.new_zeros((*places.shape[:-1], self.depth + 1))
        counts = empty.scatter_add(-1, places, each)[..., : self.depth]
        return counts.clamp(max=1) if self.is_capped else counts


class BinsCell(Cell):
    """The number of the range each value lies in, or what an encoder makes of it."""

    kernel_kind = "cell"

    def __init__(self, boundaries: tuple[float, ...], encoder: nn.Module | None) -> None:
        super().__init__()
        self.encoder = encoder
        self.register_buffer("boundaries", torch.tensor(boundaries), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        bins = torch.bucketize(x, self.get_buffer("boundaries"), out_int32=True, right=True)
        if self.encoder is None:
            return bins
        vectors: Tensor = self.encoder(bins)
        return vectors
