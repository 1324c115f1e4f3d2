"""Reads a network from a file of Keras."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowengine import DataError, Network, NetworkSpec
from flowengine.blobs import save_blob
from flowengine_nodes.network._keras.archive import KerasFile, open_keras
from flowengine_nodes.network._keras.building import Builder
from flowengine_nodes.network._keras.items import Model
from flowengine_nodes.network._keras.model import read_model
from flowengine_nodes.network._keras.weights import read_named, read_places


@dataclass(frozen=True)
class Architecture:
    """What a file says of a model without its weights."""

    model: Model
    spec: NetworkSpec
    notes: tuple[str, ...]


def read_architecture(path: Path) -> Architecture:
    """Return the architecture in a file.

    Raises:
        DataError: The file cannot be read.
    """
    with open_keras(path, weights=False) as opened:
        return _architecture(opened)


def read_network(path: Path, blobs: Path) -> tuple[Network, tuple[str, ...]]:
    """Return the network in a file, and notes on what is not quite as in Keras.

    Raises:
        DataError: The file cannot be read.
    """
    with open_keras(path) as opened:
        found = _architecture(opened)
        read = read_named if opened.legacy else read_places
        weights = {
            layer: save_blob(blobs, arrays)
            for layer, arrays in read(opened.root, found.model, found.spec)
        }
    network = Network(found.spec, weights, None, blobs)
    if not network.is_trained:
        raise DataError(f'"{path.name}" lacks the weights of some layers')
    return network, found.notes


def _architecture(opened: KerasFile) -> Architecture:
    model = read_model(opened.config, keras2=opened.keras2)
    if len(opened.outputs) == len(model.outputs):
        model.names = opened.outputs
    builder = Builder(keras2=opened.keras2)
    return Architecture(model, builder.network(model), builder.notes())
