"""Fewer rows, by a condition."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl

from flowengine import Column, Node, node
from flowengine_nodes.table._columns import column_type
from flowengine_nodes.table._predicates import Operator, Value, predicate


@node(title="Row Filter", keywords=("where", "select rows", "condition", "missing"))
class RowFilter(Node):
    """Keep the rows whose value in one column meets a condition, or all other rows.

    A missing value meets no condition but `missing`; what is not a number (NaN) is neither smaller
    nor greater than one. Text is compared exactly, capital letters
    included; `<` and its kin compare text by the alphabet. Dates and times are written as
    `2024-12-31` and `2024-12-31 23:59:00`. Tables larger than memory stream through.
    """

    column: Annotated[str, Column("table")]
    """Column to test."""
    operator: Operator = "is"
    """The condition. `matches` takes a regular expression for the whole text."""
    value: Value = None
    """What the column is compared with; empty for `missing` and `not_missing`."""
    keep: Literal["matching", "others"] = "matching"
    """Keep the rows that meet the condition (matching) or those that do not (others)."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        self._condition(table)
        return table

    def execute(self, table: pl.LazyFrame) -> pl.LazyFrame:
        return table.filter(self._condition(table.collect_schema()))

    def _condition(self, table: pl.Schema) -> pl.Expr:
        dtype = column_type(table, self.column, setting="column")
        meets = predicate(self.column, dtype, self.operator, self.value).fill_null(value=False)
        return meets if self.keep == "matching" else ~meets
