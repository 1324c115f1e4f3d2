from __future__ import annotations

import polars as pl

from flowengine import Node, node


@node(title="Lie")
class Lie(Node):
    """Promise other columns than come."""

    gives: str = "y"
    """Name of the column that comes, instead of x."""

    def configure(self) -> pl.Schema:
        return pl.Schema({"x": pl.Int64})

    def execute(self) -> pl.DataFrame:
        return pl.DataFrame({self.gives: [1.0]})
