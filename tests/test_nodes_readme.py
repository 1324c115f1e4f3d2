"""What nodes/README.md tells authors to write works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine import NetworkSpec, TensorSpec
from flowengine.registry import Registry
from flowengine.testing import FakeContext, check_definition, check_node

README = Path(__file__).parents[1] / "nodes" / "README.md"
_FILE = re.compile(r"<!-- file: (.+?) -->\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in _FILE.findall(README.read_text()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_loose_nodes_load_and_are_documented(folder: Path) -> None:
    registry = Registry.default([folder / "my_nodes"])
    local = [name for name in registry.types() if name.startswith("local.")]
    assert local == [
        f"local.{name}"
        for name in (
            "bars", "clip", "find_root", "fit_mean", "jitter", "shift", "split_at", "take_mean",
            "top_values",
        )
    ]  # fmt: skip
    for name in local:
        check_definition(registry.load(name))


def test_the_loose_nodes_work(folder: Path) -> None:
    registry = Registry.default([folder / "my_nodes"])
    inputs = {"table": pl.DataFrame({"n": [3, 1, None, 2]})}
    top = check_node(
        registry.load("local.top_values"),
        settings={"column": "n", "rows": 2},
        inputs=inputs,
        folder=folder,
    )
    assert top["out"]["n"].to_list() == [3, 2]
    sides = check_node(
        registry.load("local.split_at"),
        settings={"column": "n", "value": 2},
        inputs=inputs,
        folder=folder,
    )
    assert sides["below"]["n"].to_list() == [1]
    clipped = check_node(
        registry.load("local.clip"),
        settings={"column": "n", "limits": {"high": 2.5}},
        inputs=inputs,
        folder=folder,
    )
    assert clipped["out"]["n"].to_list() == [2.5, 1.0, None, 2.0]
    assert sides["above"]["n"].to_list() == [3, None, 2]


def test_the_node_with_a_choice_works(folder: Path) -> None:
    jitter = Registry.default([folder / "my_nodes"]).load("local.jitter")
    inputs = {"table": pl.DataFrame({"n": [0.0] * 100})}
    for noise in ({"type": "normal"}, {"type": "even", "range": 0.1}):
        settings = {"column": "n", "noise": noise}
        out = check_node(jitter, settings=settings, inputs=inputs, folder=folder)["out"]
        assert out["n"].n_unique() == 100
        assert (out["n"].abs().max() <= 0.1) == (noise["type"] == "even")


def test_the_node_with_checkpoints_goes_on_where_it_was(folder: Path) -> None:
    root = Registry.default([folder / "my_nodes"]).load("local.find_root")
    assert check_node(root, folder=folder)["out"] == pytest.approx(2**0.5)
    (folder / "resume").mkdir()
    stopped = FakeContext(folder, resume=folder / "resume", stop_after=2)
    root().execute(stopped)  # type: ignore[attr-defined]  # the class is known by its name alone
    again = FakeContext(folder, resume=folder / "resume")
    root().execute(again)  # type: ignore[attr-defined]
    assert again.messages[0] == f"step {len(stopped.messages)} of 20"


def test_the_nodes_with_charts_and_models_work(folder: Path) -> None:
    registry = Registry.default([folder / "my_nodes"])
    table = pl.DataFrame({"n": [3, 1, 1, 3, 3, 1, 2, 2]})

    def check(name: str, inputs: dict[str, Any], **settings: Any) -> Any:
        node = registry.load(f"local.{name}")
        return check_node(node, settings=settings, inputs=inputs, folder=folder)["out"]

    chart = check("bars", {"table": table}, column="n")
    assert sorted(chart.table.rows()) == [("1", 3), ("2", 2), ("3", 3)]
    model = check("fit_mean", {"table": table}, column="n")
    away = check("take_mean", {"model": model, "table": table})
    assert away["n"].to_list() == [1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 0.0, 0.0]


def test_the_layer_configures_and_builds(folder: Path) -> None:
    import torch

    layer = Registry.default([folder / "my_nodes"]).load("local.shift")(amount=2.0)
    spec = layer.configure(NetworkSpec.input("in", TensorSpec((3,))), FakeContext(folder))
    assert spec.output_spec == TensorSpec((3,))
    built = layer.build(TensorSpec((3,)))
    assert built(torch.zeros(1, 3)).tolist() == [[2.0, 2.0, 2.0]]


def test_the_pack_passes_its_own_test(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder / "shop",
        env={**os.environ, "PYTHONPATH": str(folder / "shop")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
