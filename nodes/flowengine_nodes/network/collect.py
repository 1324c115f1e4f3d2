"""Several outputs in one network."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from flowengine import Network, NetworkSpec, Node, Port, node
from flowengine.network_surgery import collect, refitted


@node(title="Network Collect", keywords=("outputs", "multi-output", "keras collect layer", "join"))
class Collect(Node):
    """Make one network with several outputs.

    All networks that are connected become one; what they have in common stays common. Inputs keep
    the names of their input nodes. Outputs are called like the tensors they are, or as the setting
    says: by these names a learner is told losses and targets, and an executor its columns. What an
    output was trained on goes with it, whatever it is called.
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
        made = refitted(merged, collect([one.spec for one in network], self.names))
        if made.binding is None:
            return made
        # What an output was trained on goes with it under its new name.
        trained = [
            one.binding.targets.get(name) if one.binding else None
            for one in network
            for name in one.spec.outputs
        ]
        targets = {
            name: feed
            for name, feed in zip(made.spec.outputs, trained, strict=True)
            if feed is not None
        }
        return replace(made, binding=replace(made.binding, targets=targets))
