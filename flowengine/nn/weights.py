"""The weights of a network as arrays, in Keras' names and layouts. Imports no torch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flowengine.blobs import load_blob
from flowengine.network import Network, NetworkSpec

if TYPE_CHECKING:
    import numpy as np

LayerWeights = dict[str, "np.ndarray[Any, Any]"]
"""Arrays of one layer by weight name."""


def initial_weights(
    spec: NetworkSpec, seed: int, layers: Iterable[str] | None = None
) -> dict[str, LayerWeights]:
    """Return the weights that untrained layers start with.

    A weight depends on the seed and on its own name alone, so neither the order of the layers nor
    a layer added elsewhere changes it.

    Args:
        spec: The network.
        seed: Seed of the node that asks.
        layers: Names of the layers to fill; all by default.
    """
    names = spec.layers if layers is None else layers
    return {name: _initial(spec, seed, name) for name in names}


def network_weights(network: Network, seed: int) -> dict[str, LayerWeights]:
    """Return all weights of a network: trained ones from its files, initial ones for the rest.

    Args:
        network: The network.
        seed: Seed for the layers that are not trained yet.

    Raises:
        StoreError: A weight file is missing or damaged.
    """
    weights = {}
    for name in network.spec.layers:
        digest = network.weights.get(name)
        if digest is None or network.blobs is None:
            weights[name] = _initial(network.spec, seed, name)
        else:
            weights[name] = load_blob(network.blobs, digest)
    return weights


def _initial(spec: NetworkSpec, seed: int, layer: str) -> LayerWeights:
    return {
        name: weight.initializer.sample(weight.shape, _generator(seed, layer, name)).astype(
            weight.dtype, copy=False
        )
        for name, weight in spec.weights_of(layer).items()
    }


def _generator(seed: int, layer: str, weight: str) -> np.random.Generator:
    import numpy as np

    # Names are separated by a byte that no name has.
    digest = hashlib.sha256(f"{seed}\0{layer}\0{weight}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))
