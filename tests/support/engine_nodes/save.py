from __future__ import annotations

from typing import Annotated

import polars as pl

from flowengine import Context, File, Node, node

from ._log import note


@node(title="Save")
class Save(Node):
    """Write a table to a CSV file."""

    path: Annotated[str, File("write")]
    """The file."""

    def execute(self, table: pl.DataFrame, ctx: Context) -> None:
        note(ctx.node)
        table.write_csv(ctx.path(self.path, write=True))
