"""Tokens and their positions."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, Model, ModelSpec, Node, Port, Specs, node
from flowengine.errors import listing
from flowengine.nn.dictionary import KIND, MARKERS
from flowengine.nn.dictionary import Dictionary as Fitted
from flowengine.nn.feeds.columns import innermost
from flowengine_nodes.text._columns import column_type

Marker = Annotated[str, Field(min_length=1)] | None


class Found(NamedTuple):
    dictionary: Annotated[Model, Port("The dictionary, for encoder, decoder and generator.")]
    size: Annotated[int, Port("Number of tokens, markers included, for settings of layers.")]
    tokens: Annotated[pl.DataFrame, Port("Every token, its position and how often it occurs.")]


@node(
    title="Dictionary",
    keywords=("vocabulary", "index", "word index", "category to number", "text vectorization"),
)
class Dictionary(Node):
    """Give every token a position, the most frequent first.

    A network computes with numbers: the dictionary says which number stands for which token, and
    is needed again wherever the network is used. Tokens that occur equally often stand in
    alphabetical order. Markers come before all tokens, in the order in which they are listed below;
    so padding is position 0, the one that masks leave out.
    """

    column: Annotated[str, Column("table")]
    """Column with one token in each row, or with lists of tokens."""
    max_size: Annotated[int, Field(ge=1)] | None = None
    """Largest number of tokens, markers included; the rarest are left out. When set, shapes and
    types of all that follows are known before anything runs."""
    min_count: Annotated[int, Field(ge=1)] = 1
    """Tokens that occur less often are left out."""
    padding: Marker = "<padding>"
    """Marker that fills sequences up to one length; empty: none."""
    unknown: Marker = "<unknown>"
    """Marker that stands for every token that is not in the dictionary; empty: none, then such a
    token is an error."""
    start: Marker = None
    """Marker that stands before a sequence; empty: none."""
    end: Marker = None
    """Marker that stands behind a sequence; empty: none."""

    def configure(self, table: pl.Schema) -> Specs:
        dtype = column_type(table, self.column)
        if innermost(dtype) != pl.String:
            raise ConfigureError(
                f'column "{self.column}" must hold tokens, not {dtype}; '
                f'the node "Tokenizer" splits text',
                setting="column",
            )
        markers = self._markers()
        if len(set(markers.values())) < len(markers):
            raise ConfigureError(
                f"two of the markers {listing(markers.values())} are equal; each needs a text of "
                f"its own"
            )
        if self.max_size is not None and self.max_size <= len(markers):
            raise ConfigureError(
                f"max_size is {self.max_size}, and the {len(markers)} markers take all of it; "
                f"make it larger",
                setting="max_size",
            )
        return Specs(
            dictionary=ModelSpec(KIND, {"max_size": self.max_size, "markers": markers}),
            size="int",
            tokens=pl.Schema({"token": pl.String(), "position": pl.Int64(), "count": pl.Int64()}),
        )

    def execute(self, table: pl.DataFrame, ctx: Context) -> Found:
        ctx.progress(0.0, "counting tokens")
        markers = self._markers()
        column = table[self.column].alias("token")
        while column.dtype.is_nested():
            column = column.explode()
        counts = (
            column.drop_nulls()
            .value_counts(name="count")
            .filter(
                pl.col("count") >= self.min_count, ~pl.col("token").is_in(list(markers.values()))
            )
            .sort(pl.col("count"), pl.col("token"), descending=[True, False])
        )
        if counts.is_empty():
            ctx.warn("there are no tokens; the dictionary holds nothing but its markers")
        if self.max_size is not None:
            counts = counts.head(self.max_size - len(markers))
        fitted = Fitted.of(counts["token"].to_list(), markers, self.max_size)
        shown = pl.DataFrame({"token": fitted.tokens}, schema={"token": pl.String}).select(
            "token", position=pl.int_range(pl.len(), dtype=pl.Int64)
        )
        known = counts.select("token", pl.col("count").cast(pl.Int64))
        shown = shown.join(known, on="token", how="left", maintain_order="left")
        return Found(
            fitted.to_model(), len(fitted.tokens), shown.with_columns(pl.col("count").fill_null(0))
        )

    def _markers(self) -> dict[str, str]:
        return {name: text for name in MARKERS if (text := getattr(self, name)) is not None}
