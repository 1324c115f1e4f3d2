"""Fewer columns."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
import polars.selectors as cs

from flowengine import Column, ConfigureError, Node, node
from flowengine_nodes.table._columns import require_columns


@node(title="Column Filter", keywords=("select", "drop", "exclude", "include"))
class ColumnFilter(Node):
    """Keep some columns of a table, or all but some.

    The columns stay in the order they have in the table.
    """

    columns: Annotated[tuple[str, ...], Column("table")]
    """The columns that are kept or left out."""
    keep: Literal["included", "excluded"] = "included"
    """Keep the columns named above (included) or all others (excluded)."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        require_columns(table, self.columns, setting="columns")
        kept = self._kept(table)
        if not kept:
            raise ConfigureError(
                "no column is left; "
                + ("choose at least one" if self.keep == "included" else "exclude fewer"),
                setting="columns",
            )
        return pl.Schema({name: table[name] for name in kept})

    def execute(self, table: pl.LazyFrame) -> pl.LazyFrame:
        # By exact name: to polars "*" and "^a.*$" are several columns.
        return table.select(cs.by_name(self._kept(table.collect_schema())))

    def _kept(self, table: pl.Schema) -> list[str]:
        chosen = set(self.columns)
        return [name for name in table if (name in chosen) == (self.keep == "included")]
