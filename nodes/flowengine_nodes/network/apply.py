"""A network used as a layer."""

from __future__ import annotations

from typing import Annotated

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    Network,
    NetworkSpec,
    Node,
    Port,
    node,
)
from flowengine.errors import listing, suggest
from flowengine.network_surgery import apply_network, needed_inputs, refitted

Applied = Annotated[Network, Port("Network that is applied; its layers are shared.")]
Targets = Annotated[
    list[Network], Port("Networks whose outputs take the place of its inputs, in their order.")
]


@node(title="Network Apply", keywords=("shared layer", "siamese", "stack", "call", "decoder"))
class Apply(Node):
    """Apply a network to the outputs of others, as if it were a layer.

    Its inputs are replaced by the outputs that are connected to `to`. Its layers keep their names,
    so that a network applied twice, or applied here and trained elsewhere, is one set of layers
    with one set of weights. That is how layers are shared (two inputs through one encoder), and how
    networks are stacked (a discriminator on a generator).
    """

    inputs: tuple[str, ...] = ()
    """Names of the inputs that the connections replace, in their order; by default all the
    inputs in the network's own order."""

    def configure(
        self, network: NetworkSpec, to: list[NetworkSpec], ctx: ConfigureContext
    ) -> NetworkSpec:
        merged = to[0]
        for other in to[1:]:
            merged = merged.merge(other)
        return self._applied(ctx.node, network, merged.merge(_layers_alone(network)), to)

    def execute(self, network: Applied, to: Targets, ctx: Context) -> Network:
        merged = to[0]
        for other in to[1:]:
            merged = merged.merge(other)
        targets = [one.spec for one in to]
        alone = Network(_layers_alone(network.spec), network.weights, None, network.blobs)
        merged = merged.merge(alone)
        return refitted(merged, self._applied(ctx.node, network.spec, merged.spec, targets))

    def _applied(
        self, name: str, spec: NetworkSpec, merged: NetworkSpec, to: list[NetworkSpec]
    ) -> NetworkSpec:
        needed = needed_inputs(spec)
        for wanted in self.inputs:
            if wanted not in spec.inputs:
                raise ConfigureError(
                    f'the network that is applied has no input "{wanted}".'
                    f"{suggest(wanted, spec.inputs)} It has {listing(spec.inputs)}",
                    setting="inputs",
                )
        order = [one for one in self.inputs or needed if one in needed]
        tensors = [tensor for one in to for tensor in one.outputs.values()]
        if sorted(order) != sorted(needed) or len(tensors) != len(self.inputs or order):
            raise ConfigureError(
                f"the network that is applied needs {listing(needed)}; "
                f"connected are {listing(tensors)}"
                + (f", meant for {listing(self.inputs)}" if self.inputs else "")
            )
        feeds = dict(zip(self.inputs or order, tensors, strict=True))
        return apply_network(name, spec, merged, {one: feeds[one] for one in needed})


def _layers_alone(spec: NetworkSpec) -> NetworkSpec:
    """Return the layers without their calls, to be merged by name."""
    return NetworkSpec(layers=spec.layers, frozen=spec.frozen)
