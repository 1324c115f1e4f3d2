"""Filling: at which end zeros fill lists up, and whether a target's end is that of its input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from flowengine.binding import Binding
from flowengine.network import NetworkSpec
from flowengine.nn.losses.loss import Loss

LOOKED_AT = 1024
"""Rows that tell at which end lists were filled up."""

NEARLY_ALL = 0.95
"""Share of these rows that must agree; a class 0 at an edge agrees by chance only."""

ENDS = {1: "beginning", -1: "end"}
"""End of a list by the step that goes away from it."""

Zeros = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
"""Where lists of one length are 0: [rows, steps]."""


def filling_doubts(
    binding: Binding, spec: NetworkSpec, table: pl.DataFrame, losses: Mapping[str, Loss]
) -> Iterator[str]:
    """Yield a sentence for each target that may be filled up at another end than its input.

    Args:
        binding: What feeds what.
        spec: The network; its masks follow from layers.
        table: The training data.
        losses: Loss by output name; what ignores another number than 0 is not filled with zeros.
    """
    fed = [feed.columns[0] for feed in binding.inputs.values()]
    inputs = {column: zeros for column in fed if (zeros := _zeros(table[column])) is not None}
    for name, feed in binding.targets.items():
        if name not in spec.outputs or not spec.tensors[spec.outputs[name]].masked:
            continue
        column = feed.columns[0]
        target = _zeros(table[column])
        if target is None or losses[name].ignored not in (None, 0):
            continue
        pairs = [
            (other, zeros, step)
            for other, zeros in inputs.items()
            for step in ENDS
            if zeros.shape == target.shape
        ]
        # Where one of several inputs is filled up alike, the target belongs to that one.
        if any(_begin_alike(zeros[:, ::step], target[:, ::step]) for _, zeros, step in pairs):
            continue
        for other, zeros, step in pairs:
            if _begin_alike(zeros[:, ::step], target[:, ::-step]):
                yield (
                    f'zeros may fill column "{other}" up at its {ENDS[step]}, and column '
                    f'"{column}" at its {ENDS[-step]}, so that a step is compared with the target '
                    f"of another; choose the same padding in both Pad Sequences"
                )
                break


def _zeros(lists: pl.Series) -> Zeros | None:
    """Return where lists of numbers are 0; ``None`` where they have no numbers or no one length."""
    head = lists.head(LOOKED_AT)
    dtype = head.dtype
    if not isinstance(dtype, pl.Array) or len(dtype.shape) != 1 or head.null_count():
        return None
    values = head.explode()
    if not values.dtype.is_numeric() or not dtype.shape[0]:
        return None
    return values.eq(0).fill_null(value=False).to_numpy().reshape(-1, dtype.shape[0])


def _begin_alike(given: Zeros, target: Zeros) -> bool:
    """Return whether lists begin with as many zeros as their targets, and none end with one."""
    # A list of nothing but zeros has no end that was filled.
    is_list = ~given.all(1)
    given, target = given[is_list], target[is_list]
    begun = given.argmin(1)
    fits = (target.argmin(1) == begun) & ~target.all(1) & ~given[:, -1] & ~target[:, -1]
    is_filled = begun > 0
    return bool(
        is_filled.any() and fits.mean() >= NEARLY_ALL and fits[is_filled].mean() >= NEARLY_ALL
    )
