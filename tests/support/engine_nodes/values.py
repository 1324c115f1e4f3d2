from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from flowengine import Chart, Model, Node, node


class Made(NamedTuple):
    table: pl.DataFrame
    chart: Chart
    model: Model
    record: dict  # type: ignore[type-arg]


@node(title="Values")
class Values(Node):
    """Give one value of each kind."""

    rows: int = 5
    """Rows of the table."""

    def execute(self) -> Made:
        count = self.rows
        numbers = [None if index == 1 else float(index % 3) for index in range(count)]
        table = pl.DataFrame(
            {
                "number": pl.Series(numbers, dtype=pl.Float64),
                "word": [f"w{index % 2}" for index in range(count)],
                "image": np.full((count, 4, 6, 1), 7, np.uint8),
                "list": [list(range(index)) for index in range(count)],
                "digit": pl.Series(
                    [str(index % 2) for index in range(count)], dtype=pl.Enum(["0", "1", "2"])
                ),
            }
        )
        chart = Chart({"mark": "point", "data": {"name": "table"}}, table.select("number"))
        model = Model("scaling", {"columns": ["number"]}, {"mean": np.zeros((2, 3), np.float32)})
        return Made(table, chart, model, {"answer": 42})
