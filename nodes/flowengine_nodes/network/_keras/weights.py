"""The weights in files of Keras, in the order of our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flowengine import DataError, NetworkSpec
from flowengine.layer import BaseLayer
from flowengine.tensor import Weight
from flowengine_nodes.network._keras.archive import array_of, group_of
from flowengine_nodes.network._keras.classes import snake_case
from flowengine_nodes.network._keras.model import Item, Model

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

ROOTS = ("layers", "_layer_checkpoint_dependencies")
"""Where a model keeps its layers: Keras 3, and Keras 2 from 2.12 on."""

CELLS = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
"""Layers whose weights are those of a cell in them."""

ATTENTION = ("query_dense", "key_dense", "value_dense", "output_dense")


def stored_places(layer: BaseLayer) -> list[str]:
    """Return the groups, below a layer's own in a ``.keras`` file, that hold its weights."""
    kind = type(layer).__name__
    inner = getattr(layer, "layer", None)
    if isinstance(inner, BaseLayer):
        below = stored_places(inner)
        if kind == "Bidirectional":
            return [f"{side}_layer/{one}" for side in ("forward", "backward") for one in below]
        return [f"layer/{one}" for one in below]
    if kind in CELLS:
        return ["cell/vars"]
    if kind in ("MultiHeadAttention", "GroupQueryAttention"):
        return [f"{one}/vars" for one in ATTENTION]
    return ["vars"]


def read_places(root: Any, model: Model, spec: NetworkSpec) -> Iterator[tuple[str, Arrays]]:
    """Yield the weights of each layer of a ``.keras`` file.

    Raises:
        DataError: One is missing or does not fit.
    """
    yield from _read_model(root, model, spec, "", "")


def _read_model(
    root: Any, model: Model, spec: NetworkSpec, place: str, prefix: str
) -> Iterator[tuple[str, Arrays]]:
    start = next((one for one in ROOTS if group_of(root, f"{place}{one}") is not None), ROOTS[0])
    counts: dict[str, int] = {}
    for item in model.items:
        if item.kind == "operation":
            continue
        name = snake_case(item.kind)
        count = counts.get(name, 0)
        counts[name] = count + 1
        group = f"{place}{start}/{name}{f'_{count}' if count else ''}"
        path = f"{prefix}{item.name}"
        if item.model is not None:
            yield from _read_model(root, item.model, spec, f"{group}/", f"{path}/")
        elif item.layer is not None and path in spec.layers:
            weights = spec.weights_of(path)
            if weights:
                yield path, _read_layer(root, item.layer, weights, group)


def _read_layer(root: Any, layer: BaseLayer, weights: dict[str, Weight], group: str) -> Arrays:
    places = []
    for part in stored_places(layer):
        found = group_of(root, f"{group}/{part}")
        places += [f"{group}/{part}/{number}" for number in range(len(found or ()))]
    return _taken(root, weights, places, group)


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
        flat = {f"{path}\0{name}": weight for path, name, weight in order}
        arrays = _taken(root, flat, [f"{group}/{name}" for name in names], group)
        layers: dict[str, Arrays] = {}
        for path, name, _ in leaves:
            layers.setdefault(path, {})[name] = arrays[f"{path}\0{name}"]
        yield from layers.items()


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


def _taken(root: Any, weights: dict[str, Weight], places: list[str], where: str) -> Arrays:
    if len(places) != len(weights):
        raise DataError(f'"{where}" holds {len(places)} weights; expected {len(weights)}')
    return {
        name: array_of(root, place, weight.shape)
        for (name, weight), place in zip(weights.items(), places, strict=True)
    }
