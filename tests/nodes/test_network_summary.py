"""Networks as tables and diagrams."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flowengine import ConfigureError
from flowengine.diagram import network_diagram
from flowengine.network import Network, NetworkSpec
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.summary import Summary

SVG = "{http://www.w3.org/2000/svg}"


def layer(type_id: str, **settings: object) -> object:
    return Registry.default().load_layer(type_id, 1, settings)


@pytest.fixture
def spec() -> NetworkSpec:
    """A network with a branch: two convolutions side by side, added, then a dense layer."""
    spec = NetworkSpec.input("image", TensorSpec((8, 8, 3), "uint8"))
    one = spec.apply("one", layer("layer.conv2d", filters=4, kernel_size=3, padding="same"))
    two = one.apply("two", layer("layer.conv2d", filters=4, kernel_size=3, padding="same"))
    merged = two.apply("add", layer("layer.add"), ["one", "two"])
    normal = merged.apply("normal", layer("layer.batch_normalization"))
    flat = normal.apply("flatten", layer("layer.flatten"))
    return flat.apply("dense", layer("layer.dense", units=10))


def test_every_column_adds_up(spec: NetworkSpec, tmp_path: Path) -> None:
    table = check_node(Summary, folder=tmp_path, inputs={"network": Network(spec)})["out"]
    assert table["layer"].to_list() == [
        *("image", "one", "two", "add", "normal", "flatten", "dense"),
    ]
    assert table["parameters"].sum() == spec.parameters
    assert table["trainable_parameters"].sum() == spec.trainable_parameters == spec.parameters - 8
    assert table["flops"].sum() == spec.flops
    row = table.row(by_predicate=pl.col("layer") == "one", named=True)
    assert row["type"] == "layer.conv2d"
    assert row["inputs"] == "image"
    assert row["output_shape"] == "8×8×4"
    assert row["memory"] == 8 * 8 * 4 * 4


def test_parameters_of_a_shared_layer_count_once(tmp_path: Path) -> None:
    dense = layer("layer.dense", units=3)
    one = NetworkSpec.input("x", TensorSpec((3,))).apply("dense", dense)
    call = replace(one.calls["dense"], inputs=("dense",), outputs=("again",))
    spec = replace(
        one,
        calls={**one.calls, "again": call},
        tensors={**one.tensors, "again": TensorSpec((3,))},
        outputs={"again": "again"},
    )
    table = Summary().execute(Network(spec), None)  # type: ignore[arg-type]  # writes nothing
    assert table["parameters"].to_list() == [0, 12, 0]


def test_frozen_layers_have_nothing_trainable(spec: NetworkSpec) -> None:
    frozen = replace(spec, frozen=frozenset({"one", "two", "normal"}))
    assert frozen.trainable_parameters == spec.parameters_of("dense")


def test_a_diagram_is_written_where_it_is_asked_for(spec: NetworkSpec, tmp_path: Path) -> None:
    check_node(
        Summary,
        folder=tmp_path,
        settings={"path": "pictures/net.svg"},
        inputs={"network": Network(spec)},
    )
    assert (tmp_path / "pictures" / "net.svg").read_text() == network_diagram(spec)


def test_a_diagram_has_a_box_for_each_layer_and_a_line_for_each_tensor(spec: NetworkSpec) -> None:
    root = ET.fromstring(network_diagram(spec))
    names = [box.find(f"{SVG}text").text for box in root.iter(f"{SVG}g")]  # type: ignore[union-attr]
    assert names == ["image", *spec.calls]
    assert len(list(root.iter(f"{SVG}path"))) == 7


def test_boxes_of_a_diagram_do_not_overlap(spec: NetworkSpec) -> None:
    branches = [
        spec.apply(f"branch_{number}", layer("layer.dense", units=2)) for number in range(4)
    ]
    merged = branches[0]
    for branch in branches[1:]:
        merged = merged.merge(branch)
    merged = merged.apply("join", layer("layer.concatenate"), [one.output for one in branches])
    root = ET.fromstring(network_diagram(merged))
    width = float(root.get("width", "0"))
    boxes = [
        tuple(float(rect.get(name, "")) for name in ("x", "y", "width"))
        for rect in root.iter(f"{SVG}rect")
    ]
    assert len(boxes) == len(merged.calls) + 1
    for number, (x, y, size) in enumerate(boxes):
        assert x >= 0
        assert x + size <= width
        for other_x, other_y, _ in boxes[number + 1 :]:
            assert y != other_y or abs(x - other_x) >= size


def test_names_in_a_diagram_are_escaped() -> None:
    spec = NetworkSpec.input("<&>", TensorSpec((3,)))
    assert "&lt;&amp;&gt;" in network_diagram(spec)
    ET.fromstring(network_diagram(spec))


def test_a_diagram_is_an_svg_file(spec: NetworkSpec, tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match=r'"net.png" does not end with "\.svg"'):
        Summary(path="net.png").configure(spec, FakeContext(tmp_path))
