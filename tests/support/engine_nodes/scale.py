from __future__ import annotations

from typing import Annotated

import polars as pl
from pydantic import Field

from flowengine import Column, Context, Node, node

from ._log import note


@node(title="Scale", version=2, was=("local.times",), was_ports={"data": "table", "result": "out"})
class Scale(Node):
    """Multiply a column by a number."""

    column: Annotated[str, Column("table", kind="number")]
    """Column to multiply."""
    by: Annotated[float, Field(gt=0)] = 1.0
    """Factor."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        return pl.Schema({**table, self.column: pl.Float64()})

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        note(ctx.node)
        return table.with_columns(pl.col(self.column).cast(pl.Float64) * self.by)

    @classmethod
    def upgrade(cls, settings: dict[str, object], version: int) -> dict[str, object]:
        return {"by" if name == "factor" else name: item for name, item in settings.items()}
