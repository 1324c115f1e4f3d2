"""A network applied to a table that streams: batch by batch, while somebody takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

from flowengine.context import Context
from flowengine.nn.devices import borrowed_threads

if TYPE_CHECKING:
    from flowengine.nn.applying import Applier


def stream(
    applier: Applier, table: pl.LazyFrame, *, keep_columns: bool, ctx: Context
) -> pl.LazyFrame:
    """Return a lazy table with the columns that a network adds to another.

    Args:
        applier: The network.
        table: The other table.
        keep_columns: Whether its columns stay.
        ctx: The node's context; a run that is cancelled ends at the next batch.
    """

    def extended(part: pl.DataFrame) -> pl.DataFrame:
        with borrowed_threads(ctx.threads):
            added = applier.columns(part, lambda _: ctx.check())
        return part.with_columns(added) if keep_columns else pl.DataFrame(added)

    def batches(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        source = table if rows is None else table.head(rows)
        for part in source.collect_batches(maintain_order=True):
            made = extended(part)
            made = made if predicate is None else made.filter(predicate)
            yield made if columns is None else made.select(cs.by_name(columns))

    # What is added to a table without rows has the types that all rows will have.
    schema = extended(pl.DataFrame(schema=table.collect_schema())).schema
    return register_io_source(batches, schema=schema)
