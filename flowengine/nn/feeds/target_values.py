"""Targets that are numbers already: whether a loss can compare them."""

from __future__ import annotations

import polars as pl

from flowengine.binding import Feed
from flowengine.errors import DataError
from flowengine.nn.feeds.numbers import plain
from flowengine.nn.losses.loss import Loss

AT_ONCE = 4096
"""Rows that are looked at together, as a row may be an image."""


def check_target(table: pl.DataFrame, feed: Feed, units: int, loss: Loss) -> None:
    """Refuse a target with values that its loss has no meaning for.

    Args:
        table: The table.
        feed: The columns of the target; categories are always positions.
        units: Number of units of the output.
        loss: The loss.

    Raises:
        DataError: A class is none of the units, or no whole number; or a number is out of bounds.
    """
    bounds = loss.bounds(units)
    if feed.conversion in ("index", "one_hot") or bounds is None:
        return
    for name in feed.columns:
        for part in table[name].to_frame().iter_slices(AT_ONCE):
            odd = _odd(part.to_series(), bounds, loss)
            if odd is not None:
                raise DataError(_sentence(name, odd, bounds, loss))


def _odd(part: pl.Series, bounds: tuple[int, int], loss: Loss) -> float | None:
    while part.dtype.is_nested() and len(part):
        part = part.explode()
    if not part.dtype.is_numeric():
        return None
    part = plain(part)
    if part.dtype.is_integer():
        # A class may be beyond what bytes hold, such as the 300th of 300 units.
        part = part.cast(pl.Int128)
    is_odd = (part < bounds[0]) | (part > bounds[1])
    if loss.form == "index":
        if part.dtype.is_float():
            # A position is a whole number; NaN is none, and compares with none.
            is_odd = is_odd | (part != part.floor()) | part.is_nan()
        if loss.ignored is not None:
            is_odd &= part != loss.ignored
    elif part.dtype.is_float():
        is_odd &= part.is_not_nan()
    found: list[float] = part.filter(is_odd).head(1).to_list()
    return found[0] if found else None


def _sentence(column: str, odd: float, bounds: tuple[int, int], loss: Loss) -> str:
    low, high = bounds
    number = f"{odd:g}" if isinstance(odd, float) else odd
    said = f'column "{column}" holds {number}, and the loss "{loss.type}" '
    if loss.form == "index":
        can_ignore = hasattr(loss, "ignore_class")
        return (
            f"{said}wants positions of classes, whole numbers from {low} to {high}, as the output "
            f"has {high + 1} units"
            f"{'; what shall not count is its ignore_class' if can_ignore else ''}"
        )
    return f"{said}compares with numbers from {low} to {high}"
