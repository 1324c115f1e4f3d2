"""The weights in files of Keras, in the order of our own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flowengine import DataError, NetworkSpec
from flowengine.layer import BaseLayer
from flowengine.tensor import Weight
from flowengine_nodes.layer.core.identity import Identity
from flowengine_nodes.network._keras.archive import array_of, group_of
from flowengine_nodes.network._keras.classes import snake_case
from flowengine_nodes.network._keras.cudnn import from_cudnn
from flowengine_nodes.network._keras.items import MODELS, Item, Model

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]

ROOTS = ("layers", "_layer_checkpoint_dependencies", "cell/cells")
"""Where a model keeps its layers: Keras 3, Keras 2 from 2.12 on; where a layer keeps its cells."""

CELLS = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
"""Layers whose weights are those of a cell in them."""

PARTS = {
    "MultiHeadAttention": {
        "query": "query_dense",
        "key": "key_dense",
        "value": "value_dense",
        "attention_output": "output_dense",
        "gate": "_gate_dense",
    },
    "GroupQueryAttention": {
        "query": "_query_dense",
        "key": "_key_dense",
        "value": "_value_dense",
        "attention_output": "_output_dense",
        "gate": "_gate_dense",
    },
}
"""Where a layer keeps the weights whose names begin with a word."""

SPECTRAL = "SpectralNormalization"
"""Which keeps the kernel that it normalises as its own, before its vector."""

GROUPS = {"GroupQueryAttention": "grouped_query_attention"}
"""Names of layers in files that are not those of their classes."""


def stored_places(layer: BaseLayer, names: Iterable[str]) -> dict[str, str]:
    """Return where a ``.keras`` file keeps each weight of a layer, below the layer's own group."""
    kind = type(layer).__name__
    inner = getattr(layer, "layer", None)
    parts = PARTS.get(kind, {})
    by_group: dict[str, list[str]] = {}
    for name in names:
        start, slash, rest = name.partition("/")
        by_group.setdefault(start if slash else "", []).append(rest if slash else name)
    places: dict[str, str] = {}
    for start, below in by_group.items():
        group, prefix = "", ""
        if start:
            group, prefix = f"{parts.get(start, start)}/", f"{start}/"
        is_own = kind == SPECTRAL and not start
        if isinstance(inner, BaseLayer) and not is_own:
            found = stored_places(inner, below)
        else:
            cell, first = "cell/" if kind in CELLS else "", int(is_own)
            found = {name: f"{cell}vars/{number}" for number, name in enumerate(below, first)}
        places |= {f"{prefix}{name}": f"{group}{place}" for name, place in found.items()}
    return places


def second_places(layer: BaseLayer, names: Iterable[str]) -> dict[str, str]:
    """Return where a ``.keras`` file has weights once more, below the layer's own group."""
    if type(layer).__name__ != SPECTRAL:
        return {}
    return {name: "vars/0" for name in names if name in ("layer/kernel", "layer/embeddings")}


def group_name(kind: str, counts: dict[str, int]) -> str:
    """Return the name of a layer's group among those of a model, and count it."""
    name = GROUPS.get(kind, snake_case(kind))
    count = counts.get(name, 0)
    counts[name] = count + 1
    return f"{name}_{count}" if count else name


@dataclass(frozen=True)
class Filed:
    """Where a ``.keras`` file has a layer.

    Args:
        path: The layer's name in the network.
        group: Its group in the file.
        layer: The layer as it stands in the file.
        start: What its weights' names begin with in the network.
        is_cell: Whether it is filed as a cell, and not as a layer around one.
    """

    path: str
    group: str
    layer: BaseLayer
    start: str = ""
    is_cell: bool = False

    def places(self, names: Iterable[str]) -> dict[str, str]:
        """Return where the file has each weight."""
        own = [name.removeprefix(self.start) for name in names]
        found = stored_places(self.layer, own)
        begin = "cell/" if self.is_cell else ""
        return {
            f"{self.start}{name}": f"{self.group}/{place.removeprefix(begin)}"
            for name, place in found.items()
        }


def read_places(root: Any, model: Model, spec: NetworkSpec) -> Iterator[tuple[str, Arrays]]:
    """Yield the weights of each layer of a ``.keras`` file.

    Raises:
        DataError: One is missing or does not fit.
    """
    read: dict[str, Arrays] = {}
    empty: list[tuple[Filed, dict[str, Weight]]] = []
    for filed in _filed(root, model, spec, "", Filed("", "", Identity())):
        weights = spec.weights_of(filed.path)
        if weights and _is_empty(root, filed, weights):
            empty.append((filed, weights))
        elif weights:
            read[filed.path] = _read_layer(root, filed, weights)
    for filed, weights in empty:
        read[filed.path] = _of_shared(filed, weights, read)
    yield from read.items()


def _filed(
    root: Any, model: Model, spec: NetworkSpec, place: str, within: Filed
) -> Iterator[Filed]:
    """Yield where each layer is that is used.

    Args:
        root: The file.
        model: The model, or several cells.
        spec: The network.
        place: The model's group, with a slash.
        within: What holds for all its layers.
    """
    start = next((one for one in ROOTS if group_of(root, f"{place}{one}") is not None), ROOTS[0])
    counts: dict[str, int] = {}
    for item in model.items:
        if item.kind == "operation":
            continue
        group = f"{place}{start}/{group_name(item.kind, counts)}"
        path = f"{within.path}{item.name}"
        if item.model is not None:
            inner = replace(within, path=f"{path}/")
            if item.is_repeated:
                group, inner = f"{group}/layer", replace(inner, start="layer/")
            elif item.kind not in MODELS:
                inner = replace(inner, is_cell=True)
            yield from _filed(root, item.model, spec, f"{group}/", inner)
        elif item.layer is not None and path in spec.layers:
            yield replace(within, path=path, group=group, layer=item.layer)


def _is_empty(root: Any, filed: Filed, weights: dict[str, Weight]) -> bool:
    folders = {place.rpartition("/")[0] for place in filed.places(weights).values()}
    return not any(len(group_of(root, folder) or ()) for folder in folders)


def _of_shared(filed: Filed, weights: dict[str, Weight], read: Mapping[str, Arrays]) -> Arrays:
    """Return the weights of a layer that models share: Keras files them with the first alone."""
    name = filed.path.rpartition("/")[2]
    shapes = {weight: one.shape for weight, one in weights.items()}
    found = [
        arrays
        for other, arrays in read.items()
        if other.rpartition("/")[2] == name
        and {weight: one.shape for weight, one in arrays.items()} == shapes
    ]
    if len(found) != 1:
        helps = (
            f'as several layers are called "{name}"; give each a name of its own before saving'
            if found
            else "unless it stands in TimeDistributed too; make it a layer of its own there"
        )
        raise DataError(
            f'"{filed.group}" holds 0 weights; expected {len(weights)}. It is not known with which '
            f'layer "{filed.path}" shares them, {helps}'
        )
    return found[0]


def _read_layer(root: Any, filed: Filed, weights: dict[str, Weight]) -> Arrays:
    places = filed.places(weights)
    folders = {place.rpartition("/")[0] for place in places.values()}
    count = sum(len(group_of(root, folder) or ()) for folder in folders)
    _check_count(count, len(weights) + len(second_places(filed.layer, weights)), filed.group)
    arrays = {name: array_of(root, places[name], weight) for name, weight in weights.items()}
    return from_cudnn(filed.layer, arrays)


def read_named(root: Any, model: Model, spec: NetworkSpec) -> Iterator[tuple[str, Arrays]]:
    """Yield the weights of each layer of an ``.h5`` file.

    Raises:
        DataError: One is missing or does not fit.
    """
    for item in model.items:
        leaves = [
            (path, name, weight)
            for path, layer in _leaves(item, "")
            if path in spec.layers
            for name, weight in spec.weights_of(path).items()
        ]
        if not leaves:
            continue
        group = f"model_weights/{item.name}"
        found = group_of(root, group)
        names = [] if found is None else _names(found)
        # Keras files what it trains first, of all the layers of a nested model.
        order = sorted(leaves, key=lambda one: not one[2].trainable or one[0] in spec.frozen)
        _check_count(len(names), len(order), group)
        layers: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
        for (path, name, weight), place in zip(order, names, strict=True):
            layers.setdefault(path, {})[name] = array_of(root, f"{group}/{place}", weight)
        for path, arrays in layers.items():
            yield path, from_cudnn(spec.layers[path], arrays)


def _leaves(item: Item, prefix: str) -> Iterator[tuple[str, BaseLayer]]:
    path = f"{prefix}{item.name}"
    if item.layer is not None:
        yield path, item.layer
    if item.model is not None:
        for one in item.model.items:
            yield from _leaves(one, f"{path}/")


def _names(group: Any) -> list[str]:
    """Return the names of a group's weights; Keras splits long lists."""
    if "weight_names" in group.attrs:
        found = list(group.attrs["weight_names"])
    else:
        found = []
        while f"weight_names{len(found)}" in group.attrs:
            found.append(group.attrs[f"weight_names{len(found)}"])
        found = [name for part in found for name in part]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in found]


def _check_count(count: int, expected: int, where: str) -> None:
    if count != expected:
        raise DataError(f'"{where}" holds {count} weights; expected {expected}')
