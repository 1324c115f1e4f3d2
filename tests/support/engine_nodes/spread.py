from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Spread")
class Spread(Node):
    """Make a large table quickly."""

    rows: int = 3
    """Number of rows."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        return pl.Schema({"x": pl.Int64})

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        note(ctx.node)
        return pl.select(x=pl.int_range(self.rows, dtype=pl.Int64))
