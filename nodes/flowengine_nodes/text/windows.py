"""A long sequence as many short ones."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, DataError, Node, node
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
    """Cut one long sequence into windows of equal length, with what comes next as the target.

    The rows of the table are the sequence: positions of characters or words, or the values of a
    time series. Each window becomes one row, in the column `window`; the column `target` holds
    what a network is to predict from it. With the target `sequence`, the same window one step
    later, a network that answers at every step learns from each item and not just from the one
    after the window, and a stride as long as the window is enough.

    Windows keep the type of the column: 160,000 windows of 100 characters in one byte each take
    16 MB.
    """

    column: Annotated[str, Column("table", kind="number")]
    """Column with the sequence, one item in each row."""
    length: Annotated[int, Field(ge=1)] = 100
    """Number of items in a window."""
    target: Literal["next", "sequence", "none"] = "next"
    """What belongs to a window: the item that comes next (next), the window that begins one item
    later (sequence), or nothing (none)."""
    stride: Annotated[int, Field(ge=1)] = 1
    """Number of items between the beginnings of two windows."""
    rest: Literal["drop", "pad"] = "drop"
    """What happens to items at the end that fill no window: left out (drop), or filled up to a
    last window (pad)."""
    padding: float = 0.0
    """Value that fills the last window up."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        dtype = column_type(table, self.column)
        if not (dtype.is_integer() or dtype.is_float()):
            raise ConfigureError(
                f'column "{self.column}" must hold numbers, not {dtype}; the node "Dictionary '
                f'Encoder" turns tokens into positions',
                setting="column",
            )
        if self.rest == "pad" and self.target == "next":
            raise ConfigureError(
                "a window that is filled up has no next item; drop the rest, or choose the target "
                '"sequence" or "none"',
                setting="rest",
            )
        if self.rest == "pad":
            check_holds(self.column, dtype, self.padding, setting="padding")
        return self._schema(dtype)

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.progress(0.0, "cutting windows")
        column = table[self.column]
        if column.null_count():
            raise DataError(
                f'column "{self.column}" has {column.null_count():,} missing values; a sequence '
                f"has none"
            )
        items = column.to_numpy()
        span = self.length + (self.target != "none")
        if self.rest == "pad":
            items = self._filled(items, span)
        if len(items) < span:
            ctx.warn(
                f"the sequence has {len(items):,} items, a window takes {span:,}; there is no "
                f"window"
            )
            return pl.DataFrame(schema=self._schema(column.dtype))
        cut = np.lib.stride_tricks.sliding_window_view(items, span)[:: self.stride]
        columns = [_arrays("window", cut[:, : self.length])]
        if self.target == "sequence":
            columns.append(_arrays("target", cut[:, 1:]))
        elif self.target == "next":
            columns.append(pl.Series("target", np.ascontiguousarray(cut[:, -1])))
        return pl.DataFrame(columns)

    def _schema(self, dtype: pl.DataType) -> pl.Schema:
        window = pl.Array(dtype, self.length)
        targets: dict[str, pl.DataType] = {"next": dtype, "sequence": window}
        columns: dict[str, pl.DataType] = {"window": window}
        if self.target in targets:
            columns["target"] = targets[self.target]
        return pl.Schema(columns)

    def _filled(self, items: np.ndarray[Any, Any], span: int) -> np.ndarray[Any, Any]:
        """Return the items with padding, so that the last window holds the last item."""
        if not len(items):
            return items
        windows = max(0, -(-(len(items) - span) // self.stride)) + 1
        missing = (windows - 1) * self.stride + span - len(items)
        if missing <= 0:
            return items
        return np.concatenate([items, np.full(missing, self.padding, items.dtype)])


def _arrays(name: str, rows: np.ndarray[Any, Any]) -> pl.Series:
    """Return rows as a column of arrays: one copy out of the overlapping view, none into polars."""
    return pl.Series(name, np.ascontiguousarray(rows).reshape(-1)).reshape((-1, rows.shape[1]))
