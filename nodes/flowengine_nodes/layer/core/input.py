"""The start of a network."""

from __future__ import annotations

from flowengine import ConfigureContext, Context, Network, NetworkSpec, Node, TensorSpec, node
from flowengine.tensor import DataType
from flowengine_nodes.layer._settings import Size


@node(title="Input", keywords=("start", "placeholder"))
class Input(Node):
    """Start a network with one input tensor.

    The shape is that of one row, without the batch: ``[28, 28, 1]`` for a grey image of 28 by 28,
    ``[4]`` for four numbers, ``[null, 16]`` for a sequence of unknown length. Images and sequences
    have their channels last.
    """

    shape: tuple[Size | None, ...]
    """Size of each dimension of one row; null where it is not known."""
    dtype: DataType = "float32"
    """Data type of the values."""

    def configure(self, ctx: ConfigureContext) -> NetworkSpec:
        return NetworkSpec.input(ctx.node, TensorSpec(self.shape, self.dtype))

    def execute(self, ctx: Context) -> Network:
        return Network(self.configure(ctx))
