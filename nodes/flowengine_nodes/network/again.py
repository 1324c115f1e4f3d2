"""A layer of a network, called once more."""

from __future__ import annotations

from flowengine import ConfigureContext, Context, Network, NetworkSpec, Node, node
from flowengine.network_surgery import call_again, refitted


@node(title="Layer Again", keywords=("shared layer", "call", "tied weights", "reverse"))
class Again(Node):
    """Call a layer of the network once more, on its output, with the same weights.

    Such as a ReversibleEmbedding: at the beginning of a language model it turns words into
    vectors, at its end vectors into a score of each word. To call several layers again, use the
    Network Apply.
    """

    layer: str
    """Name of the layer: the path of its node, such as `embedding` or `block_1/dense`."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> NetworkSpec:
        return call_again(network, ctx.node, self.layer)

    def execute(self, network: Network, ctx: Context) -> Network:
        return refitted(network, call_again(network.spec, ctx.node, self.layer))
