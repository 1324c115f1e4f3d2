"""Weights for programs that know no untrained layers."""

from __future__ import annotations

from flowengine import Context, Network
from flowengine.errors import listing
from flowengine.nn.weights import LayerWeights, network_weights


def weights_to_write(network: Network, ctx: Context) -> dict[str, LayerWeights]:
    """Return the weights of all layers, and warn of those that are not trained."""
    untrained = [
        name
        for name in network.spec.layers
        if name not in network.weights and network.spec.weights_of(name)
    ]
    if untrained:
        ctx.warn(f"not trained: {listing(untrained)}; written with first weights from the seed")
    return network_weights(network, ctx.seed)
