"""A column in numbers: missing values, range, mean, and a histogram or the commonest values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flowengine.server.values.cells import words
from flowengine.server.values.columns import kind_of
from flowengine.server.wire.value import Bin, ColumnStatistics

if TYPE_CHECKING:
    import polars as pl

BINS = 20
LABEL = 60
"""Characters of a category's name in a bar."""


def column_statistics(column: pl.Series) -> ColumnStatistics:
    """Return a column in numbers; "not a number" counts as missing."""
    # Under another name: one such as "^a.*$" is a pattern to polars.
    name, column = column.name, column.alias("value")
    kind = kind_of(column.dtype)
    if column.dtype.is_float():
        column = column.fill_nan(None)
    missing = column.null_count()
    there = column.drop_nulls()
    if kind in ("image", "list", "other") and not column.dtype.is_temporal():
        return ColumnStatistics(name=name, missing=missing)
    distinct = there.n_unique()
    if kind in ("text", "category", "boolean"):
        return ColumnStatistics(
            name=name, missing=missing, distinct=distinct, bins=_commonest(there)
        )
    if column.dtype.is_temporal():
        bins = _times(there)
        return ColumnStatistics(name=name, missing=missing, distinct=distinct, bins=bins)
    return ColumnStatistics(
        name=name,
        missing=missing,
        distinct=distinct,
        minimum=_number(there.min()),
        maximum=_number(there.max()),
        mean=_number(there.mean()),
        deviation=_number(there.std()),
        bins=_histogram(there, whole=kind == "integer" and distinct <= BINS),
    )


def _histogram(column: pl.Series, *, whole: bool) -> tuple[Bin, ...]:
    """Return bars of equal width, or one a value where there are few whole numbers."""
    import numpy as np
    import polars as pl

    if whole:
        counts = column.value_counts().sort("value")
        return tuple(Bin(label=f"{value:,}", count=count) for value, count in counts.iter_rows())
    values = column.cast(pl.Float64).to_numpy()
    values = values[np.isfinite(values)]
    if not values.size:
        return ()
    low, high = float(values.min()), float(values.max())
    if low == high:
        return (Bin(label=_short(low), count=values.size),)
    # Edges halfway first: the width of the whole range may be beyond what a float holds.
    edges = np.linspace(low / 2, high / 2, BINS + 1) * 2
    heights = np.histogram(values, bins=edges)[0].tolist()
    names = [_short(float(edge)) for edge in edges]
    return tuple(
        Bin(label=f"{names[index]} – {names[index + 1]}", count=height)
        for index, height in enumerate(heights)
    )


def _commonest(column: pl.Series) -> tuple[Bin, ...]:
    """Return the commonest values, and the others together."""
    import polars as pl

    counts = column.cast(pl.String).alias("value").value_counts(sort=True)
    counts = counts.sort("count", "value", descending=[True, False])
    bins = [Bin(label=value[:LABEL], count=count) for value, count in counts.head(BINS).iter_rows()]
    if counts.height > BINS:
        rest = counts.slice(BINS)
        bins.append(Bin(label=f"{rest.height:,} others", count=int(rest["count"].sum())))
    return tuple(bins)


def _times(column: pl.Series) -> tuple[Bin, ...]:
    import numpy as np
    import polars as pl

    if column.is_empty():
        return ()
    moments = column.to_physical().cast(int).to_numpy()
    heights, edges = np.histogram(moments, bins=min(BINS, int(np.ptp(moments)) or 1))
    starts = edges[:-1].astype(np.int64)
    physical = column.to_physical().dtype
    names = words(pl.Series(starts).cast(physical).cast(column.dtype)).to_list()
    return tuple(
        Bin(label=f"from {name}", count=height)
        for name, height in zip(names, heights.tolist(), strict=True)
    )


def _number(value: Any) -> float | None:
    """Return a number that JSON has."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _short(value: float) -> str:
    return f"{value:,.4g}"
