"""Networks for other programs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Literal

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
from flowengine_nodes.io._whole import write_whole
from flowengine_nodes.network._files import check_target

EXAMPLE = "network.onnx"
NEEDED = ("onnx", "onnxscript")


@node(
    title="ONNX Writer",
    random=True,
    exclusive=True,
    keywords=("onnx", "export", "deploy", "runtime"),
)
class OnnxWriter(Node):
    """Write a network with its weights to an ONNX file.

    Many programs run ONNX files, in many languages and on many devices. Inputs and outputs keep
    their names and their order of axes, channels last; the number of rows stays open, and so do
    sizes that the Input layer leaves open, such as the length of a sequence. Preprocessing that is
    made of layers goes along. It needs the packages onnx and onnxscript:
    `pip install "flowengine[onnx]"`.
    """

    path: Annotated[str, File("write", suffixes=(".onnx",))]
    """File to write; missing folders on the way are made."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> None:
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise ConfigureError(
                f"writing ONNX needs {' and '.join(missing)}, which "
                f"{'is' if len(missing) == 1 else 'are'} not installed; "
                f'run: pip install "flowengine[onnx]"'
            )
        check_target(ctx.path(self.path, write=True), self.path, self.overwrite, EXAMPLE)

    def execute(self, network: Network, ctx: Context) -> None:
        from flowengine_nodes.network._onnx import onnx_bytes
        from flowengine_nodes.network._weights import weights_to_write

        target = ctx.path(self.path, write=True)
        check_target(target, self.path, self.overwrite, EXAMPLE)
        data = onnx_bytes(network.spec, weights_to_write(network, ctx))
        write_whole(target, data, self.path)
