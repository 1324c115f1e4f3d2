from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Keep")
class Keep(Node):
    """Keep the rows from a value on, lazily."""

    minimum: int = 0
    """Smallest value that is kept."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        return table

    def execute(self, table: pl.LazyFrame, ctx: Context) -> pl.LazyFrame:
        note(f"{ctx.node} {'scan' if 'SCAN' in table.explain(optimized=False) else 'memory'}")
        return table.filter(pl.first() >= self.minimum)
