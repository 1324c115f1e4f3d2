"""Using a trained network."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from flowengine import Column, ConfigureContext, Context, Network, NetworkSpec, Node, node
from flowengine.errors import listing
from flowengine.nn.feeds.columns import Conversion
from flowengine.nn.predicted import Asked, predicted_columns

Columns = Annotated[tuple[str, ...], Column("table")]


@node(
    title="Network Executor",
    random=True,
    exclusive=True,
    keywords=("predict", "apply", "inference", "keras network executor"),
)
class Executor(Node):
    """Apply a network to a table.

    The columns are those the network was trained on. For a network that was trained on classes it
    adds the columns `prediction` (the class, in the type of the target) and `probability`; else one
    column for each value of the output. Where the loss took logits, the probability is that of the
    sigmoid or softmax left out; after a hinge it goes evenly from one half at a margin of 0 to 1 at
    a margin of 1 (after a categorical hinge, the lead over the next class), and numbers that
    learned ones and zeros are cut to 0 and 1. Where the network answers with no number (NaN), the
    class is missing.

    A network without training is applied with first weights, and a warning says so. Tables larger
    than memory stream through.
    """

    outputs: tuple[str, ...] = ()
    """What of the network is wanted: its outputs, or any layers by their names (a state of an LSTM
    is `lstm_1.state_h`); by default all its outputs. With several, the names of the added columns
    begin with them."""
    output: Literal["auto", "class", "columns", "list"] = "auto"
    """What is added: the class with its probability, a column for each value, or one column of
    arrays; by default classes where the network was trained on classes, else columns. A network
    with a softmax at every step has a class at each: its position, as a Dictionary Decoder takes
    it, and 0 at masked steps."""
    probability: bool = True
    """Whether the probability of the class is added."""
    prefix: str = ""
    """Put before the names of the added columns."""
    keep_columns: bool = True
    """Whether the columns of the table stay."""
    batch_size: Annotated[int, Field(ge=1)] = 128
    """Rows at a time; changes speed and memory, not the result. Where lists of several lengths go
    into a layer that takes no mask, such as a convolution, it sees the zeros behind the shorter
    ones of a batch, as in training; bring them to one length with Pad Sequences."""
    input_columns: Columns | dict[str, Columns] | None = None
    """Columns that feed the input, where they are not those of the training."""
    conversions: dict[str, Conversion] | None = None
    """How the columns of an input become a tensor, where it is not obvious."""

    def configure(
        self, network: NetworkSpec, table: pl.Schema, ctx: ConfigureContext
    ) -> pl.Schema | None:
        added = predicted_columns(network, table, self._asked())
        if added is None:
            return None
        lost = [name for name in added if name in table and self.keep_columns]
        if lost:
            ctx.warn(f"what is added takes the place of {listing(lost)}; a prefix keeps both")
        return pl.Schema({**(table if self.keep_columns else {}), **added})

    def execute(self, network: Network, table: pl.LazyFrame, ctx: Context) -> pl.LazyFrame:
        from flowengine.nn.applying import apply_network

        return apply_network(network, table, self._asked(), keep_columns=self.keep_columns, ctx=ctx)

    def _asked(self) -> Asked:
        return Asked(
            outputs=self.outputs,
            output=self.output,
            probability=self.probability,
            prefix=self.prefix,
            batch_size=self.batch_size,
            input_columns=self.input_columns,
            conversions=self.conversions,
        )
