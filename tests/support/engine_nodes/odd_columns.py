from __future__ import annotations

import datetime

import polars as pl

from flowengine import Node, node


@node(title="Odd Columns")
class OddColumns(Node):
    """Give columns that text files have no form for."""

    def execute(self) -> pl.DataFrame:
        took = datetime.timedelta(minutes=1, seconds=30)
        return pl.DataFrame({"took": [took, None], "bytes": [b"\xff", None]})
