"""Every layer has Keras' settings with Keras' defaults."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

import flowengine_nodes.layer
from flowengine.family import Member
from flowengine.layer import BaseLayer
from flowengine.testing import check_definition
from flowengine.testing.keras_reference import load_keras

# A layer's name is its node's; fine-tuning and quantisation of large models, and training on
# several machines, are no layer's matter; states are always outputs; weights come from files.
LEFT_OUT = {"self", "kwargs", "name", "dtype", "return_state", "weights"} | {
    "gptq_unpacked_column_size",
    "lora_rank",
    "lora_alpha",
    "quantization_config",
    "synchronized",
}

# Layers that Keras 3 lacks; a file of tests/reference or the layer's test has what they must do.
NOT_IN_KERAS_3 = {
    "Clip",
    "CuDNNGRU",
    "CuDNNLSTM",
    "Einsum",
    "Function",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "OneHot",
    "Power",
    "Reduce",
    "Slice",
    "ThresholdedReLU",
}

# Required there, too, but by a sentence.
REQUIRED = {("CategoryEncoding", "num_tokens")}


def layer_types() -> list[type[BaseLayer]]:
    found = []
    package = flowengine_nodes.layer
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        stem = module.name.rpartition(".")[2]
        if module.ispkg or stem.startswith("_"):
            continue
        names = vars(importlib.import_module(module.name)).values()
        found += [
            thing
            for thing in names
            if isinstance(thing, type)
            and issubclass(thing, BaseLayer)
            and thing.__module__ == module.name
        ]
    return found


LAYERS = layer_types()


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
def test_settings_are_documented(cls: type[BaseLayer]) -> None:
    check_definition(cls)


@pytest.mark.parametrize(
    "cls",
    [cls for cls in LAYERS if cls.__name__ not in NOT_IN_KERAS_3],
    ids=lambda cls: cls.__name__,
)
def test_settings_and_defaults_are_those_of_keras(cls: type[BaseLayer]) -> None:
    layer = getattr(load_keras().layers, cls.__name__)
    theirs = {
        name: parameter.default
        for name, parameter in inspect.signature(layer.__init__).parameters.items()
        if name not in LEFT_OUT
    }
    assert set(theirs) <= set(cls.model_fields)
    for name, default in theirs.items():
        field = cls.model_fields[name]
        if default is inspect.Parameter.empty or (cls.__name__, name) in REQUIRED:
            assert field.is_required(), f"{name} is required in Keras"
        else:
            assert simple(field.get_default()) == spread(full(default), field.get_default()), name


def simple(value: Any) -> Any:
    value = value.type if isinstance(value, Member) else value
    # Ours says what Keras' None stands for.
    return None if value in ("linear", "channels_last") else value


def full(value: Any) -> Any:
    # Keras' short name of an initializer.
    return "random_uniform" if value == "uniform" else value


def spread(value: Any, like: Any) -> Any:
    if isinstance(like, tuple) and isinstance(value, int):
        return (value,) * len(like)
    if isinstance(value, str):
        # Keras writes some initializers in capitals.
        return value.lower()
    if isinstance(like, tuple) and isinstance(value, (list, tuple)) and len(value) == len(like):
        return tuple(spread(*pair) for pair in zip(value, like, strict=True))
    return tuple(value) if isinstance(value, list) else value
