"""The executor on tables that are read while they are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import flowengine as fe
from flowengine.errors import Cancelled, DataError
from flowengine.network import Network, NetworkSpec
from flowengine.running.execute import reads_files
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.learner import Learner


def table(rows: int = 60) -> pl.DataFrame:
    values = np.random.default_rng(0).normal(size=(rows, 2))
    label = np.where(values.sum(1) > 0, "up", "down")
    return pl.DataFrame({"a": values[:, 0], "b": values[:, 1], "label": label})


def trained(folder: Path) -> Network:
    spec = NetworkSpec.input("input", TensorSpec((2,)))
    spec = spec.apply("dense", Dense(units=2, activation="softmax"))
    node = Learner.model_validate_json(json.dumps({"input_columns": ["a", "b"]}))
    return node.execute(Network(spec), table(), FakeContext(folder)).network


def scan(folder: Path, rows: pl.DataFrame) -> pl.LazyFrame:
    rows.write_parquet(folder / "rows.parquet", row_group_size=7)
    return pl.scan_parquet(folder / "rows.parquet")


def execute(network: Network, rows: pl.LazyFrame, folder: Path, **settings: Any) -> pl.LazyFrame:
    return Executor.model_validate_json(json.dumps(settings)).execute(
        network, rows, FakeContext(folder)
    )


@pytest.mark.parametrize("keep", [True, False])
def test_a_scan_streams_and_gives_what_a_table_gives(tmp_path: Path, keep: bool) -> None:
    network = trained(tmp_path)
    lazy = execute(network, scan(tmp_path, table()), tmp_path, keep_columns=keep)
    whole = execute(network, table().lazy(), tmp_path, keep_columns=keep).collect()
    assert reads_files(lazy)
    made = lazy.collect(engine="streaming")
    assert made.schema == whole.schema
    assert made.drop("probability").equals(whole.drop("probability"))
    assert np.allclose(made["probability"].to_numpy(), whole["probability"].to_numpy(), atol=1e-6)


def test_what_is_asked_of_a_stream_is_what_comes(tmp_path: Path) -> None:
    lazy = execute(trained(tmp_path), scan(tmp_path, table()), tmp_path)
    whole = lazy.collect()
    assert lazy.head(11).collect().equals(whole.head(11))
    assert lazy.select(pl.len()).collect().item() == whole.height
    some = lazy.filter(pl.col("prediction") == "up").select("probability", "a")
    assert some.collect().equals(
        whole.filter(pl.col("prediction") == "up").select("probability", "a")
    )


def test_a_fault_in_a_stream_is_said_in_its_own_words(tmp_path: Path) -> None:
    rows = table().with_columns(pl.when(pl.col("a") < 1).then(pl.col("a")))
    lazy = execute(trained(tmp_path), scan(tmp_path, rows), tmp_path)
    with pytest.raises(DataError, match='column "a" has'):
        lazy.collect(engine="streaming")


def test_a_cancelled_run_ends_a_stream(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, cancel_after=4)
    lazy = Executor(batch_size=5).execute(trained(tmp_path), scan(tmp_path, table()), ctx)
    with pytest.raises(Cancelled):
        lazy.collect(engine="streaming")


def test_categories_that_only_all_rows_know_are_looked_for_first(tmp_path: Path) -> None:
    spec = NetworkSpec.input("word", TensorSpec((1,), "int64"))
    network = Network(spec.apply("vector", Embedding(input_dim=5, output_dim=2)))
    words = pl.DataFrame({"word": ["b", "a", "c"] * 10})
    settings = {"input_columns": ["word"], "output": "list"}
    lazy = execute(network, scan(tmp_path, words), tmp_path, **settings)
    assert not reads_files(lazy)
    assert lazy.collect()["prediction"].n_unique() == 3


def workflow(folder: Path) -> dict[str, Any]:
    table().write_csv(folder / "rows.csv")
    table(40_000).write_csv(folder / "more.csv")
    return {
        "flowengine": 1,
        "nodes": {
            "rows": {"type": "io.file_reader", "settings": {"path": "rows.csv"}},
            "input": {"type": "layer.input", "settings": {"shape": [2]}},
            "dense": {"type": "layer.dense", "settings": {"units": 2, "activation": "softmax"}},
            "learner": {
                "type": "network.learner",
                "settings": {
                    "input_columns": ["a", "b"],
                    "epochs": 30,
                    "optimizer": {"type": "adam", "learning_rate": 0.05},
                },
            },
            "more": {"type": "io.file_reader", "settings": {"path": "more.csv"}},
            "executor": {"type": "network.executor"},
            "writer": {"type": "io.csv_writer", "settings": {"path": "answers.csv"}},
        },
        "connections": [
            {"from": "input.out", "to": "dense.network"},
            {"from": "dense.out", "to": "learner.network"},
            {"from": "rows.out", "to": "learner.training_data"},
            {"from": "learner.network", "to": "executor.network"},
            {"from": "more.out", "to": "executor.table"},
            {"from": "executor.out", "to": "writer.table"},
        ],
    }


def test_a_stream_is_written_as_it_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files of a few bytes are treated as large ones.
    monkeypatch.setattr("flowengine_nodes.io._plan.LARGEST_IN_MEMORY", 1)
    monkeypatch.setattr("flowengine_nodes.io.file_reader.SAMPLE", 2000)
    (tmp_path / "workflow.json").write_text(json.dumps(workflow(tmp_path)))
    result = fe.run(tmp_path / "workflow.json", workspace=tmp_path)
    answers = pl.read_csv(tmp_path / "answers.csv")
    assert answers.height == 40_000
    assert (answers["prediction"] == answers["label"]).mean() > 0.9
    assert result.nodes["executor"].outputs["out"]["streamed"]


def test_a_learner_learns_the_same_from_a_file_that_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = []
    for folder, sample in ((tmp_path / "whole", 4 << 20), (tmp_path / "streamed", 60)):
        monkeypatch.setattr("flowengine_nodes.io._plan.LARGEST_IN_MEMORY", sample)
        monkeypatch.setattr("flowengine_nodes.io.file_reader.SAMPLE", sample)
        folder.mkdir()
        (folder / "workflow.json").write_text(json.dumps(workflow(folder)))
        result = fe.run(folder / "workflow.json", workspace=folder, until=["learner"])
        assert ("streamed" in result.nodes["rows"].outputs["out"]) == (sample == 60)
        weights.append(result["learner"].network.weights)
    assert weights[0] == weights[1]
