"""Networks that write, with a dictionary of ten tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import BuiltNetwork, build, load_weights, network_weights
from flowengine.nn.dictionary import Dictionary
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine.values import ModelSpec
from flowengine_nodes.network.text_generator import TextGenerator

LETTERS = Dictionary.of("abcdefgh", {"padding": "<p>", "unknown": "<u>"})
SIZE = len(LETTERS.tokens)
SPEC = ModelSpec("dictionary", {"size": SIZE, "max_size": None, "markers": {}})


def layer(name: str, **settings: Any) -> BaseLayer:
    made = Registry.default().load(f"layer.{name}").model_validate(settings)
    assert isinstance(made, BaseLayer)
    return made


def chain(*layers: BaseLayer, length: int | None = 5, dtype: str = "uint8") -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec((length,), dtype))
    for number, one in enumerate(layers):
        spec = spec.apply(f"layer_{number}", one)
    return spec


def writer(*between: BaseLayer, length: int | None = 5, size: int = SIZE) -> Network:
    layers = between or (layer("lstm", units=8),)
    first, last = (
        layer("one_hot", num_classes=size),
        layer("dense", units=size, activation="softmax"),
    )
    return Network(chain(first, *layers, last, length=length))


def ready(network: Network) -> BuiltNetwork:
    """Return the network as a module; its biases are no zeros either."""
    rng = np.random.default_rng(1)
    weights = {
        name: {key: array + 0.3 * rng.normal(size=array.shape) for key, array in arrays.items()}
        for name, arrays in network_weights(network, 1).items()
    }
    built = build(network.spec, optimize=False)
    load_weights(built, weights)
    return built.eval()


def generate(
    network: Network,
    folder: Path,
    *,
    dictionary: Dictionary = LETTERS,
    seeds: pl.DataFrame | None = None,
    conditions: pl.DataFrame | None = None,
    **settings: Any,
) -> pl.DataFrame:
    settings = {"seed_text": "abcab", "length": 30, "seed": 1, **settings}
    ctx = FakeContext(folder, seed=1)
    node = TextGenerator.model_validate_json(json.dumps(settings))
    return node.execute(network, dictionary.to_model(), ctx, seeds, conditions)


def configure(
    network: NetworkSpec,
    dictionary: ModelSpec = SPEC,
    *,
    seeds: pl.Schema | None = None,
    conditions: pl.Schema | None = None,
    **settings: Any,
) -> pl.Schema:
    node = TextGenerator.model_validate_json(json.dumps(settings))
    return node.configure(network, dictionary, seeds, conditions, FakeContext(Path()))
