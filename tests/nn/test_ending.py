"""What a network ends with is found behind layers that only shape it, and within wrappers."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from training_samples import chain

from flowengine.layer import BaseLayer
from flowengine.nn.feeds.binding import plan_binding
from flowengine.nn.feeds.ending import final_activation
from flowengine.registry import Registry

SIGMOID = {"units": 3, "activation": "sigmoid"}
SOFTMAX = {"units": 3, "activation": "softmax"}


def layer(kind: str, **settings: Any) -> BaseLayer:
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


def within(wrapper: str, **settings: Any) -> BaseLayer:
    return layer(wrapper, layer={"type": "layer.dense", **settings})


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], "linear"),
        ([layer("flatten")], "linear"),
        ([layer("dense", **SIGMOID), layer("flatten")], "sigmoid"),
        ([layer("dense", **SIGMOID), layer("permute", dims=[2, 1])], "sigmoid"),
        ([layer("dense", **SIGMOID), layer("global_average_pooling1d")], "sigmoid"),
        ([layer("dense", **SOFTMAX), layer("identity")], "softmax"),
        ([layer("dense", **SOFTMAX), layer("reshape", target_shape=[2, 2, 3])], "softmax"),
        # What follows is no distribution along the last axis any more.
        ([layer("dense", **SOFTMAX), layer("flatten")], "flatten"),
        ([layer("dense", **SOFTMAX), layer("permute", dims=[2, 1])], "permute"),
        (
            [layer("dense", **SOFTMAX), layer("global_average_pooling1d")],
            "global_average_pooling1d",
        ),
        ([within("time_distributed", **SOFTMAX)], "softmax"),
        ([within("spectral_normalization", **SIGMOID)], "sigmoid"),
        ([layer("reversible_embedding", input_dim=9, output_dim=5)], "linear"),
        ([layer("softmax")], "softmax"),
        ([layer("layer_normalization")], "layer_normalization"),
    ],
)
def test_the_activation_at_the_end_is_found(layers: list[BaseLayer], expected: str) -> None:
    spec = chain((4, 5), *layers)
    assert final_activation(spec, spec.output) == expected


def test_the_usual_loss_follows_from_what_a_wrapper_holds() -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (4, 5)), "y": pl.Array(pl.UInt8, 4)})
    spec = chain((4, 5), within("time_distributed", **SOFTMAX))
    (loss,) = plan_binding(spec, schema, target_columns=("y",)).losses.values()
    assert loss.type == "sparse_categorical_crossentropy"
    spec = chain((4, 5), within("time_distributed", units=1, activation="sigmoid"))
    (loss,) = plan_binding(spec, schema, target_columns=("y",)).losses.values()
    assert loss.type == "binary_crossentropy"
