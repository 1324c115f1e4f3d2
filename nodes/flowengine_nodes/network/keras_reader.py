"""Networks from files of Keras."""

from __future__ import annotations

from typing import Annotated

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node
from flowengine.network_surgery import prefixed


@node(title="Keras Reader", keywords=("keras", "tensorflow", "h5", "import", "load", "pretrained"))
class KerasReader(Node):
    """Read a network that Keras saved, with its weights.

    Reads `.keras` files and whole models in `.h5` files, of Keras 2 and 3: Sequential and
    Functional models, nested and shared layers among them. Layers keep their names; those of a
    nested model get its name in front. Operations such as `x + y`, `sqrt(x)` or `x[:, -1]` become
    layers that compute the same, and so do the layers that `keras.applications` has of its own. A
    layer that models share is read once for each of them; a model within TimeDistributed becomes
    layers at every step. Numbers are float32 here: a model that computed in float16 or bfloat16, or
    kept its states from batch to batch, is read with a note that says so. Neither Keras nor
    TensorFlow is needed, and nothing in a file is ever executed: Lambda layers and classes of one's
    own are refused.
    """

    path: Annotated[str, File("read", suffixes=(".keras", ".h5", ".hdf5"))]
    """File to read."""
    prefix: str = ""
    """Put before the name of every layer and input, with a slash, so that layers of two files keep
    apart."""

    def configure(self, ctx: ConfigureContext) -> NetworkSpec:
        from flowengine_nodes.network._keras.reading import read_architecture

        found = read_architecture(ctx.path(self.path))
        for note in found.notes:
            ctx.warn(note)
        return self._named(Network(found.spec)).spec

    def execute(self, ctx: Context) -> Network:
        from flowengine_nodes.network._keras.reading import read_network

        network, notes = read_network(ctx.path(self.path), ctx.blobs)
        for note in notes:
            ctx.warn(note)
        return self._named(network)

    def _named(self, network: Network) -> Network:
        return prefixed(network, self.prefix) if self.prefix else network
