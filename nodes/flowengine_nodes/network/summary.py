"""A network as a table."""

from __future__ import annotations

from typing import Annotated

import polars as pl

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    File,
    Network,
    NetworkSpec,
    Node,
    node,
)

SCHEMA = pl.Schema(
    {
        "layer": pl.String,
        "type": pl.String,
        "inputs": pl.String,
        "output_shape": pl.String,
        "parameters": pl.Int64,
        "trainable_parameters": pl.Int64,
        "flops": pl.Int64,
        "memory": pl.Int64,
    }
)


@node(title="Network Summary", keywords=("parameters", "flops", "diagram", "shapes", "size"))
class Summary(Node):
    """List the layers of a network: shapes, parameters, operations and memory.

    There is a row for each input and for each application of a layer; the parameters of a layer
    that is applied twice stand in the first of its rows, so that every column adds up. Operations
    and memory (bytes of the output in float32) are those of one row of data; sizes that are not
    known count as 1. A diagram of the network can be written as an SVG file.
    """

    path: Annotated[str, File("write", suffixes=(".svg",))] | None = None
    """SVG file for the diagram; empty: none is written."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> pl.Schema:
        if self.path is not None:
            ctx.path(self.path, write=True)
            if not self.path.lower().endswith(".svg"):
                raise ConfigureError(
                    f'"{self.path}" does not end with ".svg", and the diagram is an SVG file; '
                    f"give it a name such as network.svg",
                    setting="path",
                )
        return SCHEMA

    def execute(self, network: Network, ctx: Context) -> pl.DataFrame:
        if self.path is not None:
            from flowengine.diagram import network_diagram
            from flowengine_nodes.io._whole import write_whole

            text = network_diagram(network.spec)
            write_whole(ctx.path(self.path, write=True), text.encode(), self.path)
        return pl.DataFrame(_rows(network.spec), schema=SCHEMA, orient="row")


def _rows(spec: NetworkSpec) -> list[tuple[str | int, ...]]:
    rows: list[tuple[str | int, ...]] = [
        (name, "input", "", str(spec.tensors[tensor]), 0, 0, 0, _bytes(spec, tensor))
        for name, tensor in spec.inputs.items()
    ]
    seen = set()
    for name, call in spec.calls.items():
        layer = spec.layers[call.layer]
        weights = [] if call.layer in seen else list(spec.weights_of(call.layer).values())
        seen.add(call.layer)
        trainable = [] if call.layer in spec.frozen else [one for one in weights if one.trainable]
        rows.append(
            (
                name,
                layer.__type_id__,
                ", ".join(call.inputs),
                ", ".join(str(spec.tensors[tensor]) for tensor in call.outputs),
                sum(weight.size for weight in weights),
                sum(weight.size for weight in trainable),
                layer.flops(*(spec.tensors[tensor] for tensor in call.inputs)),
                sum(_bytes(spec, tensor) for tensor in call.outputs),
            )
        )
    return rows


def _bytes(spec: NetworkSpec, tensor: str) -> int:
    return 4 * spec.tensors[tensor].size
