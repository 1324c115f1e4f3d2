"""Networks from files."""

from __future__ import annotations

from typing import Annotated, Protocol

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node
from flowengine.layer import BaseLayer


class _LayerContext(Context, Protocol):
    def load_layer(self, type_id: str, version: int, settings: dict[str, object]) -> BaseLayer:
        """Return a layer from type, version and settings."""


@node(title="Network Reader", keywords=("load", "import", "model", "safetensors"))
class Reader(Node):
    """Read a network that a Network Writer wrote.

    Layers, weights and what feeds the network come from the file. Nothing in a file is ever
    executed; a file that is damaged or of another kind is refused.
    """

    path: Annotated[str, File("read", suffixes=(".safetensors",))]
    """File to read."""

    def configure(self, ctx: ConfigureContext) -> NetworkSpec | None:
        # Layers can be made only while a node executes.
        ctx.path(self.path)
        return None

    def execute(self, ctx: _LayerContext) -> Network:
        from flowengine.nn.network_file import read_network

        return read_network(ctx.path(self.path), ctx.load_layer, ctx.blobs)
