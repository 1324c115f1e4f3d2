"""Networks from files."""

from __future__ import annotations

from typing import Annotated

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node


@node(title="Network Reader", keywords=("load", "import", "model", "safetensors"))
class Reader(Node):
    """Read a network that a Network Writer wrote.

    Layers, weights and what feeds the network come from the file. Nothing in a file is ever
    executed; a file that is damaged or of another kind is refused.
    """

    path: Annotated[str, File("read", suffixes=(".safetensors",))]
    """File to read."""

    def configure(self, ctx: ConfigureContext) -> NetworkSpec:
        from flowengine.nn.network_file import read_spec

        return read_spec(ctx.path(self.path), ctx.load_layer)

    def execute(self, ctx: Context) -> Network:
        from flowengine.nn.network_file import read_network

        return read_network(ctx.path(self.path), ctx.load_layer, ctx.blobs)
