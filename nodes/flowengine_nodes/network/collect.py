"""Several outputs in one network."""

from __future__ import annotations

from typing import Annotated

from flowengine import Network, NetworkSpec, Node, Port, node
from flowengine.network_surgery import collect, refitted


@node(title="Network Collect", keywords=("outputs", "multi-output", "keras collect layer", "join"))
class Collect(Node):
    """Make one network with several outputs.

    All networks that are connected become one; what they have in common stays common. Inputs keep
    the names of their input nodes. Outputs are called like the tensors they are, or as the setting
    says: by these names a learner is told losses and targets, and an executor its columns.
    """

    names: tuple[str, ...] = ()
    """Names of the outputs, in the order of the connections; by default the tensors' own."""

    def configure(self, network: list[NetworkSpec]) -> NetworkSpec:
        return collect(network, self.names)

    def execute(
        self, network: Annotated[list[Network], Port("Networks whose outputs are collected.")]
    ) -> Network:
        merged = network[0]
        for other in network[1:]:
            merged = merged.merge(other)
        return refitted(merged, collect([one.spec for one in network], self.names))
