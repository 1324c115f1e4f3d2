"""The networks of the lecture: parameters as published, keys and shapes as torchvision has them."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowengine import Network, NetworkSpec
from flowengine.nn.weights import network_weights
from flowengine.planning.graph import Planner
from flowengine.registry import Registry
from flowengine.workflow import Workflow
from flowengine_nodes.network._state_dict import layer_arrays, match_layers

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "workflows" / "networks"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json"))
KEYS = json.loads((ROOT / "tests" / "reference" / "torchvision_keys.json").read_text())

PUBLISHED = {
    "lenet5": 61_706,
    "alexnet": 61_100_840,
    "zfnet": 62_357_608,
    "vgg16": 138_357_544,
    "googlenet": 6_624_904,
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
}


def network(name: str, shape: tuple[int, ...] = (224, 224, 3), **variables: Any) -> NetworkSpec:
    settings = {"path": f"workflows/networks/{name}.json", "variables": variables}
    flow = Workflow.loads(
        json.dumps(
            {
                "flowengine": 1,
                "name": "zoo",
                "nodes": {
                    "input": {"type": "layer.input", "settings": {"shape": shape}},
                    "net": {"type": "flow.component", "settings": settings},
                },
                "connections": [{"from": "input.out", "to": "net.network"}],
            }
        )
    )
    plan = Planner(Registry.default(), workspace=ROOT).plan(flow)
    assert not plan.problems
    source = plan.components["net"]["out"]
    assert source is not None
    spec = plan.nodes[source.path].specs[source.port]
    assert isinstance(spec, NetworkSpec)
    return spec


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_are_as_published(name: str) -> None:
    spec = network(name, (28, 28, 1) if name == "lenet5" else (224, 224, 3))
    assert spec.trainable_parameters == PUBLISHED[name]
    averages = [
        weight.size
        for layer in spec.layers
        for weight in spec.weights_of(layer).values()
        if not weight.trainable
    ]
    assert spec.parameters == PUBLISHED[name] + sum(averages)
    assert spec.output_spec.shape == (10 if name == "lenet5" else 1000,)


def test_lenet5_takes_the_images_of_the_paper() -> None:
    spec = network("lenet5", (32, 32, 1), padding="valid")
    assert spec.trainable_parameters == PUBLISHED["lenet5"]


def test_number_of_classes_is_a_variable() -> None:
    spec = network("resnet18", classes=10)
    assert spec.output_spec.shape == (10,)
    assert spec.trainable_parameters == PUBLISHED["resnet18"] - 990 * 513


@pytest.mark.parametrize("name", KEYS)
def test_the_reference_table_has_the_published_sums(name: str) -> None:
    sizes = {key: math.prod(shape) for key, shape in KEYS[name].items()}
    assert sum(size for key, size in sizes.items() if "running" not in key) == PUBLISHED[name]


@pytest.mark.parametrize("name", KEYS)
def test_keys_and_shapes_are_those_of_torchvision(name: str) -> None:
    spec = network(name)
    match = match_layers(spec, KEYS[name])
    assert not match.missing
    assert not match.unused
    used = set()
    for layer, module in match.modules.items():
        own = {key: shape for key, shape in KEYS[name].items() if key.startswith(f"{module}.")}
        # No memory is touched, so that VGG16 costs nothing.
        state = {key: np.broadcast_to(np.float32(0), shape) for key, shape in own.items()}
        assert len(spec.weights_of(layer)) == len(own)
        if spec.parameters_of(layer) < 3_000_000:
            layer_arrays(spec, layer, module, state)
        used.update(own)
    assert used == KEYS[name].keys()


@pytest.mark.parametrize("file", FILES)
def test_files_are_canonical(file: str) -> None:
    text = (FOLDER / file).read_text()
    assert Workflow.loads(text).dumps() == text


def test_files_are_what_the_generator_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = runpy.run_path(str(FOLDER / "generate.py"))
    # The functions look their folder up among their own globals.
    monkeypatch.setitem(module["main"].__globals__, "FOLDER", tmp_path)
    module["main"]()
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json"))
    assert written == FILES
    for file in FILES:
        assert (tmp_path / file).read_text() == (FOLDER / file).read_text(), file


def test_layers_start_with_other_weights_each() -> None:
    spec = network("resnet18")
    arrays = network_weights(Network(spec), 0)
    first, second = (arrays[f"net/layer1_0/{name}"]["kernel"] for name in ("conv1", "conv2"))
    assert not np.array_equal(first, second)
