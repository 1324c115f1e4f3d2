"""Layers that training leaves alone."""

from __future__ import annotations

from typing import Literal

from flowengine import Network, NetworkSpec, Node, node
from flowengine.network_surgery import freeze


@node(title="Network Freeze", keywords=("keras freeze layers", "trainable", "transfer learning"))
class Freeze(Node):
    """Choose which layers training leaves alone.

    The layers that are named (or match a pattern such as `block_1/*`) are frozen and all others are
    trainable, or the other way round. A frozen batch normalization uses its moving averages also
    while training, a frozen spectral normalization its kernel as it is. To make everything
    trainable again, name no layer.
    """

    layers: tuple[str, ...] = ()
    """Names of layers, or patterns: `*` stands for anything, `?` for one character."""
    named: Literal["frozen", "trainable"] = "frozen"
    """What the named layers become; all others become the opposite."""

    def configure(self, network: NetworkSpec) -> NetworkSpec:
        return freeze(network, self.layers, others=self.named == "trainable")

    def execute(self, network: Network) -> Network:
        return network.with_spec(self.configure(network.spec))
