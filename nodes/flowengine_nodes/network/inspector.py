"""A look inside a network."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import polars as pl
from pydantic import Field

from flowengine import (
    Chart,
    Column,
    Context,
    DataError,
    Network,
    NetworkSpec,
    Node,
    Port,
    Specs,
    node,
)
from flowengine.nn.inspected import (
    IMAGES,
    VALUES,
    chosen_calls,
    images_table,
    values_table,
)
from flowengine.nn.inspected_charts import images_chart, values_chart
from flowengine.nn.predicted import Asked, predicted_columns

Columns = Annotated[tuple[str, ...], Column("table")]


class Inspected(NamedTuple):
    values: Annotated[
        pl.DataFrame, Port("Activations, gates and states: a row for each step and unit.")
    ]
    images: Annotated[pl.DataFrame, Port("Kernels and feature maps: a row for each pixel.")]
    chart: Annotated[
        Chart, Port("The values as coloured fields: a line for each unit, steps to the right.")
    ]
    pictures: Annotated[Chart, Port("Kernels and feature maps as pictures.")]


@node(
    title="Network Inspector",
    random=True,
    exclusive=True,
    keywords=("activation", "gate", "lstm", "feature map", "kernel", "visualize", "explain"),
)
class Inspector(Node):
    """Look at what happens inside a network when it sees one row.

    Of recurrent layers it shows every step of the sequence: of an LSTM the forget, input and output
    gates, the candidate, the cell state C(t) = f · C(t-1) + i · candidate and the output; of a GRU
    the update and reset gates, the candidate and the output. Steps stand in the order in which the
    layer goes through them. Of convolutions it shows the kernels, a picture for each unit and
    channel it reads, and the feature maps they make of the row, of all other layers the
    activations. A separable convolution has the kernel that its two kernels make together, a
    locally connected layer one picture of the kernels of all places, side by side.
    """

    layers: tuple[str, ...] = ()
    """Names of layers, or patterns (`*` stands for anything); by default all."""
    row: Annotated[int, Field(ge=0)] = 0
    """Row of the table that is looked at, counted from 0."""
    max_images: Annotated[int, Field(ge=1)] = 16
    """Feature maps of a layer, and kernels of one, at most."""
    input_columns: Columns | dict[str, Columns] | None = None
    """Columns that feed the input, where they are not those of the training."""

    def configure(self, network: NetworkSpec, table: pl.Schema) -> Specs:
        chosen_calls(network, self.layers)
        # Only whether the table has the columns is asked here.
        predicted_columns(network, table, self._asked())
        return Specs(values=VALUES, images=IMAGES, chart=None, pictures=None)

    def execute(self, network: Network, table: pl.DataFrame, ctx: Context) -> Inspected:
        from flowengine.nn.applying import inspect_network

        if self.row >= table.height:
            raise DataError(f"there is no row {self.row}; the table has {table.height:,} rows")
        calls = chosen_calls(network.spec, self.layers)
        seen = inspect_network(network, table.slice(self.row, 1), calls, ctx, self._asked())
        values, images = values_table(seen), images_table(seen, self.max_images)
        return Inspected(values, images, values_chart(values), images_chart(images))

    def _asked(self) -> Asked:
        return Asked(input_columns=self.input_columns)
