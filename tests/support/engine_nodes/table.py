from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Table")
class Table(Node):
    """Make a table of counted rows."""

    rows: int = 3
    """Number of rows."""
    column: str = "x"
    """Name of its one column."""

    def configure(self) -> pl.Schema:
        return pl.Schema({self.column: pl.Int64})

    def execute(self, ctx: Context) -> pl.DataFrame:
        note(ctx.node)
        return pl.DataFrame({self.column: range(self.rows)}, schema={self.column: pl.Int64})
