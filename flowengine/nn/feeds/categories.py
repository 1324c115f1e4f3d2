"""Categories that only the data knows: found in a column, and a column as positions in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.errors import DataError, listing
from flowengine.network import NetworkSpec

Categories = Sequence[str | int]


def fit_binding(
    binding: Binding, spec: NetworkSpec, table: pl.DataFrame, losses: Mapping[str, object]
) -> Binding:
    """Return the binding with the categories that the training table holds.

    Args:
        binding: As planned; categories may be missing.
        spec: The network.
        table: The training data.
        losses: The outputs that are trained.

    Raises:
        DataError: A column has more categories than the network has units for them.
    """
    inputs = {
        name: _fit(feed, table, _units(spec, spec.inputs[name], feed))
        for name, feed in binding.inputs.items()
    }
    targets = {
        name: _fit(feed, table, _units(spec, spec.outputs[name], feed)) if name in losses else feed
        for name, feed in binding.targets.items()
    }
    return Binding(inputs, targets)


def positions(series: pl.Series, categories: Categories) -> pl.Series:
    """Return a column as the positions of its values in ``categories``, in few bytes a row.

    Raises:
        DataError: It holds a value that is no category.
    """
    if isinstance(series.dtype, pl.Enum) and tuple(series.dtype.categories) == tuple(categories):
        return series.to_physical()
    if series.dtype == pl.Boolean:
        series = series.cast(pl.UInt8)
    elif not series.dtype.is_integer():
        series = series.cast(pl.String)
    if series.dtype.is_integer() and list(categories) == list(range(len(categories))):
        _check_range(series, len(categories))
        return series
    if categories and isinstance(categories[0], str):
        series = series.cast(pl.String)
    codes = pl.UInt16 if len(categories) < 2**16 else pl.UInt32
    found = series.replace_strict(
        list(categories), range(len(categories)), default=None, return_dtype=codes
    )
    if found.null_count():
        odd = series.filter(found.is_null()).unique(maintain_order=True).head(3).to_list()
        raise _unknown(series.name, odd, categories)
    return found


def _check_range(series: pl.Series, count: int) -> None:
    bounds = (series.min(), series.max())
    for value in bounds:
        if isinstance(value, int) and not 0 <= value < count:
            raise _unknown(series.name, [value], range(count))


def _unknown(column: str, odd: list[object], categories: Categories) -> DataError:
    return DataError(
        f'column "{column}" holds {listing(map(str, odd))}, which is none of the categories of '
        f"the training data: {listing(map(str, categories))}"
    )


def _fit(feed: Feed, table: pl.DataFrame, units: int | None) -> Feed:
    if feed.conversion not in ("index", "one_hot"):
        return feed
    series = table[feed.columns[0]]
    categories = feed.categories or _find(series, units)
    if units is not None and len(categories) > units:
        raise DataError(
            f'column "{series.name}" has {len(categories)} categories '
            f"({listing(map(str, categories))}); the network has {units} "
            f"place{'s' if units != 1 else ''} for them"
        )
    return replace(feed, categories=categories)


def _find(series: pl.Series, units: int | None) -> tuple[str | int, ...]:
    if series.dtype.is_integer():
        values = sorted(series.drop_nulls().unique().to_list())
        # Whole numbers that already are positions stay what they are, seen or not.
        if units is not None and values and values[0] >= 0 and values[-1] < units:
            return tuple(range(units))
        return tuple(values)
    return tuple(sorted(series.drop_nulls().cast(pl.String).unique().to_list()))


def _units(spec: NetworkSpec, tensor: str, feed: Feed) -> int | None:
    shape = spec.tensors[tensor].shape
    units = shape[-1] if shape else 1
    if feed.conversion == "index" and units == 1:
        # One unit tells two classes apart; as an input it may be any position (an embedding).
        return 2 if tensor in spec.outputs.values() else None
    return units
