from __future__ import annotations

import polars as pl

from flowengine import Context, Node, node

from ._log import note


@node(title="Concat")
class Concat(Node):
    """Put tables below each other."""

    def configure(self, tables: list[pl.Schema], more: pl.Schema | None) -> pl.Schema:
        return tables[0]

    def execute(
        self, tables: list[pl.DataFrame], ctx: Context, more: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        note(ctx.node)
        return pl.concat([*tables, *([] if more is None else [more])])
