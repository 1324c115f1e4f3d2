"""Long sequences as many short ones."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, DataError, Node, node
from flowengine.errors import listing
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
        "multivariate",
        "sensors",
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
    features: Annotated[tuple[str, ...], Column("table", kind="number")] = ()
    """Further columns that a window shows at each step, such as those of other sensors; it then
    holds decimal numbers, one for each step and column. The target is of the first column alone."""
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
        if self.features and dtype != item:
            raise ConfigureError(
                f'column "{self.column}" has a sequence in each row; features stand beside one '
                f"that goes down the rows",
                setting="features",
            )
        if self.column in self.features or len(set(self.features)) < len(self.features):
            raise ConfigureError(
                f"{listing((self.column, *self.features))} name a column twice; leave one out",
                setting="features",
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
        beside = [_items(table[name].cast(pl.Float64), name) for name in self.features]
        cuts = []
        for items in lists:
            ctx.check()
            own = _items(items, self.column)
            cuts.append(self._cut(np.stack([own, *beside], -1) if beside else own))
        count = sum(map(len, cuts))
        schema = self._schema(innermost(column.dtype))
        if not count:
            longest = max((len(items) for items in lists), default=0)
            ctx.warn(
                f"the longest sequence has {longest:,} items, a window takes {self._span:,}; "
                f"there is no window"
            )
            return pl.DataFrame(schema=schema)
        columns = [_arrays("window", [cut[:, : self.length] for cut in cuts])]
        answers = [cut[..., 0] for cut in cuts] if self.features else cuts
        if self.target == "sequence":
            columns.append(_arrays("target", [cut[:, 1:] for cut in answers]))
        elif self.target == "next":
            columns.append(pl.Series("target", np.concatenate([cut[:, -1] for cut in answers])))
        return pl.DataFrame(columns).cast(schema)

    @property
    def _span(self) -> int:
        """Items of a window and its target together."""
        return self.length + (self.target != "none")

    def _cut(self, items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the windows of a sequence, each with its target, as an overlapping view."""
        if self.rest == "pad":
            items = self._filled(items)
        if len(items) < self._span:
            return np.empty((0, self._span, *items.shape[1:]), items.dtype)
        windows = np.lib.stride_tricks.sliding_window_view(items, self._span, 0)[:: self.stride]
        return np.moveaxis(windows, -1, 1)

    def _filled(self, items: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the items with padding, so that the last window holds the last item."""
        if not len(items):
            return items
        windows = max(0, -(-(len(items) - self._span) // self.stride)) + 1
        # A stride longer than a window may reach behind the end.
        windows = min(windows, -(-len(items) // self.stride))
        missing = (windows - 1) * self.stride + self._span - len(items)
        shape = (max(missing, 0), *items.shape[1:])
        return np.concatenate([items, np.full(shape, self.padding, items.dtype)])

    def _schema(self, dtype: pl.DataType) -> pl.Schema:
        one = pl.Array(dtype, self.length)
        targets: dict[str, pl.DataType] = {"next": dtype, "sequence": one}
        shown = pl.Array(pl.Float64(), (self.length, 1 + len(self.features)))
        columns: dict[str, pl.DataType] = {"window": shown if self.features else one}
        if self.target in targets:
            columns["target"] = targets[self.target]
        return pl.Schema(columns)


def _items(sequence: pl.Series | None, column: str) -> np.ndarray[Any, Any]:
    if sequence is None or sequence.null_count():
        raise DataError(f'column "{column}" has missing values; a sequence must have none')
    return sequence.to_numpy()


def _arrays(name: str, parts: list[np.ndarray[Any, Any]]) -> pl.Series:
    """Return rows as a column of arrays: one copy out of overlapping views, none into polars."""
    rows = np.concatenate(parts) if len(parts) > 1 else np.ascontiguousarray(parts[0])
    return pl.Series(name, rows.reshape(-1)).reshape((-1, *rows.shape[1:]))
