"""Keras' classes and our layer types."""

from __future__ import annotations

import re
from functools import cache

from flowengine.layer import BaseLayer
from flowengine.registry import Registry

WITHOUT = ("input", "clip", "einsum", "function", "power", "reduce", "slice")
"""Layer types that no class of Keras stands for; it has some of them as operations."""

ALIASES = {"GroupedQueryAttention": "GroupQueryAttention"}
"""Other names of classes that stand in files."""


@cache
def layer_registry() -> Registry:
    """Return the registry of layers, one for the process: making it looks through all files."""
    return Registry.default()


@cache
def type_of_class() -> dict[str, str]:
    """Return our type id for each class of Keras."""
    registry = layer_registry()
    found = {}
    for type_id in registry.types():
        pack, _, stem = type_id.partition(".")
        if pack != "layer" or stem in WITHOUT:
            continue
        cls = registry.load(type_id)
        if issubclass(cls, BaseLayer):
            found[cls.__name__] = type_id
    return found | {other: found[name] for other, name in ALIASES.items()}


def layer_class(type_id: str) -> type[BaseLayer]:
    """Return the class of one of our layers."""
    cls = layer_registry().load(type_id)
    if not issubclass(cls, BaseLayer):
        raise TypeError(f"{type_id} is no layer")
    return cls


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it in names: ``SimpleRNN`` is ``simple_rnn``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
