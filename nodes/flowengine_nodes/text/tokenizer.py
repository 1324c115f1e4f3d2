"""Text into tokens."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
import polars.selectors as cs

from flowengine import Column, ConfigureError, Context, Node, node
from flowengine.nn.tokens import TokenStyle
from flowengine_nodes.text._columns import column_type, replaced


@node(
    title="Tokenizer",
    keywords=(
        "characters",
        "words",
        "split",
        "cell splitter",
        "cell splitter by position",
        "text vectorization",
        "strings to document",
        "bag of words",
        "nlp",
    ),
)
class Tokenizer(Node):
    """Split text into characters or words.

    For a text that is one long sequence, such as a novel read line by line, choose `rows`: the
    texts of all rows are put one behind the other, and each token gets a row of its own, in the
    column `token`. For texts that stand by themselves, such as reviews that are to be classified,
    choose `lists`: every row keeps its tokens, in a list.

    Words are kept whole at an apostrophe (`don't`) and split at a hyphen. A missing text has no
    tokens.
    """

    column: Annotated[str, Column("table", kind="text")]
    """Column with the text."""
    level: Literal["character", "word"] = "character"
    """What a token is: a character, or a word or punctuation mark."""
    output: Literal["rows", "lists"] = "rows"
    """One token in each row, the whole table being one sequence (rows); or a list of tokens in
    each row (lists)."""
    lowercase: bool = False
    """Bring the text to lower case first."""
    punctuation: bool = True
    """Keep punctuation marks and line ends as tokens beside the words; characters are always
    kept."""
    separator: str = "\n"
    """Token between the texts of two rows, where all become one sequence; empty: none."""
    name: str | None = None
    """Name of the new column of lists; when empty, the lists replace the text."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        dtype = column_type(table, self.column)
        if dtype != pl.String and not isinstance(dtype, (pl.Enum, pl.Categorical)):
            raise ConfigureError(
                f'column "{self.column}" must hold text, not {dtype}', setting="column"
            )
        if self.output == "rows":
            return pl.Schema({"token": pl.String()})
        return replaced(table, self.column, self.name, pl.List(pl.String()))

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        ctx.progress(0.0, "splitting text")
        style = TokenStyle(self.level, self.lowercase, self.punctuation)
        # By exact name: to polars "*" and "^a.*$" are several columns.
        text = cs.by_name(self.column)
        lists = style.lists(text.as_expr().cast(pl.String))
        if self.output == "lists":
            return table.with_columns(lists.alias(self.name or self.column))
        tokens = table.lazy().drop_nulls(text).select(token=lists)
        if not self.separator:
            return tokens.explode("token").drop_nulls().collect()
        between = pl.concat_list("token", pl.lit(self.separator))
        found = tokens.select(token=between).explode("token").collect()
        return found.head(max(found.height - 1, 0))
