from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Count")
class Count(Node):
    """Count the rows of a table."""

    def execute(self, table: pl.DataFrame, ctx: Context) -> int:
        note(ctx.node)
        return table.height
