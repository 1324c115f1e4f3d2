"""How Keras calls layers in a configuration: with which tensors, by which names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowengine import DataError
from flowengine.errors import listing
from flowengine_nodes.network._keras.items import MODELS, Place, Use

INPUTS = ("inputs", "sequences", "query", "value", "key", "initial_state", "count_weights")
"""Names under which tensors are given to layers, in the order of our inputs."""

MASKS = ("mask", "query_mask", "value_mask", "key_mask")
"""Names under which Keras itself hands masks from layer to layer."""

SCORES = "return_attention_scores"
"""Which makes a second output; here there is one always."""

REVERSE = "reverse"
"""What makes an embedding take vectors; here their data type says so."""

CAUSAL = "use_causal_mask"
"""What is a setting here and an argument of a call there."""

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "RNN")
ATTENTION = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")
PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*RECURRENT, "Bidirectional"), ("initial_state", "mask", "training")),
    **dict.fromkeys(ATTENTION, ("value", "key", *MASKS[1:], "attention_mask")),
    **dict.fromkeys((*MODELS, "BatchNormalization", "TimeDistributed"), ("training", "mask")),
    **dict.fromkeys(
        ("Attention", "AdditiveAttention", "GlobalAveragePooling1D", "Softmax"), ("mask",)
    ),
}
"""Names of what layers take behind their first argument, by their class."""


def use_of(node: Any, name: str, kind: str) -> Use:
    """Return a call of a layer, model or operation.

    Args:
        node: What the configuration says of it.
        name: Name of the layer, for sentences.
        kind: Its class in Keras.

    Raises:
        DataError: It is called with what is not known here.
    """
    found: list[Place] = []
    keys: list[str] = []
    if isinstance(node, dict):
        args, kwargs = _named(node["args"], node.get("kwargs", {}), kind)
        found += places_in(args)
        keys = _keys(args)
    else:
        # Keras 2: a list of [layer, call, output, arguments].
        kwargs = {}
        for one in node:
            found.append((str(one[0]), int(one[1]), int(one[2])))
            if len(one) > 3:
                kwargs |= one[3]
    for key in INPUTS:
        places = list(places_in(kwargs.get(key)))
        if kwargs.get(key) is not None and not places:
            raise DataError(
                f'layer "{name}" is called with a constant as "{key}"; only tensors of the model '
                f"can be read"
            )
        found += places
    attention_mask = list(places_in(kwargs.get("attention_mask")))
    if attention_mask:
        # It is the fourth tensor; values stand in for keys that are not given.
        found += [*([found[1]] if len(found) == 2 else []), *attention_mask]
    others = [
        key
        for key, value in kwargs.items()
        if key not in (*INPUTS, *MASKS, CAUSAL, SCORES, REVERSE, "attention_mask", "training")
        and value not in (None, False)
    ]
    if others:
        raise DataError(f'layer "{name}" is called with {listing(others)}, which is not known')
    return Use(
        tuple(found),
        names=tuple(keys) if len(keys) == len(found) else (),
        masks=tuple(places_in([kwargs.get(key) for key in MASKS])),
        is_masked=any(_is_given(kwargs.get(key)) for key in MASKS),
        is_causal=kwargs.get(CAUSAL) is True,
        is_reversed=kwargs.get(REVERSE) is True,
    )


def _named(args: list[Any], kwargs: dict[str, Any], kind: str) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments with those by name that have one."""
    names = PARAMETERS.get(kind)
    if names is None or len(args) > len(names) + 1:
        return args, kwargs
    return args[:1], {**dict(zip(names, args[1:], strict=False)), **kwargs}


def _keys(args: list[Any]) -> list[str]:
    """Return the names by which tensors are given, where they are."""
    is_named = len(args) == 1 and isinstance(args[0], dict) and "class_name" not in args[0]
    return sorted(args[0]) if is_named else []


def _is_given(value: Any) -> bool:
    if isinstance(value, dict) and value.get("class_name") in (None, "__tuple__"):
        value = value.get("items", list(value.values()))
    return any(map(_is_given, value)) if isinstance(value, list) else value is not None


def places_in(value: Any) -> Iterator[Place]:
    """Yield the tensors in a nested structure, in order."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            value = value["config"]["keras_history"]
        else:
            # Keras takes what stands in a dictionary in the order of its keys.
            named = (value[key] for key in sorted(value))
            for one in value.get("items", ()) if "class_name" in value else named:
                yield from places_in(one)
            return
    if isinstance(value, (list, tuple)):
        if len(value) in (3, 4) and isinstance(value[0], str) and isinstance(value[1], int):
            yield value[0], value[1], int(value[2])
            return
        for one in value:
            yield from places_in(one)
