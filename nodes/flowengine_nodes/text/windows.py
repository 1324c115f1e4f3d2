"""Long sequences as many short ones."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, DataError, Node, node
from flowengine.nn.feeds.columns import innermost
from flowengine.nn.feeds.numbers import plain, plain_type
from flowengine_nodes.text._columns import check_holds, column_type


@node(
    title="Sequence Windows",
    keywords=(
        "sliding window",
        "lag column",
        "n-gram",
        "time series",
        "timeseries dataset",
        "lookback",
        "shift",
    ),
)
class Windows(Node):
    """Cut sequences into windows of equal length, with what comes next as the target.

    The rows of the table are one long sequence, positions of characters or words or the values of
    a time series; or every row has a sequence of its own, in a list, and no window reaches from
    one into the next. Each window becomes one row, in the column `window`; the column `target`
    holds what a network is to predict from it. With the target `sequence`, the same window one
    step later, a network that answers at every step learns from each item and not just from the
    one after the window, and a stride as long as the window is enough.

    Windows keep the type of the column: 160,000 windows of 100 characters in one byte each take
    16 MB.
    """

    column: Annotated[str, Column("table")]
    """Column with one item of the sequence in each row, or with lists of items."""
    length: Annotated[int, Field(ge=1)] = 100
    """Number of items in a window."""
    target: Literal["next", "sequence", "none"] = "next"
    """What belongs to a window: the item that comes next (next), the window that begins one item
    later (sequence), or nothing (none)."""
    stride: Annotated[int, Field(ge=1)] = 1
    """Number of items between the beginnings of two windows."""
    rest: Literal["drop", "pad"] = "drop"
    """What happens to items at the end of a sequence that fill no window: left out (drop), or
    filled up to a last window (pad)."""
    padding: float = 0.0
    """Value that fills the last window up."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        dtype = column_type(table, self.column)
        item = innermost(dtype)
        is_sequence = not isinstance(dtype, pl.Array) and dtype in (item, pl.List(item))
        if not is_sequence or not (item.is_integer() or item.is_float()):
            raise ConfigureError(
                f'column "{self.column}" must hold numbers or lists of them, not {dtype}; the '
                f'node "Dictionary Encoder" turns tokens into positions',
                setting="column",
            )
        if self.rest == "pad" and self.target == "next":
            raise ConfigureError(
                "a window that is filled up has no next item; drop the rest, or choose the target "
                '"sequence" or "none"',
                setting="rest",
            )
        item = plain_type(item)
        if self.rest == "pad":
            check_holds(self.column, item, self.padding, setting="padding")
        return self._schema(item)

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.progress(0.0, "cutting windows")
        column = plain(table[self.column])
        lists = column if isinstance(column.dtype, pl.List) else [column]
        cuts = []
        for items in lists:
            ctx.check()
            if items is None or items.null_count():
                raise DataError(
                    f'column "{self.column}" has missing values; a sequence must have none'
                )
            cuts.append(self._cut(items.to_numpy()))
        count = sum(map(len, cuts))
        if not count:
            longest = max((len(items) for items in lists), default=0)
            ctx.warn(
                f"the longest sequence has {longest:,} items, a window takes {self._span:,}; "
                f"there is no window"
            )
            return pl.DataFrame(schema=self._schema(innermost(column.dtype)))
        columns = [_arrays("window", [cut[:, : self.length] for cut in cuts])]
        if self.target == "sequence":
            columns.append(_arrays("target", [cut[:, 1:] for cut in cuts]))
        elif self.target == "next":
            columns.append(pl.Series("target", np.concatenate([cut[:, -1] for cut in cuts])))
        return pl.DataFrame(columns)

    @property
    def _span(self) -> int:
        """Items of a window and its target together."""
        return self.length + (self.target != "none")

    def _cut(self, items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the windows of a sequence, each with its target, as an overlapping view."""
        if self.rest == "pad":
            items = self._filled(items)
        if len(items) < self._span:
            return np.empty((0, self._span), items.dtype)
        return np.lib.stride_tricks.sliding_window_view(items, self._span)[:: self.stride]

    def _filled(self, items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the items with padding, so that the last window holds the last item."""
        if not len(items):
            return items
        windows = max(0, -(-(len(items) - self._span) // self.stride)) + 1
        # A stride longer than a window may reach behind the end.
        windows = min(windows, -(-len(items) // self.stride))
        missing = (windows - 1) * self.stride + self._span - len(items)
        return np.concatenate([items, np.full(max(missing, 0), self.padding, items.dtype)])

    def _schema(self, dtype: pl.DataType) -> pl.Schema:
        window = pl.Array(dtype, self.length)
        targets: dict[str, pl.DataType] = {"next": dtype, "sequence": window}
        columns: dict[str, pl.DataType] = {"window": window}
        if self.target in targets:
            columns["target"] = targets[self.target]
        return pl.Schema(columns)


def _arrays(name: str, parts: list[np.ndarray[Any, Any]]) -> pl.Series:
    """Return rows as a column of arrays: one copy out of overlapping views, none into polars."""
    rows = np.concatenate(parts) if len(parts) > 1 else np.ascontiguousarray(parts[0])
    return pl.Series(name, rows.reshape(-1)).reshape((-1, rows.shape[1]))
