"""The executor on networks that answer at every step: the position of each step's class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowengine.errors import ConfigureError
from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.learner import Learner

WORDS = [[0, 0, 1, 2], [0, 3, 1, 1], [3, 2, 1, 3]]


def table() -> pl.DataFrame:
    words = pl.Series("words", WORDS * 20, dtype=pl.Array(pl.UInt8, 4))
    tags = pl.Series("tags", [[word % 3 for word in row] for row in WORDS * 20])
    return pl.DataFrame([words, tags.cast(pl.Array(pl.UInt8, 4))])


def tagger(
    folder: Path,
    data: pl.DataFrame,
    *,
    end: str = "softmax",
    length: int | None = 4,
    **settings: Any,
) -> Network:
    spec = NetworkSpec.input("input", TensorSpec((length,), "uint8"))
    spec = spec.apply("embedding", Embedding(input_dim=4, output_dim=8, mask_zero=True))
    spec = spec.apply("dense", Dense.model_validate({"units": 3, "activation": end}))
    columns = {"input_columns": ["words"], "target_columns": ["tags"]}
    rate = {"optimizer": {"type": "adam", "learning_rate": 0.1}, "epochs": 10}
    node = Learner.model_validate_json(json.dumps({**columns, **rate, **settings}))
    return node.execute(Network(spec), data, FakeContext(folder)).network


def execute(network: Network, data: pl.DataFrame, folder: Path, **settings: Any) -> pl.DataFrame:
    made = check_node(
        Executor,
        settings={"output": "class", **settings},
        inputs={"network": network, "table": data},
        folder=folder,
    )
    frame: pl.DataFrame = made["out"].lazy().collect()
    return frame


@pytest.mark.parametrize(
    ("end", "loss"),
    [
        ("softmax", None),
        ("linear", {"type": "sparse_categorical_crossentropy", "from_logits": True}),
    ],
)
def test_each_step_has_a_class_and_a_masked_one_is_padding(
    tmp_path: Path, end: str, loss: Any
) -> None:
    network = tagger(tmp_path, table(), end=end, loss=loss)
    found = execute(network, table(), tmp_path)
    assert found["prediction"].dtype == pl.Array(pl.UInt8, 4)
    assert found["prediction"][:3].to_list() == [[0, 0, 1, 2], [0, 0, 1, 1], [0, 2, 1, 0]]
    values = execute(network, table(), tmp_path, output="list")["prediction"].to_numpy()
    if end == "linear":
        values = np.exp(values) / np.exp(values).sum(-1, keepdims=True)
    wanted = np.where(np.array(WORDS) > 0, values[:3].max(-1), 0)
    np.testing.assert_allclose(found["probability"][:3].to_numpy(), wanted, atol=1e-6)


def test_without_probability_the_positions_stand_alone(tmp_path: Path) -> None:
    found = execute(tagger(tmp_path, table()), table(), tmp_path, probability=False, prefix="a_")
    assert found.columns == ["words", "tags", "a_prediction"]


def test_no_rows_have_the_same_columns(tmp_path: Path) -> None:
    network = tagger(tmp_path, table())
    none = execute(network, table().head(0), tmp_path)
    assert none.schema == execute(network, table(), tmp_path).schema


def test_a_row_without_a_number_has_no_classes(tmp_path: Path) -> None:
    spec = NetworkSpec.input("input", TensorSpec((2, 1)))
    spec = spec.apply("dense", Dense.model_validate({"units": 3, "activation": "softmax"}))
    data = pl.DataFrame({"x": np.zeros((3, 2)), "tags": np.zeros((3, 2), np.uint8)})
    settings = {"input_columns": ("x",), "target_columns": ("tags",)}
    network = Learner(**settings).execute(Network(spec), data, FakeContext(tmp_path)).network
    odd = data.with_columns(x=np.array([[0.0, 1.0], [0.0, np.nan], [1.0, 1.0]]))
    found = execute(network, odd, tmp_path)
    assert found["prediction"].is_null().to_list() == [False, True, False]
    assert found["probability"].is_null().to_list() == [False, True, False]


def test_numbers_at_each_step_are_no_classes(tmp_path: Path) -> None:
    data = table().with_columns(tags=np.random.default_rng(0).random((60, 4, 3)))
    network = tagger(tmp_path, data, end="linear", loss="mean_squared_error")
    with pytest.raises(ConfigureError, match="not trained on classes"):
        Executor(output="class").execute(network, data.lazy(), FakeContext(tmp_path))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("rows", [[0, 1, 2], [2, 1, 0]])
def test_sequences_of_several_lengths_end_in_padding(
    tmp_path: Path, size: int, rows: list[int]
) -> None:
    words = [[1], [3, 2], [2, 1, 3]]
    data = pl.DataFrame({"words": words * 20}, schema={"words": pl.List(pl.UInt8)})
    data = data.with_columns(tags=pl.col("words").list.eval(pl.element() % 3))
    network = tagger(tmp_path, data, length=None)
    found = execute(network, data[rows], tmp_path, batch_size=size)
    wanted = [[1, 0, 0], [0, 2, 0], [2, 1, 0]]
    assert found["prediction"].to_list() == [wanted[row] for row in rows]
