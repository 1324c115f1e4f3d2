"""Writes a network as a ``.keras`` file, which Keras 3 loads."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flowengine import ConfigureError, MergeLayer, NetworkSpec, TensorSpec
from flowengine.errors import listing
from flowengine.family import Member
from flowengine.layer import BaseLayer, StateLayer
from flowengine.network import Call
from flowengine.network_surgery import needed_calls
from flowengine.nn.constraints import Constraint
from flowengine.nn.initializers import Initializer
from flowengine_nodes.layer.activation.thresholded_relu import ThresholdedReLU
from flowengine_nodes.layer.attention._ports import AttentionLayer
from flowengine_nodes.network._keras.archive import CONFIG, METADATA, OUTPUTS, WEIGHTS
from flowengine_nodes.network._keras.as_operations import OPERATIONS, operation_of
from flowengine_nodes.network._keras.calls import CAUSAL, REVERSE, SCORES
from flowengine_nodes.network._keras.classes import type_of_class
from flowengine_nodes.network._keras.cudnn import without_cudnn
from flowengine_nodes.network._keras.order import keras_order
from flowengine_nodes.network._keras.weights import (
    SPECTRAL,
    group_name,
    second_places,
    stored_places,
)

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every part of a file, so that the same network gives the same bytes."""

WITHOUT = ("LocallyConnected1D", "LocallyConnected2D")
"""Layers that Keras 3 does not have."""

ONE_HOT = "layer.one_hot"
CLASSES = {ONE_HOT: "CategoryEncoding", "layer.thresholded_relu": "ReLU"}
"""Layers that are settings of another class there."""

WHOLE = ("Rescaling", "Constant")
"""What Keras makes only from a complete configuration."""

MASKING = re.compile(
    r"(any|cast|concatenate|expand_dims|logical_or|not_equal|ones_like|squeeze|zeros_like)(_\d+)?"
)
"""Names that Keras gives operations by which it makes masks; a model may have no name twice."""

KERAS2_ACTIVATION = "hard_sigmoid_keras2"

LISTS = ("Attention", "AdditiveAttention")
"""Layers that take their tensors as a list, beside those that merge."""


def keras_bytes(spec: NetworkSpec, weights: Mapping[str, Arrays]) -> bytes:
    """Return a network as the bytes of a ``.keras`` file.

    Args:
        spec: The network.
        weights: Weights by layer.

    Raises:
        ConfigureError: Keras 3 has no such layer or function.
    """
    spec, weights = without_cudnn(spec, weights)
    names = _keras_names(spec)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        parts = {
            METADATA: _json(_metadata(spec)),
            CONFIG: _json(_config(spec, names)),
            WEIGHTS: _weights(spec, names, weights),
        }
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return target.getvalue()


def _metadata(spec: NetworkSpec) -> dict[str, Any]:
    told = {"keras_version": "3.0.0", "date_saved": "", "saved_by": "flowengine"}
    names = [None if name == tensor else name for name, tensor in spec.outputs.items()]
    # Keras calls outputs like layers, and reads over what it does not know.
    return {**told, OUTPUTS: names} if any(names) else told


def check_layers(spec: NetworkSpec) -> None:
    """Check that Keras 3 has all layers of a network.

    Raises:
        ConfigureError: It lacks one, or one of its functions.
    """
    for name in _used_layers(spec):
        _check(name, spec.layers[name], is_inner=False)
    for name, call in needed_calls(spec).items():
        _check_operation(name, spec.layers[call.layer], spec.tensors[call.inputs[0]])
        is_one_hot = spec.layers[call.layer].__type_id__ == ONE_HOT
        if is_one_hot and spec.tensors[call.inputs[0]].shape[-1:] in ((), (1,)):
            raise ConfigureError(
                f'"{name}" is a one-hot layer for single numbers; Keras 3 has it for sequences only'
            )


def notes_on(spec: NetworkSpec) -> Iterator[str]:
    """Yield what Keras will compute otherwise, in sentences."""
    for name, call in needed_calls(spec).items():
        is_stateful = isinstance(spec.layers[call.layer], StateLayer) and len(call.inputs) > 1
        if is_stateful and spec.tensors[call.inputs[0]].masked:
            yield (
                f'"{name}" takes a masked sequence and first states: here the mask counts, Keras 3 '
                f"forgets it there"
            )


def _check_operation(name: str, layer: BaseLayer, tensor: TensorSpec) -> None:
    if not isinstance(layer, OPERATIONS):
        return
    if tensor.masked:
        raise ConfigureError(
            f'"{name}" ({type(layer).__name__}) takes a masked sequence; it is an operation in '
            f"Keras 3, which forgets the mask there"
        )
    try:
        operation_of(layer, tensor)
    except ConfigureError as error:
        raise ConfigureError(f'"{name}" ({type(layer).__name__}): {error}') from None


def _check(name: str, layer: BaseLayer, *, is_inner: bool) -> None:
    kind = type(layer).__name__
    if isinstance(layer, OPERATIONS):
        if is_inner:
            raise ConfigureError(
                f'layer "{name}" holds a {kind}, which is an operation in Keras 3 and no layer; '
                f"it works on any number of axes, so put it behind the network as it is"
            )
        return
    if kind in WITHOUT or kind not in type_of_class():
        raise ConfigureError(f'layer "{name}" is a {kind}, which Keras 3 does not have')
    if kind == "Equalization":
        # What comes out of it is what went in, to Keras' models, which it calls a circle.
        raise ConfigureError(f'layer "{name}" is of the class {kind}, which Keras 3 cannot load')
    if kind == SPECTRAL and is_inner:
        raise ConfigureError(f'layer "{name}" holds a {kind}, which can be written alone only')
    for setting in ("activation", "recurrent_activation"):
        if getattr(layer, setting, None) == KERAS2_ACTIVATION:
            raise ConfigureError(
                f'layer "{name}" has the {setting} "{KERAS2_ACTIVATION}", which Keras 3 does not '
                f"have"
            )
    for setting in type(layer).model_fields:
        inner = getattr(layer, setting)
        if isinstance(inner, BaseLayer):
            _check(name, inner, is_inner=True)


def _used_layers(spec: NetworkSpec) -> list[str]:
    return keras_order(needed_calls(spec), spec.outputs.values())


def _keras_names(spec: NetworkSpec) -> dict[str, str]:
    """Return a name for each input and layer; Keras allows no slash, and on torch no point."""
    names: dict[str, str] = {}
    has_masks = any(tensor.masked for tensor in spec.tensors.values())
    for name in [*spec.inputs, *_used_layers(spec)]:
        short = name.replace("/", "_").replace(".", "_")
        while short in names.values() or (has_masks and MASKING.fullmatch(short)):
            short += "_"
        names[name] = short
    return names


def _config(spec: NetworkSpec, names: Mapping[str, str]) -> dict[str, Any]:
    calls, read = needed_calls(spec), _read(spec)
    places = {tensor: [names[name], 0, 0] for name, tensor in spec.inputs.items()}
    nodes: dict[str, list[Any]] = {name: [] for name in _used_layers(spec)}
    for call in calls.values():
        inputs = [_tensor(spec, tensor, places[tensor]) for tensor in call.inputs]
        for output, tensor in enumerate(call.outputs):
            places[tensor] = [names[call.layer], len(nodes[call.layer]), output]
        layer = spec.layers[call.layer]
        arguments = _arguments(layer, inputs)
        if isinstance(layer, OPERATIONS):
            others = operation_of(layer, spec.tensors[call.inputs[0]])[1]
            arguments = {"args": [*inputs, *others], "kwargs": {}}
        is_attention = isinstance(layer, AttentionLayer)
        if is_attention and call.outputs[1] in read:
            arguments["kwargs"][SCORES] = True
        nodes[call.layer].append(arguments)
    layers = [_input(spec, name, tensor, names[name]) for name, tensor in spec.inputs.items()]
    for name, made in nodes.items():
        layers.append({**_layer(spec, name, names[name], calls), "inbound_nodes": made})
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "network",
            "trainable": True,
            "layers": layers,
            "input_layers": _one_or_all([[names[name], 0, 0] for name in spec.inputs]),
            "output_layers": _one_or_all([places[tensor] for tensor in spec.outputs.values()]),
        },
    }


def _one_or_all(places: list[list[Any]]) -> list[Any]:
    return places[0] if len(places) == 1 else places


def _tensor(spec: NetworkSpec, tensor: str, place: list[Any]) -> dict[str, Any]:
    made = spec.tensors[tensor]
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, *made.shape], "dtype": made.dtype, "keras_history": place},
    }


def _input(spec: NetworkSpec, name: str, tensor: str, keras_name: str) -> dict[str, Any]:
    made = spec.tensors[tensor]
    return {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {
            "batch_shape": [None, *made.shape],
            "dtype": made.dtype,
            "sparse": False,
            "name": keras_name,
        },
        "registered_name": None,
        "name": keras_name,
        "inbound_nodes": [],
    }


def _arguments(layer: BaseLayer, inputs: list[Any]) -> dict[str, Any]:
    kwargs: dict[str, Any] = {}
    if getattr(layer, CAUSAL, False):
        kwargs[CAUSAL] = True
    if type(layer).__name__ == "ReversibleEmbedding" and "float" in inputs[0]["config"]["dtype"]:
        kwargs[REVERSE] = True
    if isinstance(layer, MergeLayer) or type(layer).__name__ in LISTS:
        return {"args": [inputs], "kwargs": kwargs}
    if isinstance(layer, StateLayer):
        if len(inputs) > 1:
            kwargs["initial_state"] = inputs[1:]
        return {"args": inputs[:1], "kwargs": kwargs}
    if len(inputs) > 3:
        kwargs["attention_mask"] = inputs[3]
    return {"args": inputs[:3], "kwargs": kwargs}


def _layer(
    spec: NetworkSpec, name: str, keras_name: str, calls: Mapping[str, Call]
) -> dict[str, Any]:
    layer = spec.layers[name]
    own = [call for call in calls.values() if call.layer == name]
    if isinstance(layer, OPERATIONS):
        written, _ = operation_of(layer, spec.tensors[own[0].inputs[0]])
        return {**written, "config": {"name": keras_name, **written["config"]}, "name": keras_name}
    shapes = [[None, *spec.tensors[tensor].shape] for tensor in own[0].inputs]
    written = _object("keras.layers", layer)
    written["config"]["name"] = keras_name
    if name in spec.frozen and spec.weights_of(name):
        written["config"]["trainable"] = False
    _ask_for_states(layer, written["config"], own, _read(spec))
    if isinstance(layer, MergeLayer) or type(layer).__name__ in LISTS:
        written["build_config"] = {"input_shape": shapes}
    elif len(shapes) == 1:
        written["build_config"] = {"input_shape": shapes[0]}
    return {**written, "name": keras_name}


def _read(spec: NetworkSpec) -> set[str]:
    """Return the tensors that a call or the result needs."""
    return {tensor for call in needed_calls(spec).values() for tensor in call.inputs}.union(
        spec.outputs.values()
    )


def _ask_for_states(
    layer: BaseLayer, config: dict[str, Any], calls: list[Call], read: set[str]
) -> None:
    """Set what makes Keras give the states of a layer, where a call or the result needs one."""
    if not isinstance(layer, StateLayer):
        return
    count = len(layer.state_names())
    if any(tensor in read for call in calls for tensor in call.outputs[-count:]):
        inner = [config[name]["config"] for name in ("layer", "backward_layer") if name in config]
        for one in inner or [config]:
            one["return_state"] = True


def _object(module: str, value: BaseLayer | Member) -> dict[str, Any]:
    """Return a layer, initializer, regularizer or constraint as Keras describes it."""
    kind = type(value).__name__
    # Newer settings are left out where they change nothing, so that older versions load the file.
    settings = value.model_dump(mode="json", exclude_defaults=kind not in WHOLE)
    if isinstance(value, BaseLayer):
        kind = _class_name(value)
    config = {
        name: _setting(getattr(value, name), given)
        for name, given in settings.items()
        if name not in ("type", CAUSAL)
    }
    if isinstance(value, ThresholdedReLU):
        config = {"threshold": value.theta}
    if "num_classes" in config:
        config = {"num_tokens": config["num_classes"], "output_mode": "one_hot"}
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def _class_name(layer: BaseLayer) -> str:
    return CLASSES.get(layer.__type_id__, type(layer).__name__)


def _setting(value: Any, given: Any) -> Any:
    if isinstance(value, BaseLayer):
        return _object("keras.layers", value)
    if isinstance(value, Initializer):
        return _object("keras.initializers", value)
    if isinstance(value, Constraint):
        return _object("keras.constraints", value)
    if isinstance(value, Member):
        return _object("keras.regularizers", value)
    return given


def _weights(spec: NetworkSpec, names: Mapping[str, str], weights: Mapping[str, Arrays]) -> bytes:
    import h5py

    data = io.BytesIO()
    counts: dict[str, int] = {}
    # Times in the file would make two equal networks differ.
    with h5py.File(data, "w", track_order=True) as file:
        for name in _used_layers(spec):
            layer = spec.layers[name]
            if isinstance(layer, OPERATIONS):
                continue
            group = f"layers/{group_name(_class_name(layer), counts)}"
            file.create_group(f"{group}/vars").attrs["name"] = names[name]
            known = spec.weights_of(name)
            arrays = weights.get(name, {})
            if arrays.keys() != known.keys():
                raise ConfigureError(f'layer "{name}" lacks weights: it needs {listing(known)}')
            for weight, place in stored_places(layer, known).items():
                file[f"{group}/{place}"] = arrays[weight]
            for weight, place in second_places(layer, known).items():
                file[f"{group}/{place}"] = arrays[weight]
        file.create_group("vars").attrs["name"] = "network"
    return data.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
