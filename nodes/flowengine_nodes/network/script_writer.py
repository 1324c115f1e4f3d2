"""Networks as programs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node
from flowengine_nodes.io._whole import write_whole
from flowengine_nodes.network._files import check_target

EXAMPLE = "network.py"


@node(
    title="Script Writer", random=True, keywords=("pytorch", "python", "export", "code", "module")
)
class ScriptWriter(Node):
    """Write a network as a readable PyTorch program with its weights.

    Two files are written: the program, and beside it a safetensors file of the same name. The
    program needs PyTorch and nothing else: `load()` gives the module with its weights, which
    computes what the network computes. Recurrent layers are PyTorch's own; those with masks or
    functions that these cannot compute, and those that slide over images, are written out step by
    step, which is slower. Attention, layers at every step and those that bring images to a size are
    written too. What acts only in training by flowengine, such as augmentation, is left out with a
    remark. Refused are spectrograms, local equalization, locally connected layers, attention over
    several axes, and interpolation by Lanczos.
    """

    path: Annotated[str, File("write", suffixes=(".py",))]
    """Program to write; missing folders on the way are made."""
    class_name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")] = "Network"
    """Name of the module's class."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> None:
        from flowengine_nodes.network._script.module import check_network

        check_target(ctx.path(self.path, write=True), self.path, self.overwrite, EXAMPLE)
        check_network(network)

    def execute(self, network: Network, ctx: Context) -> None:
        from flowengine_nodes.network._script.program import program
        from flowengine_nodes.network._weights import weights_to_write

        target = ctx.path(self.path, write=True)
        check_target(target, self.path, self.overwrite, EXAMPLE)
        weights = str(PurePosixPath(self.path).with_suffix(".safetensors"))
        text, data = program(
            network.spec,
            weights_to_write(network, ctx),
            class_name=self.class_name,
            weights_file=PurePosixPath(weights).name,
        )
        write_whole(ctx.path(weights, write=True), data, weights)
        write_whole(target, text.encode(), self.path)
