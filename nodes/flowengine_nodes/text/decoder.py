"""Positions into tokens or text."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl

from flowengine import Column, ConfigureError, Context, Model, ModelSpec, Node, Port, node
from flowengine.nn.dictionary import Dictionary, check_kind
from flowengine_nodes.text._columns import column_type, replaced


@node(
    title="Dictionary Decoder",
    keywords=("number to text", "index to word", "cell replacer", "value lookup", "reverse"),
)
class Decoder(Node):
    """Replace positions in a dictionary by their tokens.

    Lists become texts again (characters side by side, words with spaces between them; the markers
    of padding, start and end are left out), or lists of tokens. A single position becomes a token.
    """

    column: Annotated[str, Column("table")]
    """Column with one position in each row, or with lists of positions."""
    output: Literal["text", "tokens"] = "text"
    """What lists become: one text (text) or lists of tokens (tokens)."""
    name: str | None = None
    """Name of the new column; when empty, the tokens replace the positions."""

    def configure(self, dictionary: ModelSpec, table: pl.Schema) -> pl.Schema:
        check_kind(dictionary)
        dtype = column_type(table, self.column)
        inner = dtype.inner if isinstance(dtype, (pl.List, pl.Array)) else dtype
        if not inner.is_integer():
            raise ConfigureError(
                f'column "{self.column}" must hold positions (whole numbers) or lists of them, '
                f"not {dtype}",
                setting="column",
            )
        is_list = dtype.is_nested() and self.output == "tokens"
        made = pl.List(pl.String()) if is_list else pl.String()
        return replaced(table, self.column, self.name, made)

    def execute(
        self,
        dictionary: Annotated[Model, Port("Dictionary with all tokens.")],
        table: Annotated[pl.DataFrame, Port("Table with the positions.")],
        ctx: Context,
    ) -> pl.DataFrame:
        ctx.progress(0.0, "looking positions up")
        known = Dictionary.from_model(dictionary)
        column, name = table[self.column], self.name or self.column
        if not column.dtype.is_nested():
            return table.with_columns(known.decode(column).alias(name))
        known.decode(column.explode())
        texts: list[str | list[str] | None] = []
        for row in column.to_list():
            ctx.check()
            if row is None or None in row:
                texts.append(None)
            elif self.output == "text":
                texts.append(known.text(row))
            else:
                texts.append([known.tokens[place] for place in row])
        dtype = pl.String() if self.output == "text" else pl.List(pl.String())
        return table.with_columns(pl.Series(name, texts, dtype=dtype))
