"""Settings of layers, from a Keras configuration into ours."""

from __future__ import annotations

from typing import Any

from flowengine import ConfigureError, DataError
from flowengine.errors import listing, suggest
from flowengine.layer import BaseLayer
from flowengine_nodes.network._keras.applications import known_layer
from flowengine_nodes.network._keras.classes import (
    layer_class,
    layer_registry,
    snake_case,
    type_of_class,
)
from flowengine_nodes.network._keras.items import MODELS

IGNORED = {
    "name",
    "trainable",
    "dtype",
    "build_config",
    "batch_input_shape",
    "batch_shape",
    "input_length",
    "implementation",
    "return_state",
    "synchronized",
    "fused",
    "shared_object_id",
    # A .keras file has the kernel with these already in it.
    "lora_rank",
    "lora_alpha",
    "quantization_config",
}
"""What does not change the numbers, or has no place here (states are always there to connect)."""

STATEFUL = "stateful"

RENAMED = {("LeakyReLU", "alpha"): "negative_slope"}
"""Settings of Keras 2 that are called otherwise today."""

ADDED = {("GRU", "reset_after"): False}
"""Settings that old files leave out, and what they mean by that."""

MEMBERS = {"l1l2": "l1_l2", "orthogonal_regularizer": "orthogonal"}
"""Regularizers that are called otherwise here."""

CELLS = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"}
"""Layers that a cell makes with the layer RNN around it."""

ACTIVATIONS = ("ELU", "LeakyReLU", "ReLU", "Softmax", "ThresholdedReLU")
"""Layers that are read where they stand in place of an activation."""

BEHIND = "save the model that begins behind it, and feed it the numbers that the layer makes"
VOCABULARY = f"{BEHIND} (its get_vocabulary() lists what they stand for)"
INSTEAD = {
    "StringLookup": VOCABULARY,
    "IntegerLookup": VOCABULARY,
    "TextVectorization": f"{VOCABULARY}; the nodes Tokenizer and Dictionary Encoder make such "
    "numbers of texts",
    "Hashing": BEHIND,
    "HashedCrossing": BEHIND,
    "FeatureSpace": BEHIND,
    "Pipeline": "put its layers into the model one behind the other before saving",
    "TFSMLayer": "it holds a program of TensorFlow, and code in files is never executed",
    "TorchModuleWrapper": "it holds code of PyTorch, and code in files is never executed",
}
"""What helps, or why not, with layers that are not known here."""

QUANTIZED = ("_from_", "Quantized")
"""What the data type of a quantized layer has in its name."""

STEPS = (*CELLS.values(), "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RNN")
"""Layers whose activation is within them."""

OBJECTS = ("initializer", "regularizer", "constraint")


def read_layer(entry: dict[str, Any], where: str, *, keras2: bool) -> BaseLayer:
    """Return the layer that an entry of a Keras configuration describes.

    Args:
        entry: Its ``class_name`` and ``config``.
        where: Name of the layer, for sentences.
        keras2: Whether Keras 2 wrote it.

    Raises:
        DataError: The class is unknown, or one of its settings.
    """
    type_id, settings = _described(entry, where, keras2=keras2)
    try:
        return layer_registry().load_layer(type_id, layer_class(type_id).__node__.version, settings)
    except ConfigureError as error:
        raise DataError(f'layer "{where}" ({entry["class_name"]}): {error}') from None


def activation_layer(entry: dict[str, Any], where: str, *, keras2: bool) -> BaseLayer | None:
    """Return the layer that stands in place of an entry's activation, if it is one without weights.

    Raises:
        DataError: It is one that cannot stand there.
    """
    config = entry["config"]
    given = config.get("activation")
    kind = given.get("class_name") if isinstance(given, dict) else None
    if (
        kind not in ACTIVATIONS
        or config.get("activity_regularizer")
        or entry["class_name"] in STEPS
    ):
        return None
    return read_layer(given, f"{where}.activation", keras2=keras2)


def class_name(entry: dict[str, Any], where: str) -> str:
    """Return the class of an entry, if Keras has it.

    Args:
        entry: A layer's or a model's.
        where: Its name, for sentences; empty for the whole model.

    Raises:
        DataError: It is code, or a class of somebody's own.
    """
    name, module = entry.get("class_name"), entry.get("module")
    registered = entry.get("registered_name")
    if name == "Lambda":
        raise DataError(
            f'layer "{where}" is a Lambda, which holds code, and code in files is never executed; '
            f"express it by layers before saving"
        )
    subject = f'layer "{where}"' if where else "the model"
    if isinstance(name, str) and ">" in name:
        # So .h5 files name what was registered.
        registered, name = name, name.rpartition(">")[2]
    foreign = (isinstance(module, str) and module.partition(".")[0] != "keras") or (
        isinstance(registered, str) and ">" in registered and not registered.startswith("keras")
    )
    if not isinstance(name, str) or foreign:
        owner = f" of {module or registered}" if foreign else ""
        raise DataError(
            f"{subject} is of the class \"{name}\"{owner}, which is not Keras' own; only Keras' "
            f"own layers can be read, because others are code"
        )
    return name


def _described(entry: dict[str, Any], where: str, *, keras2: bool) -> tuple[str, dict[str, Any]]:
    name, known = class_name(entry, where), type_of_class()
    entry = known_layer(entry)
    name = entry["class_name"]
    if name == "RNN":
        return _described(_with_cell(entry, where), where, keras2=keras2)
    if name in MODELS:
        raise DataError(f'"{where}" is a model; only a layer can be read there')
    if name in INSTEAD:
        raise DataError(
            f'layer "{where}" is of the class "{name}", which is not known here; {INSTEAD[name]}'
        )
    if name not in known:
        raise DataError(
            f'layer "{where}" is of the class "{name}", which is not known here.'
            f"{suggest(name, known)}"
        )
    if any(word in str(entry["config"].get("dtype")) for word in QUANTIZED):
        raise DataError(
            f'layer "{where}" ({name}) is quantized; only weights as they were trained can be '
            f"read, so save the model before it is quantized"
        )
    fields = layer_class(known[name]).model_fields
    config = {**{key: value for (one, key), value in ADDED.items() if one == name and keras2}}
    config |= entry["config"]
    settings = {}
    for key, value in config.items():
        field = RENAMED.get((name, key), key)
        if key == STATEFUL:
            # Whoever reads the file is told.
            continue
        if _holds_array(value):
            # An array that weights began with; the file has them as they are.
            continue
        if field in fields:
            place = f"{where}.{key}"
            settings[field] = _value(field, value, place, keras2=keras2)
        elif key not in IGNORED and value not in (None, False, [], {}):
            raise DataError(
                f'layer "{where}" ({name}) has the setting "{key}" = {value!r}, which is not known '
                f"here; known are {listing(fields, limit=30)}"
            )
    return known[name], settings


def _with_cell(entry: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the entry of the layer that a cell makes."""
    cell = entry["config"].get("cell")
    kind = cell.get("class_name") if isinstance(cell, dict) else None
    if not isinstance(cell, dict) or kind not in CELLS:
        raise DataError(
            f'layer "{where}" is an RNN around {kind or "several cells"}; only {listing(CELLS)} '
            f"can be read"
        )
    class_name(cell, where)
    own = {key: value for key, value in entry["config"].items() if key != "cell"}
    return {**entry, "class_name": CELLS[kind], "config": {**cell["config"], **own}}


def _value(key: str, value: Any, where: str, *, keras2: bool) -> Any:
    if key.rpartition("_")[2] in OBJECTS:
        return _member(value, where)
    if key.rpartition("_")[2] == "activation":
        return _activation(value, where, keras2=keras2)
    if key == "seed" and not isinstance(value, int):
        return None
    if isinstance(value, dict) and "class_name" in value:
        kind = value["class_name"]
        if kind == "__tuple__":
            return [_value("", item, where, keras2=keras2) for item in value["items"]]
        if kind == "__numpy__":
            return value["config"]["value"]
        if key in ("layer", "backward_layer"):
            type_id, settings = _described(value, where, keras2=keras2)
            return {"type": type_id, **settings}
        raise DataError(f'"{where}" is a {kind}, which is not known here')
    if isinstance(value, list):
        # Keras 2 writes the one axis of a batch normalization as a list.
        is_one = key == "axis" and len(value) == 1
        return value[0] if is_one else [_value("", item, where, keras2=keras2) for item in value]
    return value


def _member(value: Any, where: str) -> Any:
    """Return an initializer, regularizer or constraint in our form."""
    if not isinstance(value, dict):
        return value
    name = class_name(value, where)
    config = {
        key: item
        for key, item in value.get("config", {}).items()
        if item is not None and key not in ("dtype", "input_axes", "output_axes")
    }
    if isinstance(config.get("seed"), dict):
        # A generator, which draws other numbers each time.
        del config["seed"]
    kind = snake_case(name)
    return {"type": MEMBERS.get(kind, kind), **config}


def _holds_array(value: Any) -> bool:
    """Return whether a value is a constant initializer of many numbers."""
    if not isinstance(value, dict) or value.get("class_name") != "Constant":
        return False
    given = value.get("config", {}).get("value", 0)
    return isinstance(given, list | dict)


def _activation(value: Any, where: str, *, keras2: bool) -> Any:
    if isinstance(value, dict):
        config = value.get("config")
        name = config if isinstance(config, str) else value.get("class_name")
        if value.get("module") == "keras.layers":
            raise DataError(f'"{where}" is a {name}; make it a layer of its own before saving')
        if value.get("module") not in ("keras.activations", None):
            raise DataError(
                f'"{where}" is the function "{name}" of {value.get("module")}, which is not '
                f"Keras' own; only Keras' own functions can be read"
            )
        if not isinstance(config, str):
            raise DataError(f'"{where}" is a {name}; make it a layer of its own before saving')
        value = config
    if value is None:
        return "linear"
    return "hard_sigmoid_keras2" if keras2 and value == "hard_sigmoid" else value
