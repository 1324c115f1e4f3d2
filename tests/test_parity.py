"""The table of what was compared with Keras: complete, and written from the results."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flowengine.registry import Registry
from flowengine.testing import parity
from flowengine.testing.keras_reference import load_keras

SCRIPT = Path(__file__).parents[1] / "docs" / "generate_parity.py"
DENSE = "flowengine_nodes.layer.core.dense"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_parity", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_everything_was_compared_and_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_comparison_is_recorded_only_where_a_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "results.jsonl"
    monkeypatch.delenv(parity.RESULTS, raising=False)
    parity.record("loss", "huber", settings={}, difference=0.0)
    monkeypatch.setenv(parity.RESULTS, str(file))
    for delta in (0.5, 2.0):
        parity.record("loss", "huber", settings={"delta": delta}, difference=delta)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["settings"] for line in lines] == [{"delta": 0.5}, {"delta": 2.0}]


def test_every_layer_of_keras_is_a_node_or_told_to_be_none(generator: ModuleType) -> None:
    names = [name for name in dir(load_keras().layers) if name[0].isupper()]
    # Keras has older names for some; a class is told from them by its own.
    theirs = {getattr(load_keras().layers, name).__name__ for name in names}
    told = {name for names in generator.NO_NODES for name in names.split(", ")}
    ours = {
        cls.__name__
        for type_id in Registry.default().types()
        if "layer." in type_id
        for cls in [Registry.default().load(type_id)]
    }
    assert theirs - {"InputLayer", "GroupedQueryAttention"} <= ours | told
    assert not told & ours


def test_results_are_summed_up_by_member(generator: ModuleType) -> None:
    usual = {"family": "layer", "name": DENSE, "kernel": "torch", "reference": "keras"}
    results = [
        {**usual, "settings": {"units": 3, "activation": "relu"}, "difference": 2e-7},
        {**usual, "settings": {"units": 4}, "difference": 1e-7},
        {
            **usual,
            "settings": {"units": 4, "kernel_regularizer": {"type": "l2", "l2": 0.1}},
            "difference": 0.0,
            "kernel": "cell",
        },
        {**usual, "name": "somebody.layer", "settings": {}, "difference": 1.0},
    ]
    rows = generator.summed_up(results)
    assert rows["layer"] == {
        "layer.dense": {
            "cases": 3,
            "difference": 2e-7,
            "settings": {"activation": 1, "kernel_regularizer": 1, "units": 2},
            "kernel": ["cell", "torch"],
            "reference": ["keras"],
        }
    }
    # A layer's comparison is one of its activation and its regularizer, too.
    assert rows["activation"]["relu"]["cases"] == 1
    assert rows["regularizer"]["l2"]["settings"] == {"l2": 1}


def test_what_was_never_compared_is_named(generator: ModuleType) -> None:
    lacking = generator.missing(generator.summed_up([]))
    assert "layer layer.dense" in lacking
    assert "optimizer adam" in lacking
    assert "layer layer.input" not in lacking


def test_rows_of_new_layers_are_added_to_the_others(generator: ModuleType) -> None:
    def row(cases: int) -> dict[str, Any]:
        return {"cases": cases, "difference": 0.0, "settings": {}, "kernel": [], "reference": []}

    old = {"layer": {"layer.b": row(1), "layer.a": row(2)}, "activation": {"relu": row(90)}}
    new = {"layer": {"layer.b": row(5), "layer.c": row(6)}, "activation": {"relu": row(1)}}
    rows = generator.merged(old, new)
    assert {name: one["cases"] for name, one in rows["layer"].items()} == {
        "layer.a": 2,
        "layer.b": 5,
        "layer.c": 6,
    }
    assert rows["activation"]["relu"]["cases"] == 90
