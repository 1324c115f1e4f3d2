from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Broken")
class Broken(Node):
    """Fail."""

    message: str = "this is wrong"
    """What it says."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        return table

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        note(ctx.node)
        raise ValueError(self.message)
