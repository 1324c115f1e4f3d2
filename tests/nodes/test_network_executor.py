"""The executor: what it adds to a table, in which form and type."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowengine.binding import Binding
from flowengine.errors import ConfigureError, DataError
from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.learner import Learner


def table(rows: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, 2))
    return pl.DataFrame(
        {
            "a": values[:, 0],
            "b": values[:, 1],
            "label": np.where(values.sum(1) > 0, "up", "down"),
        }
    )


def trained(
    folder: Path,
    data: pl.DataFrame,
    *,
    units: int = 2,
    end: str = "softmax",
    loss: Any = None,
    **more: Any,
) -> Network:
    spec = NetworkSpec.input("input", TensorSpec((2,)))
    spec = spec.apply("dense", Dense.model_validate({"units": units, "activation": end}))
    rate = {"type": "adam", "learning_rate": 0.05}
    settings = {"epochs": 30, "optimizer": rate, "input_columns": ["a", "b"], "loss": loss, **more}
    node = Learner.model_validate_json(json.dumps(settings))
    return node.execute(Network(spec), data, FakeContext(folder)).network


def execute(network: Network, data: pl.DataFrame, folder: Path, **settings: Any) -> pl.DataFrame:
    node = Executor.model_validate_json(json.dumps(settings))
    return node.execute(network, data.lazy(), FakeContext(folder)).collect()


def test_keeps_what_every_node_promises(tmp_path: Path) -> None:
    check_node(
        Executor,
        folder=tmp_path,
        inputs={"network": trained(tmp_path, table()), "table": table()},
    )


def test_adds_class_and_probability(tmp_path: Path) -> None:
    result = execute(trained(tmp_path, table()), table(), tmp_path)
    assert result.columns == ["a", "b", "label", "prediction", "probability"]
    assert (result["prediction"] == result["label"]).mean() > 0.9
    assert result["probability"].is_between(0.5, 1.0).all()


@pytest.mark.parametrize(
    "label",
    [
        pl.col("label"),
        pl.col("label").cast(pl.Categorical),
        pl.col("label").cast(pl.Enum(["up", "down"])),
        pl.col("label") == "up",
        (pl.col("label") == "up").cast(pl.UInt8),
        (pl.col("label") == "up").cast(pl.Int16) * 100 + 7,
    ],
    ids=["text", "categorical", "enum", "boolean", "position", "number"],
)
@pytest.mark.parametrize(("units", "end"), [(2, "softmax"), (1, "sigmoid")])
def test_the_class_has_the_type_of_the_target(
    tmp_path: Path, label: pl.Expr, units: int, end: str
) -> None:
    data = table().with_columns(label.alias("label"))
    result = execute(trained(tmp_path, data, units=units, end=end), data, tmp_path)
    assert result["prediction"].dtype == data["label"].dtype
    assert (result["prediction"] == data["label"]).mean() > 0.9


def test_without_the_target_text_classes_are_categories(tmp_path: Path) -> None:
    result = execute(trained(tmp_path, table()), table().drop("label"), tmp_path)
    assert result["prediction"].dtype == pl.Enum(["down", "up"])


@pytest.mark.parametrize(
    ("units", "end", "loss"),
    [
        (1, "sigmoid", "binary_crossentropy"),
        (2, "softmax", "sparse_categorical_crossentropy"),
        (2, "softmax", "categorical_crossentropy"),
        (2, "sigmoid", "binary_crossentropy"),
    ],
)
def test_logits_are_answered_like_probabilities(
    tmp_path: Path, units: int, end: str, loss: str
) -> None:
    whole = trained(tmp_path, table(), units=units, end=end, loss=loss)
    logits: Any = {"type": loss, "from_logits": True}
    bare = trained(tmp_path, table(), units=units, end="linear", loss=logits)
    # What is known of an output survives a file.
    assert bare.binding is not None
    bare = replace(bare, binding=Binding.from_json(bare.binding.to_json()))
    expected, result = (execute(network, table(), tmp_path) for network in (whole, bare))
    assert result["prediction"].to_list() == expected["prediction"].to_list()
    assert result["probability"].to_list() == pytest.approx(
        expected["probability"].to_list(), abs=1e-3
    )


def test_a_margin_is_answered_by_its_side_of_zero(tmp_path: Path) -> None:
    network = trained(tmp_path, table(), units=1, end="linear", loss="hinge")
    result = execute(network, table(), tmp_path)
    margin = execute(network, table(), tmp_path, output="columns")["prediction"]
    assert result["prediction"].to_list() == ["up" if one > 0 else "down" for one in margin]
    told = [0.5 + min(abs(one), 1) / 2 for one in margin]
    assert result["probability"].to_list() == pytest.approx(told, abs=1e-5)


@pytest.mark.parametrize("loss", ["mean_squared_error", "categorical_hinge", "hinge"])
def test_a_loss_that_knows_no_probabilities_gives_them_all_the_same(
    tmp_path: Path, loss: str
) -> None:
    conversions = {"dense": "one_hot"}
    network = trained(tmp_path, table(), units=2, end="linear", loss=loss, conversions=conversions)
    result = execute(network, table(), tmp_path)
    units = execute(network, table(), tmp_path, output="columns").select("dense_0", "dense_1")
    assert units.max_horizontal().max() > 1.0
    # Two units that are both as certain as can be are not alike: the larger one is the answer.
    likeliest = [["down", "up"][one] for one in units.to_numpy().argmax(1)]
    assert result["prediction"].to_list() == likeliest
    assert result["probability"].is_between(0.0, 1.0).all()
    assert result["probability"].n_unique() > 5


@pytest.mark.parametrize("no", [-1, 0, False])
def test_margins_of_numbers_are_answered_with_these(tmp_path: Path, no: int) -> None:
    yes = type(no)(1)
    label = pl.when(pl.col("label") == "up").then(yes).otherwise(no)
    data = table().with_columns(label=label)
    network = trained(tmp_path, data, units=1, end="tanh", loss="hinge")
    result = execute(network, data, tmp_path)
    assert result["prediction"].dtype == data["label"].dtype
    assert (result["prediction"] == data["label"]).mean() > 0.9


def test_units_without_a_class_give_no_prediction(tmp_path: Path) -> None:
    network = trained(tmp_path, table(), units=4)
    result = execute(network, table(), tmp_path, output="columns")
    assert result.columns[-4:] == ["dense_0", "dense_1", "dense_2", "dense_3"]
    classes = execute(network, table(), tmp_path)["prediction"]
    assert set(classes.drop_nulls()) <= {"up", "down"}


def test_a_regression_gives_one_number(tmp_path: Path) -> None:
    data = table().select("a", "b", target=pl.col("a") * 2)
    result = execute(trained(tmp_path, data, units=1, end="linear"), data, tmp_path)
    assert result.columns == ["a", "b", "target", "prediction"]
    assert result["prediction"].dtype == pl.Float32


def test_forms_prefix_and_columns_can_be_chosen(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    columns = execute(network, table(), tmp_path, output="columns", prefix="p_", keep_columns=False)
    assert columns.columns == ["p_0", "p_1"]
    assert np.allclose(columns.sum_horizontal().to_numpy(), 1.0, atol=1e-5)
    array = execute(network, table(), tmp_path, output="list", keep_columns=False)
    assert array.schema == {"prediction": pl.Array(pl.Float32, 2)}
    bare = execute(network, table(), tmp_path, probability=False, keep_columns=False)
    assert bare.columns == ["prediction"]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_batch_size_changes_nothing(tmp_path: Path, size: int) -> None:
    network = trained(tmp_path, table())
    one = execute(network, table(), tmp_path, output="columns", batch_size=size)
    other = execute(network, table(), tmp_path, output="columns")
    assert np.allclose(one["dense_0"].to_numpy(), other["dense_0"].to_numpy(), atol=1e-6)


def test_a_table_without_rows_gives_the_same_columns(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    assert execute(network, table(0), tmp_path).schema == execute(network, table(), tmp_path).schema


def test_classes_without_training_on_classes_are_refused(tmp_path: Path) -> None:
    data = table().select("a", "b", target=pl.col("a") * 2)
    network = trained(tmp_path, data, units=1, end="linear")
    with pytest.raises(ConfigureError, match="not trained on classes"):
        execute(network, data, tmp_path, output="class")


def test_a_missing_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    with pytest.raises(ConfigureError, match='column "a" as input "input"'):
        execute(network, table().rename({"a": "aa"}), tmp_path)


def test_other_columns_can_be_chosen(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    other = table().rename({"a": "x", "b": "y"})
    result = execute(network, other, tmp_path, input_columns=["x", "y"])
    assert result["prediction"].equals(execute(network, table(), tmp_path)["prediction"])


def test_missing_values_are_refused(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    with pytest.raises(DataError, match="missing"):
        execute(network, table().with_columns(a=pl.lit(None, pl.Float64)), tmp_path)


@pytest.mark.parametrize(
    ("column", "kind"), [(pl.lit("tall"), "String"), (pl.date(2026, 1, 2), "Date")]
)
def test_values_of_another_kind_are_told_while_wiring(
    tmp_path: Path, column: pl.Expr, kind: str
) -> None:
    network = trained(tmp_path, table())
    other = table().with_columns(b=column)
    words = rf'column "b" \({kind}\) by the conversion "number", which wants numbers'
    with pytest.raises(ConfigureError, match=words):
        Executor().configure(network.spec, other.schema, FakeContext(tmp_path))
    with pytest.raises(ConfigureError, match=words):
        execute(network, other, tmp_path)


def test_where_the_network_answers_with_no_number_there_is_no_class(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    made = execute(network, table(3).with_columns(a=pl.Series([0.5, float("nan"), 1.0])), tmp_path)
    assert made["prediction"].is_null().to_list() == [False, True, False]
    assert np.isnan(made["probability"][1])


def test_an_untrained_network_is_applied_with_a_warning(tmp_path: Path) -> None:
    spec = NetworkSpec.input("input", TensorSpec((2,))).apply("dense", Dense(units=2))
    ctx = FakeContext(tmp_path, seed=3)
    result = Executor().execute(Network(spec), table().lazy(), ctx).collect()
    assert 'not trained: "dense"' in ctx.warnings[0]
    again, other = (
        Executor().execute(Network(spec), table().lazy(), FakeContext(tmp_path, seed=seed))
        for seed in (3, 4)
    )
    assert result.equals(again.collect())
    assert not result.equals(other.collect())


def test_what_is_added_is_known_while_wiring(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    promised = Executor().configure(network.spec, table().schema, FakeContext(tmp_path))
    assert promised == execute(network, table(), tmp_path).schema
    columns = Executor(output="columns", prefix="p_", keep_columns=False)
    assert columns.configure(network.spec, table().schema, FakeContext(tmp_path)) == {
        "p_0": pl.Float32(),
        "p_1": pl.Float32(),
    }


def test_a_column_whose_place_is_taken_is_named(tmp_path: Path) -> None:
    network, data = trained(tmp_path, table()), table().with_columns(prediction=pl.lit("mine"))
    ctx = FakeContext(tmp_path)
    Executor().configure(network.spec, data.schema, ctx)
    assert ctx.warnings == ['what is added takes the place of "prediction"; a prefix keeps both']
    for other in (Executor(prefix="new_"), Executor(keep_columns=False)):
        other.configure(network.spec, data.schema, ctx)
    assert len(ctx.warnings) == 1


def test_before_the_training_the_class_has_the_type_of_its_column(tmp_path: Path) -> None:
    spec = NetworkSpec.input("input", TensorSpec((2,)))
    spec = spec.apply("dense", Dense(units=2, activation="softmax"))
    specs = Learner().configure(spec, table().schema, FakeContext(tmp_path))
    promised = Executor().configure(specs["network"], table().schema, FakeContext(tmp_path))
    assert promised is not None
    assert promised["prediction"] == pl.String()
    # Only the data knows the categories of text, and this table has no column to look at.
    assert (
        Executor().configure(specs["network"], table().drop("label").schema, FakeContext(tmp_path))
        is None
    )


def test_a_missing_column_is_said_while_wiring(tmp_path: Path) -> None:
    network = trained(tmp_path, table())
    with pytest.raises(ConfigureError, match='column "a" as input "input"'):
        Executor().configure(network.spec, table().drop("a").schema, FakeContext(tmp_path))


def two_layers(folder: Path) -> Network:
    spec = NetworkSpec.input("input", TensorSpec((2,)))
    spec = spec.apply("hidden", Dense(units=3, activation="relu"))
    spec = spec.apply("answer", Dense(units=2, activation="softmax"))
    settings = {"input_columns": ["a", "b"]}
    node = Learner.model_validate_json(json.dumps(settings))
    return node.execute(Network(spec), table(), FakeContext(folder)).network


def test_any_layer_can_be_asked_for_by_its_name(tmp_path: Path) -> None:
    network = two_layers(tmp_path)
    hidden = execute(network, table(), tmp_path, outputs=["hidden"], keep_columns=False)
    assert hidden.columns == ["hidden_0", "hidden_1", "hidden_2"]
    assert hidden.to_numpy().min() == 0
    both = execute(network, table(), tmp_path, outputs=["answer", "hidden"], keep_columns=False)
    assert both.columns[:3] == ["answer_prediction", "answer_probability", "hidden_0"]
    assert both.select(hidden.columns).equals(hidden)
    own = execute(network, table(), tmp_path, keep_columns=False)
    assert both["answer_prediction"].equals(own["prediction"], check_names=False)


def test_what_a_layer_adds_is_known_while_wiring(tmp_path: Path) -> None:
    network = two_layers(tmp_path)
    node = Executor(outputs=("answer", "hidden"), keep_columns=False)
    promised = node.configure(network.spec, table().schema, FakeContext(tmp_path))
    made = node.execute(network, table().lazy(), FakeContext(tmp_path))
    assert promised == made.collect_schema()


def test_layers_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match='Did you mean "hidden"'):
        execute(two_layers(tmp_path), table(), tmp_path, outputs=["hiden"])


def test_whole_numbers_of_any_size_are_classes(tmp_path: Path) -> None:
    codes = pl.Series([(1 << 63) + 5, 3] * 30, dtype=pl.UInt64)
    data = table().with_columns(label=codes)
    network = trained(tmp_path, data)
    assert set(execute(network, data, tmp_path)["prediction"]) <= set(codes)
    alone = execute(network, data.drop("label"), tmp_path)
    assert alone["prediction"].dtype == pl.UInt64
