"""Rows that count more than others: by a column of weights, or by their class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from flowengine.binding import Binding
from flowengine.errors import DataError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.batches import ChunkRows, column_rows
from flowengine.nn.losses.loss import Loss

Array = np.ndarray[Any, Any]


class ColumnAndClassWeights:
    """Weights from a column, from the class of each target, or the product of both.

    Args:
        column: The rows of the column of weights.
        classes: Weight by position of the class, by output name.
        losses: The loss of each output.
    """

    def __init__(
        self,
        column: ChunkRows | None,
        classes: Mapping[str, Array],
        losses: Mapping[str, Loss],
    ) -> None:
        self.column = column
        self.classes = classes
        self.losses = losses

    def take(self, index: Array, targets: Mapping[str, Array]) -> dict[str, Array]:
        """Return the weights of the rows at these positions, by output name."""
        own = None if self.column is None else self.column.take(index).astype(np.float32)
        weights = {} if own is None else dict.fromkeys(targets, own)
        for name, factors in self.classes.items():
            # What is no class does not count, so its factor is any.
            found = factors.take(_positions(targets[name], self.losses[name]), mode="clip")
            if own is not None:
                found = found * own.reshape(-1, *(1,) * (found.ndim - 1))
            weights[name] = found
        return weights


def row_weights(
    table: pl.DataFrame,
    column: str | None,
    class_weight: Mapping[str, float] | None,
    binding: Binding,
    spec: NetworkSpec,
    losses: Mapping[str, Loss],
) -> ColumnAndClassWeights | None:
    """Return how much the rows of a table count; ``None`` where all count alike.

    Args:
        table: The table.
        column: Its column of weights.
        class_weight: Weight by class; a class that is not named counts 1.
        binding: What feeds what, with all categories.
        spec: The network.
        losses: The loss of each output.

    Raises:
        DataError: The column has missing values, or a class is unknown.
    """
    if column is None and not class_weight:
        return None
    rows = None if column is None else column_rows(table[column])
    classes = {}
    for name in losses if class_weight else ():
        units = spec.tensors[spec.outputs[name]].shape[-1] or 1
        known = binding.targets[name].categories or range(max(units, 2))
        classes[name] = _by_position([str(one) for one in known], class_weight or {}, name)
    return ColumnAndClassWeights(rows, classes, losses)


def _by_position(known: list[str], class_weight: Mapping[str, float], output: str) -> Array:
    for name in class_weight:
        if name not in known:
            raise DataError(
                f'class_weight names "{name}", which is no class of output "{output}".'
                f"{suggest(name, known)} Its classes are {listing(known)}"
            )
    return np.array([class_weight.get(name, 1.0) for name in known], np.float32)


def _positions(target: Array, loss: Loss) -> Array:
    if loss.form == "index":
        return target
    if target.ndim < 2 or target.shape[-1] == 1:
        flat: Array = target if target.ndim < 2 else target[..., 0]
        return flat.astype(np.int64)
    return np.asarray(target.argmax(-1))
