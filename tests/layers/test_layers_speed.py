"""Speed of networks' descriptions, guarded at ten times the bar: the machine may be busy."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from flowengine.nn.build import build

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "layers.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("layers_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shapes_go_through_a_thousand_layers_quickly(benchmark: ModuleType) -> None:
    # The bar is 0.1 s.
    assert min(benchmark.seconds(lambda: benchmark.wired(1000), turns=2)) < 1.0


def test_a_network_of_150_layers_is_built_quickly(benchmark: ModuleType) -> None:
    network = benchmark.residual(150)
    assert len(network.layers) > 140
    # The bar is 0.2 s.
    assert min(benchmark.seconds(lambda: build(network), turns=2)) < 2.0
