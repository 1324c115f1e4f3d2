"""One table in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureError, Context, Node, Port, Specs, node
from flowengine_nodes.table._columns import column_type

if TYPE_CHECKING:
    import numpy as np


class Parts(NamedTuple):
    first: Annotated[pl.DataFrame, Port("The rows that were drawn.")]
    second: Annotated[pl.DataFrame, Port("All other rows.")]


@node(
    title="Partitioning",
    random=True,
    keywords=("split", "train", "test", "validation", "sample", "partitioner"),
)
class Partitioning(Node):
    """Split the rows of a table in two, such as into training and validation data.

    How many rows go to the first output is a fraction of the table or a number of rows. Which rows
    are drawn is a matter of chance, or of chance within each class, or simply those from the top.
    Both outputs keep the order of the rows. With the same seed the same rows are drawn.
    """

    size: Literal["relative", "absolute"] = "relative"
    """Whether the first part is a fraction of the table (relative) or a number of rows."""
    fraction: Annotated[float, Field(ge=0, le=1)] = 0.8
    """Relative size of the first part, 0 to 1."""
    rows: Annotated[int, Field(ge=0)] = 100
    """Absolute size of the first part."""
    draw: Literal["random", "stratified", "top"] = "random"
    """How rows are drawn: at random; stratified, at random so that both parts have each class in
    the same share; or from the top of the table."""
    column: Annotated[str | None, Column("table")] = None
    """Column of the classes, for stratified drawing. Rows without a value are a class too."""
    seed: Annotated[int | None, Field(ge=0)] = None
    """Seed of the draw; when empty, it follows from the workflow's seed and the node's name."""

    def configure(self, table: pl.Schema) -> Specs:
        if self.draw == "stratified":
            if self.column is None:
                raise ConfigureError(
                    'stratified drawing needs the column of the classes in "column"',
                    setting="column",
                )
            dtype = column_type(table, self.column, setting="column")
            if dtype.is_nested():
                raise ConfigureError(
                    f'stratified drawing needs a column of classes; "{self.column}" holds {dtype}',
                    setting="column",
                )
        return Specs(first=table, second=table)

    def execute(self, table: pl.DataFrame, ctx: Context) -> Parts:
        import numpy as np

        count = self._count(table.height, ctx)
        if self.draw == "top":
            return Parts(table.head(count), table.slice(count))
        rng = np.random.default_rng(ctx.seed if self.seed is None else self.seed)
        if self.draw == "random" or self.column is None:
            drawn = rng.permutation(table.height)[:count]
        else:
            drawn = _stratified(table[self.column], count, rng)
        chosen = np.zeros(table.height, dtype=bool)
        chosen[drawn] = True
        # Gathering by index is faster than a mask for wide rows such as images.
        return Parts(table[np.flatnonzero(chosen)], table[np.flatnonzero(~chosen)])

    def _count(self, height: int, ctx: Context) -> int:
        if self.size == "relative":
            return round(height * self.fraction)
        if self.rows > height:
            ctx.warn(
                f"the first part should have {self.rows:,} rows, but the table has only "
                f"{height:,}; the second part is empty"
            )
        return min(self.rows, height)


def _stratified(column: pl.Series, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw ``count`` rows so that every class has its share, to within one row."""
    import numpy as np

    if not len(column):
        return np.empty(0, dtype=np.intp)
    classes = column.rank("dense").fill_null(0).to_numpy()
    sizes = np.unique(classes, return_counts=True)[1]
    shares = sizes * (count / len(column))
    counts = np.floor(shares).astype(np.intp)
    # What rounding down left over goes to the classes that lost most by it.
    leftover = count - int(counts.sum())
    counts[np.argsort(counts - shares, kind="stable")[:leftover]] += 1
    # One look at all rows, not one for each class: there may be as many classes as rows.
    groups = np.split(np.argsort(classes, kind="stable"), np.cumsum(sizes)[:-1])
    return np.concatenate(
        [rng.permutation(rows)[:number] for rows, number in zip(groups, counts, strict=True)]
    )
