"""What a network costs to describe: each of its facts is one pass over its calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import flowengine as fe
from flowengine.cli.main import main
from flowengine.network import NetworkSpec
from flowengine_nodes.layer.core.dense import Dense

LAYERS = 40


class Counted(dict[str, Any]):
    """Calls of a network that count how often one of them is looked at."""

    looks = 0

    def values(self) -> Iterator[Any]:  # type: ignore[override]
        for value in super().values():
            self.looks += 1
            yield value


def deep_network() -> tuple[NetworkSpec, Counted]:
    """Return a chain of dense layers, one of them called twice, and its counted calls."""
    spec = NetworkSpec.input("in", fe.TensorSpec((4,)))
    for number in range(LAYERS):
        spec = spec.apply(f"dense_{number}", Dense(units=4))
    calls = Counted(spec.calls)
    calls["again"] = replace(calls["dense_0"], inputs=("dense_9",), outputs=("again",))
    return replace(spec, calls=calls), calls


@pytest.mark.parametrize(
    ("fact", "expected"), [("parameters", 20 * LAYERS), ("trainable_parameters", 20 * LAYERS)]
)
def test_weights_are_counted_in_one_pass_and_shared_ones_once(fact: str, expected: int) -> None:
    spec, calls = deep_network()
    assert getattr(spec, fact) == expected
    assert calls.looks == len(calls)


@pytest.mark.parametrize("missing", [None, "dense_39"])
def test_whether_a_network_is_trained_is_known_after_one_pass(missing: str | None) -> None:
    spec, calls = deep_network()
    weights = {name: "digest" for name in spec.layers if name != missing}
    network = fe.Network(spec, weights)
    assert network.is_trained == (missing is None)
    assert calls.looks == len(calls)


def test_a_further_layer_is_counted_without_a_look_at_those_before() -> None:
    spec, calls = deep_network()
    counted = spec.parameters, spec.flops
    calls.looks = 0
    longer = spec.apply("last", Dense(units=3), ["dense_39"])
    assert (longer.parameters, longer.flops) == (counted[0] + 15, counted[1] + 24)
    assert calls.looks == 0
    # what is counted from the beginning comes to the same
    afresh = replace(longer)
    assert (afresh.parameters, afresh.flops) == (longer.parameters, longer.flops)


def test_what_nobody_asks_for_is_not_counted() -> None:
    spec, calls = deep_network()
    calls.looks = 0
    longer = spec.apply("last", Dense(units=3), ["dense_39"])
    assert calls.looks == 0
    assert longer.parameters == 20 * LAYERS + 15


def test_a_layer_takes_no_other_layers_name() -> None:
    spec, _ = deep_network()
    tensors = {name: tensor for name, tensor in spec.tensors.items() if name != "dense_9"}
    with pytest.raises(fe.ConfigureError, match='has a "dense_9" already'):
        replace(spec, tensors=tensors).apply("dense_9", Dense(units=2), ["dense_39"])


def test_the_largest_of_networks_without_weights_is_the_one_with_most_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {
        "flowengine": 1,
        "nodes": {
            "input": {"type": "layer.input", "settings": {"shape": [4]}},
            "relu": {"type": "layer.relu"},
            "flatten": {"type": "layer.flatten"},
        },
        "connections": [
            {"from": "input.out", "to": "relu.network"},
            {"from": "relu.out", "to": "flatten.network"},
        ],
    }
    file = tmp_path / "plain.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert main(["validate", str(file)]) == 0
    assert "network of 2 layers: 0 parameters" in capsys.readouterr().out
