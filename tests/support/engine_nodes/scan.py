from __future__ import annotations

from typing import Annotated

import polars as pl

from flowengine import Context, File, Node, node

from ._log import note


@node(title="Scan")
class Scan(Node):
    """Read a CSV file while it is consumed."""

    path: Annotated[str, File("read")]
    """The file."""

    def execute(self, ctx: Context) -> pl.LazyFrame:
        note(ctx.node)
        return pl.scan_csv(ctx.path(self.path))
