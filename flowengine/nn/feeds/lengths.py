"""Targets of several lengths: whether each has as many steps as the input it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flowengine.errors import DataError
from flowengine.nn.feeds.ragged import RaggedRows


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
