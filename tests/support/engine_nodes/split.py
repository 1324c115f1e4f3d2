from __future__ import annotations

from typing import NamedTuple

import polars as pl

from flowengine import Context, Node, Specs, node

from ._log import note


class Halves(NamedTuple):
    first: pl.DataFrame
    second: pl.DataFrame


@node(title="Split")
class Split(Node):
    """Split a table in two."""

    at: int = 1
    """Number of rows in the first part."""

    def configure(self, table: pl.Schema) -> Specs:
        return Specs(first=table, second=table)

    def execute(self, table: pl.DataFrame, ctx: Context) -> Halves:
        note(ctx.node)
        return Halves(table.head(self.at), table.slice(self.at))
