"""Targets at each step: whether they have as many steps as their input, at the same places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from flowengine.binding import Binding
from flowengine.errors import DataError
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.ragged import RaggedRows

LOOKED_AT = 1024
"""Rows that tell at which end lists were filled up."""


def check_lengths(
    column: str, target: RaggedRows, inputs: Mapping[str, RaggedRows], *, masked: bool
) -> None:
    """Refuse targets that have other lengths than every input: steps would be compared with zeros.

    Args:
        column: The column of the target.
        target: Its rows.
        inputs: The rows of all inputs of several lengths, by column.
        masked: Whether the output has the steps of an input, as its mask tells.

    Raises:
        DataError: No input has the target's lengths.
    """
    if not inputs:
        high = target.lengths.max(initial=0)
        low = target.lengths.min(initial=high)
        if low < high:
            raise DataError(
                f'column "{column}" has lists of several lengths, from {low} to {high}, and no '
                f'input has; bring it to the length of the input with the node "Pad Sequences"'
            )
        return
    apart = [(rows.lengths != target.lengths, name) for name, rows in inputs.items()]
    if not masked or not all(differs.any() for differs, _ in apart):
        return
    differs, name = min(apart, key=lambda one: one[0].sum())
    row = int(np.argmax(differs))
    raise DataError(
        f'column "{column}" has {target.lengths[row]} steps in row {row + 1}, and column "{name}" '
        f"has {inputs[name].lengths[row]}; a target at each step takes as many as the input has"
    )


def filling_doubts(binding: Binding, spec: NetworkSpec, table: pl.DataFrame) -> Iterator[str]:
    """Yield a sentence for each target that was filled up at another end than its input.

    Args:
        binding: What feeds what.
        spec: The network; its masks follow from layers.
        table: The training data.
    """
    for name, feed in binding.targets.items():
        if name not in spec.outputs or not spec.tensors[spec.outputs[name]].masked:
            continue
        column = feed.columns[0]
        steps = _steps(table[column])
        inputs = {
            one.columns[0]: _filled(table[one.columns[0]])
            for one in binding.inputs.values()
            if steps and _steps(table[one.columns[0]]) == steps
        }
        end = _filled(table[column])
        # Where one of several inputs is filled up alike, the target belongs to that one.
        if end and inputs and {end, ""}.isdisjoint(inputs.values()):
            other, apart = next(iter(inputs.items()))
            yield (
                f'zeros fill column "{other}" up at its {apart}, and column "{column}" at its '
                f"{end}, so that a step is compared with the target of another; choose the same "
                f"padding in both Pad Sequences"
            )


def _steps(lists: pl.Series) -> int:
    """Return the length of lists that all have the same; 0 where they have not."""
    dtype = lists.dtype
    return dtype.shape[0] if isinstance(dtype, pl.Array) and len(dtype.shape) == 1 else 0


def _filled(lists: pl.Series) -> str:
    """Return at which end zeros fill lists of one length up; empty where that is not sure."""
    head = lists.head(LOOKED_AT)
    if not _steps(head) or head.null_count():
        return ""
    begins, ends = ((head.arr.get(place) == 0).any() for place in (0, -1))
    return "" if begins == ends else "beginning" if begins else "end"
