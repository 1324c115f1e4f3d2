"""Tokens into positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import polars as pl

from flowengine import Column, ConfigureError, Context, Model, ModelSpec, Node, Port, node
from flowengine.nn.dictionary import Dictionary, check_kind, position_type, size_limit
from flowengine_nodes.text._columns import column_type, replaced


@node(
    title="Dictionary Encoder",
    keywords=("text to number", "word index", "cell replacer", "value lookup", "apply", "index"),
)
class Encoder(Node):
    """Replace tokens by their positions in a dictionary.

    The positions have the smallest type that holds them, so that long texts stay small: one byte
    each in a dictionary of up to 256 tokens. Tokens that are not in the dictionary become its
    unknown marker.
    """

    column: Annotated[str, Column("table")]
    """Column with one token in each row, or with lists of tokens."""
    add_start_and_end: Literal["start", "end"] | bool = False
    """Put the dictionary's start and end marker around every list, or just one of them: a decoder
    that learns to translate is shown the target behind its start, and gives it with its end."""
    name: str | None = None
    """Name of the new column; when empty, the positions replace the tokens."""

    def configure(self, dictionary: ModelSpec, table: pl.Schema) -> pl.Schema | None:
        check_kind(dictionary)
        dtype = column_type(table, self.column)
        is_list = isinstance(dtype, pl.List)
        if dtype not in (pl.String, pl.List(pl.String)):
            raise ConfigureError(
                f'column "{self.column}" must hold tokens or lists of them, not {dtype}; '
                f'the node "Tokenizer" splits text',
                setting="column",
            )
        if self.add_start_and_end:
            self._check_markers(dictionary, is_list=is_list)
        size = size_limit(dictionary)
        if size is None:
            return None
        position = position_type(size)
        return replaced(table, self.column, self.name, pl.List(position) if is_list else position)

    def execute(
        self,
        dictionary: Annotated[Model, Port("Dictionary with all tokens.")],
        table: Annotated[pl.DataFrame, Port("Table with the tokens.")],
        ctx: Context,
    ) -> pl.DataFrame:
        ctx.progress(0.0, "looking tokens up")
        known = Dictionary.from_model(dictionary)
        column = table[self.column]
        if column.dtype == pl.String:
            return table.with_columns(known.encode(column).alias(self.name or self.column))
        if added := self._added():
            column = _between(column, {name: known.markers[name] for name in added})
        # Only what stands in lists goes through the dictionary; then the lists are put back.
        rows = pl.DataFrame({"row": pl.int_range(len(column), eager=True), "item": column})
        flat = rows.filter(pl.col("item").list.len() > 0).explode("item")
        codes = flat.select("row", item=known.encode(flat["item"]))
        lists = codes.group_by("row", maintain_order=True).agg("item")
        empty = pl.lit([], dtype=pl.List(known.dtype))
        encoded = rows.select("row", missing=pl.col("item").is_null()).join(
            lists, on="row", how="left", maintain_order="left"
        )
        filled = pl.when("missing").then(None).otherwise(pl.col("item").fill_null(empty))
        return table.with_columns(
            encoded.select(filled).to_series().alias(self.name or self.column)
        )

    def _added(self) -> tuple[str, ...]:
        """Return the markers that stand around a list."""
        if isinstance(self.add_start_and_end, str):
            return (self.add_start_and_end,)
        return ("start", "end") if self.add_start_and_end else ()

    def _check_markers(self, dictionary: ModelSpec, *, is_list: bool) -> None:
        if not is_list:
            raise ConfigureError(
                f'markers stand around lists; column "{self.column}" has one token in each row',
                setting="add_start_and_end",
            )
        missing = [name for name in self._added() if name not in dictionary.settings["markers"]]
        if missing:
            raise ConfigureError(
                f"the dictionary has no {missing[0]} marker; set one in the node that makes it",
                setting="add_start_and_end",
            )


def _between(lists: pl.Series, markers: Mapping[str, str]) -> pl.Series:
    column = pl.col("lists")
    start, end = ([pl.lit(markers[one])] if one in markers else [] for one in ("start", "end"))
    made = pl.concat_list(*start, column, *end)
    frame = pl.DataFrame({"lists": lists})
    return frame.select(pl.when(column.is_not_null()).then(made)).to_series()
