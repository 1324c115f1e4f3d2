"""What texts are written from: the other inputs of a network, computed once. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import torch
from torch import Tensor

from flowengine.errors import DataError
from flowengine.network import Network
from flowengine.network_division import divide
from flowengine.network_surgery import refitted
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.feeds.applied import AskedFeeds, planned_binding
from flowengine.nn.feeds.batches import Feeder
from flowengine.nn.feeds.categories import fit_binding
from flowengine.nn.feeds.ragged import RaggedRows, masked_spec

SIDE_BY_SIDE = 256
"""Texts that are written side by side, as what they are written from takes memory."""


@dataclass(frozen=True)
class Given:
    """What of a network its text does not change, with a row for each text.

    Args:
        values: Tensor by name, as the rest of the network takes it.
        masks: Mask by name, for those that have one.
    """

    values: Mapping[str, Tensor] = field(default_factory=dict)
    masks: Mapping[str, Tensor] = field(default_factory=dict)

    def take(self, places: Sequence[int]) -> Given:
        """Return the rows at these places."""

        def some(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {name: tensor[list(places)] for name, tensor in tensors.items()}

        return Given(some(self.values), some(self.masks))


@dataclass(frozen=True)
class Source:
    """Where a network's other inputs come from.

    Args:
        table: What feeds the others.
        rows: The row of the table that each text is written from.
        asked: Which columns feed which input; by default those of the training.
    """

    table: pl.DataFrame
    rows: Sequence[int]
    asked: AskedFeeds = field(default_factory=AskedFeeds)


class Conditions:
    """The part of a network that its text does not change.

    Args:
        network: The network.
        text_input: Name of the input that takes the text.
        source: Where its other inputs come from.
        device: Where to compute.
        seed: Seed of layers that are not trained.

    Attributes:
        rest: The other part, to which the text, first, and what this part gives are inputs.

    Raises:
        ConfigureError: Columns are missing.
        DataError: The data does not fit.
    """

    def __init__(
        self,
        network: Network,
        text_input: str,
        source: Source,
        device: torch.device,
        *,
        seed: int,
    ) -> None:
        before = refitted(network, divide(network.spec, text_input).before)
        table = source.table
        planned = planned_binding(before.spec, before.binding, table.schema, source.asked)
        binding = fit_binding(planned, before.spec, table, {})
        # Rows of several lengths come with a mask, of which the other part is to know.
        division = divide(masked_spec(network.spec, binding, table.schema), text_input)
        self.rest = refitted(network, division.after)
        self._rows = np.asarray(source.rows, np.int64)
        self._feeder = Feeder(table, binding, division.before, {}, device)
        self._built = build(division.before).eval()
        load_weights(self._built, network_weights(refitted(before, division.before), seed))
        self._built.to(device)

    def groups(self) -> list[list[int]]:
        """Return the places of texts that are written side by side.

        Their rows have the same lengths. So nothing fills a shorter one up, which layers that take
        no mask would see: a text is what its own row gives, whatever other rows there are.
        """
        ragged = [rows for rows in self._feeder.inputs.values() if isinstance(rows, RaggedRows)]
        groups: dict[tuple[int, ...], list[int]] = {}
        for place, row in enumerate(self._rows):
            groups.setdefault(tuple(int(one.lengths[row]) for one in ragged), []).append(place)
        return [
            places[start : start + SIDE_BY_SIDE]
            for places in groups.values()
            for start in range(0, len(places), SIDE_BY_SIDE)
        ]

    def given(self, places: Sequence[int]) -> Given:
        """Return what the texts at these places are written from."""
        # Texts of several temperatures are written from one row.
        rows, takers = np.unique(self._rows[list(places)], return_inverse=True)
        batch = self._feeder.take(rows)
        for name, tensor in batch.inputs.items():
            if tensor.is_floating_point() and tensor.isnan().any():
                raise DataError(
                    f'the conditions give the input "{name}" values that are no numbers (NaN); '
                    f"leave out the rows that have one, or fill them in where the table comes from"
                )
        values, masks = self._built.forward_with_masks(batch.inputs, batch.masks)
        found = {name: mask for name, mask in masks.items() if mask is not None}
        return Given(values, found).take(takers.tolist())
