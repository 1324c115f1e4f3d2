"""What a Keras configuration says: Sequential and Functional models, their layers and calls."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

from flowengine import DataError
from flowengine_nodes.network._keras.applications import SCALED_SUM
from flowengine_nodes.network._keras.calls import CAUSAL, places_in, use_of
from flowengine_nodes.network._keras.items import MODELS, Item, Model, Place, Use
from flowengine_nodes.network._keras.operations import MODULES
from flowengine_nodes.network._keras.settings import activation_layer, class_name, read_layer
from flowengine_nodes.network._keras.stack import cells_of, stacked

SILENT = {
    "Discretization",
    "HashedCrossing",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
}
"""Layers that do not write whether they are trainable."""

DEEPEST = 32
"""Models may stand in each other this deep."""


def read_model(entry: dict[str, Any], *, keras2: bool, where: str = "", depth: int = 0) -> Model:
    """Return the model of a configuration.

    Raises:
        DataError: It is no Sequential or Functional model, or has a layer that cannot be read.
    """
    kind, config = class_name(entry, where), entry["config"]
    if kind not in MODELS:
        raise DataError(
            f'the model is of the class "{kind}"; only Sequential and Functional models can be '
            f"read, because others are code"
        )
    if depth > DEEPEST:
        raise DataError(f"models stand in each other deeper than {DEEPEST}")
    # Keras before 2.2.3 kept the layers of a Sequential model alone.
    entries = config if isinstance(config, list) else config["layers"]
    items = [_item(one, where, keras2=keras2, depth=depth) for one in entries]
    if kind == "Sequential":
        return _sequential(config, items)
    models = {item.name: item.kind for item in items if item.kind in MODELS}
    for item in items:
        nodes = item.entry.get("inbound_nodes", []) if not item.is_input else []
        item.uses = [use_of(node, item.name, item.kind) for node in nodes]
        if keras2:
            item.uses = [replace(use, inputs=_counted(use.inputs, models)) for use in item.uses]
    for item in items:
        _take_over_causal(item)
    # A model's first call is the one it was made by; Keras 3 counts it at outputs alone, and not
    # that of Sequential models.
    counting = {name: kind for name, kind in models.items() if keras2 or kind != "Sequential"}
    starts, ends = (
        _counted(places_in(config[key]), counting) for key in ("input_layers", "output_layers")
    )
    result = config["output_layers"]
    is_named = isinstance(result, dict) and all(
        len(list(places_in(one))) == 1 for one in result.values()
    )
    return Model(
        kind,
        items,
        list(starts),
        list(ends),
        sorted(result) if is_named else None,
        takes_names=isinstance(config["input_layers"], dict),
    )


def _take_over_causal(item: Item) -> None:
    causal = {use.is_causal for use in item.uses}
    if True not in causal:
        return
    if item.layer is None or CAUSAL not in type(item.layer).model_fields or len(causal) > 1:
        raise DataError(f'layer "{item.name}" cannot be called with "{CAUSAL}" as it is')
    item.layer = item.layer.model_copy(update={CAUSAL: True})


def _counted(places: Iterable[Place], models: Container[str]) -> tuple[Place, ...]:
    """Return places with calls of models counted from 0, where they were counted from 1."""
    return tuple((name, at - (name in models), output) for name, at, output in places)


def _item(entry: dict[str, Any], where: str, *, keras2: bool, depth: int) -> Item:
    config = entry["config"]
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    if not isinstance(name, str):
        raise DataError("a layer in the configuration has no name")
    path = f"{where}/{name}" if where else name
    if _is_operation(entry, keras2=keras2):
        return Item(name, "operation", entry)
    kind = class_name(entry, path)
    item = Item(name, kind, entry)
    inner = config.get("layer") if isinstance(config, dict) else None
    if kind in MODELS:
        item.model = read_model(entry, keras2=keras2, where=path, depth=depth + 1)
    elif kind == "TimeDistributed" and isinstance(inner, dict) and inner["class_name"] in MODELS:
        item.model = read_model(inner, keras2=keras2, where=path, depth=depth + 1)
        item.is_repeated = True
    elif kind == "RNN" and cells_of(entry):
        item.model = stacked(entry, path, keras2=keras2)
    elif kind != "InputLayer":
        item.after = activation_layer(entry, path, keras2=keras2)
        if item.after is not None:
            entry = {**entry, "config": {**config, "activation": None}}
        item.layer = read_layer(entry, path, keras2=keras2)
    return item


def _is_operation(entry: dict[str, Any], *, keras2: bool) -> bool:
    """Return whether an entry is a function of Keras 3 applied to tensors, and no layer."""
    module = entry.get("module")
    if entry.get("class_name") == SCALED_SUM and not keras2:
        return str(module or "keras").startswith("keras")
    if module is None and not keras2:
        # In an .h5 file they have no module. Unlike most layers they are not trainable or not; the
        # few layers that do not write that have names that no operation has.
        config, kind = entry["config"], entry.get("class_name")
        is_layer = "trainable" in config or "layers" in config or kind == "InputLayer"
        return not is_layer and kind not in SILENT
    return str(module).startswith(MODULES)


def _sequential(config: Any, items: list[Item]) -> Model:
    if not items:
        raise DataError("the model has no layers")
    if not items[0].is_input:
        items.insert(0, _implied_input(config, items[0]))
    before: Place = (items[0].name, 0, 0)
    for item in items[1:]:
        item.uses = [Use((before,))]
        before = (item.name, 0, 0)
    return Model("Sequential", items, [(items[0].name, 0, 0)], [before])


def _implied_input(config: Any, first: Item) -> Item:
    """Return the input that a Sequential model without one starts with."""
    own = first.entry["config"]
    shape = own.get("batch_input_shape") or own.get("batch_shape") if first.layer else None
    if shape is None and first.model is not None:
        inner = next(item for item in first.model.items if item.is_input)
        return Item("input", "InputLayer", inner.entry)
    if shape is None and isinstance(config, dict):
        shape = config.get("build_input_shape")
    if shape is None:
        raise DataError(
            f"the shape of the input is not known, because the model was not built before it was "
            f'saved; begin it with an Input (its first layer is "{first.name}")'
        )
    dtype = own.get("dtype", "float32")
    # A name that no layer has.
    return Item(
        f"{first.name}_input",
        "InputLayer",
        {"config": {"batch_shape": shape, "dtype": dtype if isinstance(dtype, str) else "float32"}},
    )
