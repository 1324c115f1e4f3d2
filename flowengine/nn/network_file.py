"""The file of a network: one safetensors file, its description in the file's metadata.

Tensors are called ``layer:weight``, with Keras' names and layouts. Imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.blobs import load_blob, save_blob
from flowengine.errors import ConfigureError, DataError, UnknownTypeError, listing
from flowengine.network import LayerLoader, Network, NetworkSpec
from flowengine.nn.foreign import OWN, foreign_sentence
from flowengine.nn.network_description import read_description

if TYPE_CHECKING:
    import numpy as np

FORMAT = "flowengine.network"
VERSION = 1
LARGEST_HEADER = 100 << 20
"""Bytes; a description that claims to be longer is not read."""


def network_bytes(network: Network) -> bytes:
    """Return a network and its weights as the bytes of a file, the same for the same network.

    Raises:
        StoreError: A weight file is missing or damaged.
    """
    from safetensors.numpy import save

    tensors: dict[str, np.ndarray[Any, Any]] = {}
    if network.blobs is not None:
        for layer, digest in network.weights.items():
            for name, array in load_blob(network.blobs, digest).items():
                tensors[f"{layer}:{name}"] = array
    description = {**network.to_json(), "weights": {}}
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "network": json.dumps(description, ensure_ascii=False, allow_nan=False),
    }
    return _in_order(save(tensors, metadata=metadata))


def _in_order(data: bytes) -> bytes:
    """Return a safetensors file with its metadata in order: the library leaves that to chance, and
    the same network is to give the same bytes.
    """
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, memoryview(data)[start:]])


def read_network(path: Path, load_layer: LayerLoader, blobs: Path) -> Network:
    """Return the network of a file; its weights go to ``blobs``.

    Args:
        path: The file.
        load_layer: Makes layers.
        blobs: Folder of weight files.

    Raises:
        DataError: It is no such file, is damaged, or its weights do not fit its layers.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    network = _described(path, load_layer, blobs)
    try:
        tensors = load(path.read_bytes())
    except (SafetensorError, ValueError, KeyError) as error:
        raise DataError(f'"{path.name}" is damaged: {error}') from None
    weights = {}
    for layer in network.spec.layers:
        arrays = _layer_arrays(network, layer, tensors, path.name)
        if arrays:
            weights[layer] = save_blob(blobs, arrays)
    unknown = [name for name in tensors if name.rpartition(":")[0] not in weights]
    if unknown:
        raise DataError(f'"{path.name}" has weights of unknown layers: {listing(unknown)}')
    return replace(network, weights=weights)


def read_spec(path: Path, load_layer: LayerLoader) -> NetworkSpec:
    """Return what is known of the network of a file, from its first bytes.

    Raises:
        DataError: It is no such file, or is damaged.
    """
    return _described(path, load_layer, Path()).spec


def _described(path: Path, load_layer: LayerLoader, blobs: Path) -> Network:
    metadata = _metadata(path)
    if metadata.get("format") != FORMAT:
        raise DataError(
            foreign_sentence(path, own=(OWN,))
            or f'"{path.name}" is no network of flowengine; write one with the node "Network '
            f'Writer"'
        )
    if metadata.get("version") != str(VERSION):
        raise DataError(
            f'"{path.name}" was written in version {metadata.get("version")} of the format; '
            f"this program reads version {VERSION}"
        )
    try:
        described = read_description(metadata.get("network", ""))
    except DataError as error:
        raise DataError(f'the description in "{path.name}" is damaged: {error}') from None
    try:
        network = Network.from_json(described, load_layer, blobs)
    except (UnknownTypeError, ConfigureError) as error:
        raise DataError(f'"{path.name}" cannot be read: {error}') from error
    except (KeyError, TypeError, ValueError, IndexError, StopIteration) as error:
        # Such as a call of a tensor that nothing makes, or with too few of them.
        raise DataError(f'the description in "{path.name}" is damaged ({error!r})') from None
    fault = _fault(network)
    if fault:
        raise DataError(f'the description in "{path.name}" is damaged: {fault}')
    return network


def _fault(network: Network) -> str:
    """Return what does not belong together in a description, empty where all does."""
    spec = network.spec
    feeds = network.binding.inputs if network.binding else {}
    called = {call.layer for call in spec.calls.values()}
    for name in spec.layers:
        if name not in called:
            return f'layer "{name}" is never called'
    for call in spec.calls.values():
        counts = spec.layers[call.layer].input_counts()
        if counts and len(call.inputs) not in counts:
            return (
                f'layer "{call.layer}" takes {" or ".join(map(str, counts))} '
                f"input{'s' * (counts[-1] > 1)}, and is called on {len(call.inputs)}: "
                f"{listing(call.inputs)}"
            )
    for tensor in spec.outputs.values():
        if tensor not in spec.tensors:
            return f'output "{tensor}" is computed by no layer'
    for name in feeds:
        if name not in spec.inputs:
            return f'columns feed the input "{name}", which the network does not have'
    return ""


def _metadata(path: Path) -> Mapping[str, str]:
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(LARGEST_HEADER, path.stat().st_size):
                return {}
            header = json.loads(file.read(length))
    except OSError as error:
        told = foreign_sentence(path, own=(OWN,))
        raise DataError(told or f'"{path.name}" cannot be read: {error.strerror}') from None
    except (ValueError, RecursionError):
        return {}
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _layer_arrays(
    network: Network, layer: str, tensors: Mapping[str, np.ndarray[Any, Any]], file: str
) -> dict[str, np.ndarray[Any, Any]]:
    """Return the weights of a layer; all of them or none."""
    wanted = network.spec.weights_of(layer)
    found = {name: tensors[f"{layer}:{name}"] for name in wanted if f"{layer}:{name}" in tensors}
    if found and len(found) < len(wanted):
        missing = [name for name in wanted if name not in found]
        raise DataError(f'"{file}" lacks the weights {listing(missing)} of layer "{layer}"')
    for name, array in found.items():
        if array.shape != wanted[name].shape or str(array.dtype) != wanted[name].dtype:
            raise DataError(
                f'weight "{name}" of layer "{layer}" in "{file}" is {array.dtype} of shape '
                f"{array.shape}; the layer needs {wanted[name].dtype} of shape "
                f"{wanted[name].shape}"
            )
    return found
