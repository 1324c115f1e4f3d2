"""Networks kept in files."""

from __future__ import annotations

from typing import Annotated, Literal

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node
from flowengine_nodes.io._whole import write_whole
from flowengine_nodes.network._files import check_target

SUFFIXES = (".safetensors",)
EXAMPLE = "network.safetensors"


@node(title="Network Writer", keywords=("save", "export", "model", "safetensors"))
class Writer(Node):
    """Write a network with its weights to a file.

    The file is a safetensors file that any program can open: its tensors are called `layer:weight`
    and have Keras' names and layouts, its metadata describes the network. It also holds which
    columns feed the network, so that a reader and an executor need nothing else.
    """

    path: Annotated[str, File("write", suffixes=SUFFIXES)]
    """File to write; missing folders on the way are made."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> None:
        check_target(ctx.path(self.path, write=True), self.path, self.overwrite, EXAMPLE)

    def execute(self, network: Network, ctx: Context) -> None:
        from flowengine.nn.network_file import network_bytes

        target = ctx.path(self.path, write=True)
        check_target(target, self.path, self.overwrite, EXAMPLE)
        if not network.is_trained:
            ctx.warn("some layers of the network are not trained; the file has no weights for them")
        write_whole(target, network_bytes(network), self.path)
