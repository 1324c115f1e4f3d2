"""Networks collected, applied, cut and frozen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from flowengine.binding import Binding, Feed
from flowengine.blobs import save_blob
from flowengine.errors import ConfigureError
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.merge.add import Add
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.network.apply import Apply
from flowengine_nodes.network.collect import Collect
from flowengine_nodes.network.cut import Cut
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.freeze import Freeze

PAIR = (("x", 1.0), ("y", -2.0))


def start(name: str = "input", *shape: int) -> NetworkSpec:
    return NetworkSpec.input(name, TensorSpec(shape or (3,)))


def chain(*names: str, units: int = 3) -> NetworkSpec:
    spec = start()
    for name in names:
        spec = spec.apply(name, Dense(units=units))
    return spec


def trained(spec: NetworkSpec, folder: Path, seed: int = 0) -> Network:
    arrays = network_weights(Network(spec), seed)
    weights = {name: save_blob(folder / "blobs", one) for name, one in arrays.items() if one}
    return Network(spec, weights, None, folder / "blobs")


def compute(network: Network, **inputs: list[float]) -> dict[str, torch.Tensor]:
    built = build(network.spec)
    load_weights(built, network_weights(network, 0))
    with torch.no_grad():
        return built({name: torch.tensor([values]) for name, values in inputs.items()})


def round_trip(spec: NetworkSpec) -> NetworkSpec:
    registry = Registry.default()
    for name in ("layer.dense", "layer.add"):
        registry.load(name)
    return NetworkSpec.from_json(spec.to_json(), registry.load_layer)


def test_collect_gives_one_network_several_outputs(tmp_path: Path) -> None:
    body = trained(chain("body"), tmp_path)
    one, two = (
        body.with_spec(body.spec.apply(name, Dense(units=units)))
        for name, units in (("one", 1), ("two", 2))
    )
    made = check_node(Collect, folder=tmp_path, inputs={"network": [one, two]})["out"]
    assert dict(made.spec.outputs) == {"one": "one", "two": "two"}
    assert list(made.spec.layers) == ["body", "one", "two"]
    assert {name: len(out[0]) for name, out in compute(made, input=[1.0, 2, 3]).items()} == {
        "one": 1,
        "two": 2,
    }


def test_collected_outputs_may_be_named() -> None:
    spec = Collect(names=("digit", "parity")).configure([chain("a"), chain("b")])
    assert dict(spec.outputs) == {"digit": "a", "parity": "b"}
    assert round_trip(spec) == spec


def test_names_of_outputs_must_be_right() -> None:
    with pytest.raises(ConfigureError, match=r'1 names for 2 outputs; .* "a", "b"'):
        Collect(names=("digit",)).configure([chain("a"), chain("b")])
    with pytest.raises(ConfigureError, match='two outputs are called "a"'):
        Collect().configure([chain("a"), chain("a")])


def test_collect_keeps_what_fed_the_networks(tmp_path: Path) -> None:
    feeds = Binding({"input": Feed(("x",), "number")}, {"a": Feed(("y",), "number")})
    network = replace(trained(chain("a"), tmp_path), binding=feeds)
    made = Collect(names=("b",)).execute([network])
    assert made.binding == Binding(feeds.inputs, {"b": feeds.targets["a"]})


def test_names_that_change_places_take_their_targets_along(tmp_path: Path) -> None:
    feeds = {name: Feed((name,), "index", (f"{name}1", f"{name}2")) for name in ("a", "b")}
    both = replace(
        trained(Collect().configure([chain("a"), chain("b")]), tmp_path),
        binding=Binding({}, feeds),
    )
    made = Collect(names=("b", "a")).execute([both])
    assert dict(made.spec.outputs) == {"b": "a", "a": "b"}
    assert made.binding is not None
    assert made.binding.targets == {"b": feeds["a"], "a": feeds["b"]}


def fed(name: str, column: str, layer: str, folder: Path) -> Network:
    binding = Binding(
        {name: Feed((column,), "list")},
        {layer: Feed((f"{layer}_class",), "index", ("u", "v", "w"))},
    )
    return replace(trained(start(name).apply(layer, Dense(units=3)), folder), binding=binding)


def test_networks_of_two_trainings_keep_what_fed_each(tmp_path: Path) -> None:
    both = Collect().execute([fed("p", "x", "a", tmp_path), fed("q", "y", "b", tmp_path)])
    table = pl.DataFrame(
        {name: pl.Series([[value] * 3], dtype=pl.Array(pl.Float32, 3)) for name, value in PAIR}
    )
    made = Executor(keep_columns=False).execute(both, table.lazy(), FakeContext(tmp_path))
    found = made.collect()
    assert found.columns == ["a_prediction", "a_probability", "b_prediction", "b_probability"]
    expected = compute(both, p=[1.0] * 3, q=[-2.0] * 3)
    for name, output in expected.items():
        assert found[f"{name}_prediction"][0] == "uvw"[int(output.argmax())]


def test_an_input_that_was_fed_in_two_ways_is_told(tmp_path: Path) -> None:
    networks = [fed("p", "x", "a", tmp_path), fed("p", "y", "b", tmp_path)]
    with pytest.raises(ConfigureError, match=r'"p" was fed differently .* "x" as list .* "y" as'):
        Collect().execute(networks)


def test_an_untrained_input_is_named_beside_a_trained_one(tmp_path: Path) -> None:
    one = fed("p", "x", "a", tmp_path)
    both = Collect().execute([one, trained(start("q").apply("b", Dense(units=1)), tmp_path)])
    table = pl.DataFrame(
        {name: pl.Series([[value] * 3], dtype=pl.Array(pl.Float32, 3)) for name, value in PAIR}
    ).lazy()
    with pytest.raises(ConfigureError, match='input "q"'):
        Executor().execute(both, table, FakeContext(tmp_path))
    asked = Executor(input_columns={"q": ("y",)}, keep_columns=False)
    found = asked.execute(both, table, FakeContext(tmp_path)).collect()
    expected = compute(both, p=[1.0] * 3, q=[-2.0] * 3)
    np.testing.assert_allclose(found["b_prediction"][0], expected["b"].item(), rtol=1e-5)
    assert found["a_prediction"][0] == "uvw"[int(expected["a"].argmax())]


def test_a_network_applied_twice_is_one_set_of_layers(tmp_path: Path) -> None:
    encoder = trained(chain("encoder"), tmp_path)
    sides = [Network(start(name)) for name in ("left", "right")]
    towers = [
        Apply().execute(encoder, [side], FakeContext(tmp_path, node=f"on_{side.spec.output}"))
        for side in sides
    ]
    both = towers[0].merge(towers[1])
    spec = both.spec.apply("add", Add(), [tower.spec.output for tower in towers])
    assert list(spec.layers) == ["encoder", "add"]
    assert list(spec.inputs) == ["left", "right"]
    assert spec.parameters == 12
    x, y = [1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]
    one, two = (compute(encoder, input=values)["encoder"] for values in (x, y))
    found = compute(both.with_spec(spec), left=x, right=y)["add"]
    torch.testing.assert_close(found, one + two)
    assert round_trip(spec) == spec


def test_apply_keeps_what_every_node_promises(tmp_path: Path) -> None:
    outputs = check_node(
        Apply,
        folder=tmp_path,
        inputs={
            "network": trained(chain("a", "b"), tmp_path),
            "to": [trained(chain("c"), tmp_path)],
        },
    )
    assert list(outputs["out"].spec.layers) == ["c", "a", "b"]
    assert outputs["out"].is_trained


def test_a_network_can_stand_on_itself(tmp_path: Path) -> None:
    block = trained(chain("block"), tmp_path)
    once = Apply().execute(block, [Network(start("x"))], FakeContext(tmp_path, node="once"))
    twice = Apply().execute(block, [once], FakeContext(tmp_path, node="twice"))
    inner = compute(block, input=[1.0, 2, 3])["block"]
    expected = compute(block, input=inner[0].tolist())["block"]
    torch.testing.assert_close(compute(twice, x=[1.0, 2, 3])["twice"], expected)


def two_inputs() -> NetworkSpec:
    merged = start("p").merge(start("q", 3))
    return merged.apply("add", Add(), ["p", "q"])


def test_inputs_are_fed_in_order_or_by_name(tmp_path: Path) -> None:
    sides = [start("left"), start("right")]
    ctx = FakeContext(tmp_path, node="sum")
    plain = Apply().configure(two_inputs(), sides, ctx)
    assert plain.calls["sum/add"].inputs == ("left", "right")
    named = Apply(inputs=("q", "p")).configure(two_inputs(), sides, ctx)
    assert named.calls["sum/add"].inputs == ("right", "left")


def test_several_outputs_are_named_below_the_node(tmp_path: Path) -> None:
    pair = Collect().configure([chain("a"), chain("b")])
    spec = Apply().configure(pair, [start("x")], FakeContext(tmp_path, node="pair"))
    assert dict(spec.outputs) == {"pair/a": "pair/a", "pair/b": "pair/b"}


@pytest.mark.parametrize(
    ("inputs", "targets", "words"),
    [
        ((), ["left"], 'needs "p", "q"; connected are "left"'),
        (("p", "w"), ["left", "right"], 'no input "w"'),
        (("p",), ["left"], 'needs "p", "q"'),
    ],
)
def test_missing_inputs_are_named(
    tmp_path: Path, inputs: tuple[str, ...], targets: list[str], words: str
) -> None:
    with pytest.raises(ConfigureError, match=words):
        Apply(inputs=inputs).configure(
            two_inputs(), [start(name) for name in targets], FakeContext(tmp_path)
        )


def test_shapes_must_fit_where_a_network_is_applied(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match='"input" of the network that is applied takes 3; "x"'):
        Apply().configure(chain("a"), [start("x", 4)], FakeContext(tmp_path))


def test_two_trainings_of_a_layer_cannot_meet(tmp_path: Path) -> None:
    one, other = (trained(chain("a"), tmp_path, seed) for seed in (1, 2))
    with pytest.raises(ConfigureError, match="two different trainings"):
        Apply().execute(one, [other], FakeContext(tmp_path))


def test_cut_keeps_the_part_between_tensors(tmp_path: Path) -> None:
    network = trained(chain("a", "b", "c"), tmp_path)
    check_node(Cut, folder=tmp_path, settings={"outputs": ["b"]}, inputs={"network": network})
    encoder, middle, decoder = (
        Cut(inputs=inputs, outputs=outputs).execute(network)
        for inputs, outputs in (((), ("a",)), (("a",), ("b",)), (("b",), ()))
    )
    assert [list(part.spec.layers) for part in (encoder, middle, decoder)] == [["a"], ["b"], ["c"]]
    assert list(middle.weights) == ["b"]
    assert dict(decoder.spec.inputs) == {"b": "b"}
    whole = compute(network, input=[1.0, 2, 3])["c"]
    code = compute(encoder, input=[1.0, 2, 3])["a"][0].tolist()
    state = compute(middle, a=code)["b"][0].tolist()
    torch.testing.assert_close(compute(decoder, b=state)["c"], whole)
    assert round_trip(decoder.spec) == decoder.spec


def test_cut_drops_inputs_nobody_needs() -> None:
    spec = Cut(inputs=("add",)).configure(two_inputs().apply("dense", Dense(units=1)))
    assert list(spec.inputs) == ["add"]
    spec = Cut(outputs=("p",)).configure(two_inputs())
    assert list(spec.inputs) == ["p"]


def test_a_wrong_cut_is_said_in_words() -> None:
    with pytest.raises(ConfigureError, match="nothing to cut"):
        Cut().configure(chain("a"))
    with pytest.raises(ConfigureError, match=r'no tensor "dens_1".*Did you mean "dense_1"'):
        Cut(outputs=("dens_1",)).configure(chain("dense_1"))
    with pytest.raises(ConfigureError, match='no output needs "b"'):
        Cut(inputs=("b",), outputs=("a",)).configure(chain("a", "b"))


def test_a_state_is_no_input_while_its_layer_is_needed() -> None:
    spec = start("input", 5, 3).apply("lstm", LSTM(units=3, return_sequences=True))
    spec = spec.apply("add", Add(), ["lstm", "lstm.state_h"])
    with pytest.raises(ConfigureError, match=r'layer "lstm", .* needed for "lstm"; name "lstm"'):
        Cut(inputs=("lstm.state_h",)).configure(spec)
    assert list(Cut(inputs=("lstm", "lstm.state_h")).configure(spec).calls) == ["add"]


def test_parts_of_one_network_can_be_joined_again(tmp_path: Path) -> None:
    network = trained(chain("a", "b"), tmp_path)
    encoder, decoder = Cut(outputs=("a",)).execute(network), Cut(inputs=("a",)).execute(network)
    with pytest.raises(ConfigureError, match="computed in one network and an input of the other"):
        encoder.merge(decoder)
    joined = Apply().execute(decoder, [encoder], FakeContext(tmp_path, node="decoder"))
    torch.testing.assert_close(
        compute(joined, input=[1.0, 2, 3])["decoder"], compute(network, input=[1.0, 2, 3])["b"]
    )


def test_named_layers_are_frozen_and_others_trainable(tmp_path: Path) -> None:
    spec = replace(chain("block/a", "block/b", "head"), frozen=frozenset({"head"}))
    network = trained(spec, tmp_path)
    check_node(Freeze, folder=tmp_path, settings={"layers": ["head"]}, inputs={"network": network})
    assert Freeze(layers=("block/*",)).configure(spec).frozen == {"block/a", "block/b"}
    assert Freeze(layers=("head",), named="trainable").configure(spec).frozen == {
        "block/a",
        "block/b",
    }
    assert Freeze().configure(spec).frozen == set()
    assert Freeze(layers=("head",)).configure(spec).trainable_parameters == 24


def test_a_layer_that_is_not_there_cannot_be_frozen() -> None:
    with pytest.raises(ConfigureError, match=r'matches "haed".*Did you mean "head"'):
        Freeze(layers=("haed",)).configure(chain("head"))
    with pytest.raises(ConfigureError, match=r'matches "block/\*"'):
        Freeze(layers=("block/*",)).configure(chain("head"))


def test_new_layers_on_a_trained_network_leave_its_weights(tmp_path: Path) -> None:
    network = trained(chain("a", "b"), tmp_path)
    body = Cut(outputs=("a",)).execute(network)
    new = Dense(units=2).execute(body, FakeContext(tmp_path, node="head"))
    assert new.weights == {"a": network.weights["a"]}
    assert not new.is_trained
    arrays = network_weights(new, 7)
    np.testing.assert_array_equal(arrays["a"]["kernel"], network_weights(network, 1)["a"]["kernel"])
    assert arrays["head"]["kernel"].shape == (3, 2)


def test_a_name_is_given_to_one_layer_only() -> None:
    with pytest.raises(ConfigureError, match='has a "a" already'):
        chain("a").apply("a", Dense(units=1))
