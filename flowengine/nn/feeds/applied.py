"""What feeds the inputs of a network that is only applied. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.binding import plan_inputs
from flowengine.nn.feeds.columns import fed_column
from flowengine.nn.feeds.inputs import check_conversion


@dataclass(frozen=True)
class AskedFeeds:
    """Columns and conversions of some inputs, where they are not those of the training."""

    input_columns: Sequence[str] | Mapping[str, Sequence[str]] | None = None
    conversions: Mapping[str, str] | None = None


def planned_binding(
    spec: NetworkSpec, binding: Binding | None, table: pl.Schema, asked: AskedFeeds
) -> Binding:
    """Return what feeds the inputs of a network that is applied, categories as far as known.

    Args:
        spec: The network.
        binding: What fed it in its training, if it had one.
        table: The table's columns.
        asked: Columns and conversions of some inputs, where they are not those of the training.

    Raises:
        ConfigureError: The table lacks a column, or no columns fit.
    """
    known = binding or Binding()
    kept = {name: feed for name, feed in known.inputs.items() if name in spec.inputs}
    if asked.input_columns is None and not asked.conversions and kept:
        for name, feed in kept.items():
            require_columns(table, name, feed)
        if kept.keys() >= spec.inputs.keys():
            return known
    columns, conversions = asked.input_columns, dict(asked.conversions or {})
    if columns is None or isinstance(columns, Mapping):
        # Inputs that are not named keep what fed them, as far as they were trained.
        named = dict(columns or {})
        feeds = {name: feed for name, feed in kept.items() if name not in named}
        columns = {name: feed.columns for name, feed in feeds.items()} | named
        conversions = {name: feed.conversion for name, feed in feeds.items()} | conversions
    planned = plan_inputs(
        spec, table, input_columns=columns, conversions=conversions, binding=known
    )
    return Binding(planned, known.targets)


def require_columns(table: pl.Schema, name: str, feed: Feed) -> None:
    """Refuse a table that lacks a column of an input, or has it with values of another kind.

    Raises:
        ConfigureError: It does.
    """
    for column in feed.columns:
        if column not in table:
            raise ConfigureError(
                f'the network was trained with column "{column}" as input "{name}", which the '
                f"table does not have.{suggest(column, table)} "
                f"It has {listing(table)}; choose with the setting input_columns",
                setting="input_columns",
            )
        given = fed_column(table, column)
        # A column without any value is told by its missing values; arrays by their own shapes, and
        # lists may stand for them.
        fits = given.sort in ("array", "list") and feed.conversion in ("list", "image")
        if table[column] != pl.Null and not fits:
            check_conversion(name, feed.conversion, [given], "input_columns")
