"""The learner as a node: what it promises while wiring and keeps when it runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from flowengine.errors import ConfigureError, DataError
from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine.values import ModelSpec
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.network.learner import Learner


def network(end: str = "softmax", *, units: int = 2) -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec((2,)))
    return spec.apply("dense", Dense.model_validate({"units": units, "activation": end}))


def table(rows: int = 40) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, 2))
    return pl.DataFrame(
        {
            "a": values[:, 0],
            "b": values[:, 1],
            "label": np.where(values.sum(1) > 0, "up", "down"),
        }
    )


def learner(**settings: Any) -> Learner:
    return Learner.model_validate_json(json.dumps(settings))


def test_keeps_what_every_node_promises(tmp_path: Path) -> None:
    outputs = check_node(
        Learner,
        folder=tmp_path,
        settings={"epochs": 2},
        inputs={
            "network": Network(network()),
            "training_data": table(),
            "validation_data": table(10),
        },
        varying=("history.seconds",),
        seed=4,
    )
    assert outputs["network"].is_trained
    assert outputs["history"].height == 2


def test_history_is_known_while_wiring(tmp_path: Path) -> None:
    specs = learner().configure(network(), table().schema, FakeContext(tmp_path), table().schema)
    assert specs["history"].names() == [
        "epoch",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "learning_rate",
        "seconds",
    ]
    assert specs["network"] == network()
    assert specs["state"].kind == "optimizer_state"


def test_a_score_of_each_class_is_a_column_of_its_own(tmp_path: Path) -> None:
    metrics = [{"type": "f1_score", "average": None}]
    node = learner(metrics=metrics, epochs=1)
    outputs = node.execute(Network(network()), table(), FakeContext(tmp_path))
    specs = node.configure(network(), table().schema, FakeContext(tmp_path))
    assert specs["history"].names()[2:4] == ["f1_score_0", "f1_score_1"]
    assert outputs.history.schema == specs["history"]


def test_metrics_asked_for_twice_get_a_number(tmp_path: Path) -> None:
    metrics = [{"type": "top_k_categorical_accuracy", "k": k} for k in (1, 2, 3)]
    specs = learner(metrics=metrics).configure(network(), table().schema, FakeContext(tmp_path))
    name = "top_k_categorical_accuracy"
    assert specs["history"].names()[2:5] == [name, f"{name}_2", f"{name}_3"]


def test_validation_data_must_have_the_same_columns(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    with pytest.raises(ConfigureError, match='no column "b"'):
        learner().configure(network(), table().schema, ctx, table().drop("b").schema)
    other = table().with_columns(pl.col("a").cast(pl.String))
    with pytest.raises(ConfigureError, match='"a" is Float64 in the training data and String'):
        learner().configure(network(), table().schema, ctx, other.schema)


def test_a_guess_at_the_target_is_said(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    learner().configure(network(), table().rename({"label": "mood"}).schema, ctx)
    assert '"mood"' in ctx.warnings[0]


@pytest.mark.parametrize(
    ("end", "loss", "words"),
    [
        ("softmax", {"from_logits": True}, 'ends with "softmax", and .* takes logits'),
        ("linear", {}, 'ends with "linear", and .* takes probabilities; .* "softmax"'),
    ],
)
def test_a_loss_that_takes_the_output_for_what_it_is_not_is_told(
    tmp_path: Path, end: str, loss: dict[str, Any], words: str
) -> None:
    ctx = FakeContext(tmp_path)
    spec = network(end)
    learner(loss={"type": "sparse_categorical_crossentropy", **loss}).configure(
        spec, table().schema, ctx
    )
    assert len(ctx.warnings) == 1
    assert re.search(words, ctx.warnings[0])


def test_metrics_that_take_logits_for_probabilities_are_told(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    loss = {"type": "categorical_crossentropy", "from_logits": True}
    metrics = [
        "auc",
        {"type": "auc", "from_logits": True},
        "precision",
        {"type": "recall", "top_k": 1},
        {"type": "binary_accuracy", "threshold": 0},
        "accuracy",
        "f1_score",
        "categorical_crossentropy",
    ]
    learner(loss=loss, metrics=metrics).configure(network("linear"), table().schema, ctx)
    told = [warning.split('"')[1] for warning in ctx.warnings]
    assert told == ["auc", "precision", "categorical_crossentropy"]
    assert "set from_logits of the metric too" in ctx.warnings[0]


@pytest.mark.parametrize(
    ("metric", "units", "words"),
    [
        ({"type": "precision", "class_id": 2}, 2, "class_id is 2, and the units are 0 to 1"),
        ({"type": "f1_score", "class_id": 5}, 2, "class_id is 5"),
        ({"type": "recall_at_precision", "precision": 0.5, "class_id": 3}, 2, "class_id is 3"),
        ({"type": "auc", "multi_label": True, "num_labels": 4}, 2, "num_labels is 4, .* 2 units"),
        ({"type": "mean_io_u", "num_classes": 2}, 2, "set sparse_y_pred to false"),
        ({"type": "one_hot_mean_io_u", "num_classes": 1}, 2, "num_classes is 1, .* 2 units"),
        (
            {"type": "one_hot_io_u", "num_classes": 2, "target_class_ids": [0, 2]},
            2,
            "target_class_ids hold 2, and its num_classes is 2",
        ),
        ("categorical_accuracy", 1, "there is one; take binary_accuracy"),
        ("sparse_top_k_categorical_accuracy", 1, "there is one; take binary_accuracy"),
        ("f1_score", 1, "there is one; set its threshold"),
        ("perplexity", 1, "there is one; take binary_crossentropy"),
        ("pearson_correlation", 1, "there is one; take r2_score"),
    ],
    ids=str,
)
def test_a_metric_that_cannot_be_taken_of_an_output_is_refused(
    tmp_path: Path, metric: Any, units: int, words: str
) -> None:
    node = learner(metrics=[metric])
    spec = network("softmax") if units == 2 else network("sigmoid", units=1)
    with pytest.raises(ConfigureError, match=f'does not fit output "dense": .*{words}'):
        node.configure(spec, table().schema, FakeContext(tmp_path))


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("ctc", "wants steps of classes"),
        ({"type": "dice", "axis": 2}, "its axis is 2, and the axes are 0 to 1"),
        ({"type": "tversky", "axis": [1, -3]}, "its axis is -3"),
        ({"type": "dice", "axis": [-2]}, "none can weigh more"),
    ],
    ids=str,
)
def test_a_loss_that_cannot_be_taken_of_an_output_is_refused(
    tmp_path: Path, loss: Any, words: str
) -> None:
    data = table().with_columns(up=pl.col("a"), down=pl.col("b"), weight=pl.lit(1.0))
    target = ["label"] if loss == "ctc" else ["up", "down"]
    node = learner(
        loss=loss, sample_weight="weight", input_columns=["a", "b"], target_columns=target
    )
    with pytest.raises(ConfigureError, match=f'does not fit output "dense": .*{words}'):
        node.configure(network(), data.schema, FakeContext(tmp_path))


@pytest.mark.parametrize("setting", ["early_stopping", "reduce_on_plateau"])
def test_what_watches_a_validation_without_rows_is_told(tmp_path: Path, setting: str) -> None:
    node = learner(**{setting: {"monitor": "val_loss"}})
    with pytest.raises(DataError, match=f'{setting} watches "val_loss", and the validation data'):
        node.execute(Network(network()), table(), FakeContext(tmp_path), table(0))


def test_state_of_another_optimizer_is_refused(tmp_path: Path) -> None:
    state = ModelSpec("optimizer_state", {"optimizer": {"type": "sgd"}})
    with pytest.raises(ConfigureError, match='"sgd", this learner has "adam"'):
        learner().configure(network(), table().schema, FakeContext(tmp_path), None, state)
    with pytest.raises(ConfigureError, match='"dictionary"'):
        learner().configure(
            network(), table().schema, FakeContext(tmp_path), None, ModelSpec("dictionary")
        )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": 0}, "greater than or equal to 1"),
        ({"optimizer": "addam"}, 'Did you mean "adam"'),
        ({"loss": "crossentropy"}, "there is no loss"),
        ({"metrics": ["acuracy"]}, 'Did you mean "accuracy"'),
        ({"schedule": {"type": "one_cycle", "rise": 2}}, "less than 1"),
        ({"optimizer": {"type": "adam", "learning_rate": -1}}, "greater than or equal to 0"),
    ],
)
def test_wrong_settings_are_refused_in_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        learner(**settings)


def test_settings_are_saved_as_they_were_written() -> None:
    settings = {
        "loss": "huber",
        "optimizer": {"type": "adam", "learning_rate": 0.01},
        "schedule": "one_cycle",
        "input_columns": {"input": ["a"]},
        "target_columns": ["label"],
    }
    saved = learner(**settings).model_dump(mode="json", exclude_defaults=True)
    assert saved["optimizer"] == {"type": "adam", "learning_rate": 0.01}
    assert learner(**saved) == learner(**settings)


def test_importing_the_nodes_imports_neither_torch_nor_pyarrow() -> None:
    code = (
        "import sys\n"
        "import flowengine_nodes.network.learner, flowengine_nodes.network.executor\n"
        "import flowengine_nodes.network.reader, flowengine_nodes.network.writer\n"
        "print([m for m in ('torch', 'pyarrow', 'safetensors') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
