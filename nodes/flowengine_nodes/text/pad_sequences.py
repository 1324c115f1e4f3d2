"""Sequences of one length."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, DataError, Node, node
from flowengine.nn.feeds.columns import innermost
from flowengine.nn.feeds.numbers import plain, plain_type
from flowengine_nodes.text._columns import check_holds, column_type, replaced


@node(
    title="Pad Sequences",
    keywords=("truncate", "cut", "zero padding", "fixed length", "keras preprocessing"),
)
class PadSequences(Node):
    """Bring lists to one length: cut the long ones, fill the short ones up.

    A network takes rows of one length. With a padding of 0 and a layer that masks zeros, such as an
    embedding with `mask_zero`, what is filled up counts for nothing.
    """

    column: Annotated[str, Column("table", kind="list")]
    """Column with the lists."""
    length: Annotated[int, Field(ge=1)]
    """Length of every list afterwards."""
    padding: Literal["pre", "post"] = "pre"
    """Fill short lists up at the beginning (pre) or at the end (post)."""
    truncating: Literal["pre", "post"] = "pre"
    """Cut long lists at the beginning (pre) or at the end (post)."""
    value: float = 0.0
    """What short lists are filled up with; in dictionaries the padding marker is 0."""
    name: str | None = None
    """Name of the new column; when empty, the column is replaced."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        dtype = column_type(table, self.column)
        item = innermost(dtype)
        if dtype != pl.List(item) or not (item.is_integer() or item.is_float()):
            raise ConfigureError(
                f'column "{self.column}" must hold lists of numbers, not {dtype}; the node '
                f'"Dictionary Encoder" turns lists of tokens into them',
                setting="column",
            )
        item = plain_type(item)
        check_holds(self.column, item, self.value, setting="value")
        return replaced(table, self.column, self.name, pl.Array(item, self.length))

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.progress(0.0, "bringing lists to one length")
        lists = plain(table[self.column])
        if lists.null_count():
            raise DataError(
                f'column "{self.column}" has {lists.null_count():,} missing values; remove these '
                f"rows first"
            )
        filler = pl.lit(self.value).cast(innermost(lists.dtype)).repeat_by(self.length)
        column = pl.col("lists")
        keep_end = self.truncating == "pre"
        cut = column.list.tail(self.length) if keep_end else column.list.head(self.length)
        if self.padding == "pre":
            made = pl.concat_list(filler, cut).list.tail(self.length)
        else:
            made = pl.concat_list(cut, filler).list.head(self.length)
        array = lists.to_frame("lists").select(made.list.to_array(self.length)).to_series()
        return table.with_columns(array.alias(self.name or self.column))
