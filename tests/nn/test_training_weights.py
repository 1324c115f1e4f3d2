"""What counts how much: weights of classes, rows and outputs; parts of batches and of tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from training_samples import iris_like, learn, perceptron, two_headed, weights

from flowengine.blobs import load_blob
from flowengine.errors import ConfigureError, DataError
from flowengine_nodes.network.learner import Learned

CLASSES = {"setosa": 2.0, "virginica": 0.5}


def arrays(learned: Learned) -> dict[str, np.ndarray]:
    network = learned.network
    assert network.blobs is not None
    return {
        f"{layer}/{name}": array
        for layer, digest in network.weights.items()
        for name, array in load_blob(network.blobs, digest).items()
    }


def test_a_class_weight_is_the_weight_of_its_rows(tmp_path: Path) -> None:
    table = iris_like()
    column = pl.col("species").replace_strict(CLASSES, default=1.0).alias("weight")
    by_class = learn(perceptron(2, 3), table, tmp_path, settings={"class_weight": CLASSES})
    by_row = learn(
        perceptron(2, 3),
        table.with_columns(column),
        tmp_path,
        settings={"sample_weight": "weight"},
    )
    assert weights(by_class) == weights(by_row)
    assert weights(by_class) != weights(learn(perceptron(2, 3), table, tmp_path))


def test_weights_of_classes_and_rows_are_multiplied(tmp_path: Path) -> None:
    table = iris_like().with_columns(pl.lit(0.0).alias("weight"))
    settings = {"class_weight": CLASSES, "sample_weight": "weight"}
    assert learn(perceptron(2, 3), table, tmp_path, settings=settings).history["loss"][0] == 0


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_class_weights_know_targets_that_are_vectors(tmp_path: Path, loss: str) -> None:
    settings = {"loss": loss, "conversions": {"dense_2": "one_hot"}, "class_weight": CLASSES}
    learned = learn(perceptron(2, 3), iris_like(), tmp_path, settings=settings)
    plain = learn(
        perceptron(2, 3), iris_like(), tmp_path, settings={**settings, "class_weight": None}
    )
    assert learned.history["loss"][0] != plain.history["loss"][0]


def test_class_weights_know_two_classes_of_one_unit(tmp_path: Path) -> None:
    table = iris_like().with_columns(pl.col("species") == "setosa")
    settings = {"class_weight": {"0": 0.0, "1": 0.0}}
    learned = learn(perceptron(2, 1, "sigmoid"), table, tmp_path, settings=settings)
    assert learned.history["loss"][0] == 0


def test_classes_do_not_weigh_in_validation(tmp_path: Path) -> None:
    settings = {"class_weight": dict.fromkeys(("setosa", "versicolor", "virginica"), 0.0)}
    learned = learn(
        perceptron(2, 3), iris_like(), tmp_path, validation=iris_like(20, 9), settings=settings
    )
    assert learned.history["loss"][0] == 0
    assert learned.history["val_loss"][0] > 0.1


def test_unknown_classes_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='Did you mean "setosa"'):
        learn(perceptron(2, 3), iris_like(), tmp_path, settings={"class_weight": {"setos": 2.0}})


def test_class_weights_need_classes(tmp_path: Path) -> None:
    table = iris_like().drop("species")
    with pytest.raises(ConfigureError, match="class_weight needs classes"):
        learn(
            perceptron(1, 1, "linear"),
            table,
            tmp_path,
            settings={"target_columns": ["width"], "class_weight": {"0": 1.0}},
        )


def two_headed_table() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "left": rng.normal(size=(30, 2)).astype(np.float32),
            "right": rng.normal(size=30),
            "kind": rng.integers(0, 2, 30),
            "size": rng.normal(size=30),
        }
    )


def test_an_output_whose_loss_does_not_count_learns_nothing(tmp_path: Path) -> None:
    first, second = (
        arrays(
            learn(
                two_headed(),
                two_headed_table(),
                tmp_path,
                settings={"loss_weights": {"size": 0.0}, "epochs": epochs},
            )
        )
        for epochs in (1, 3)
    )
    moved = {name for name, array in first.items() if not np.array_equal(array, second[name])}
    assert moved == {
        f"{layer}/{name}" for layer in ("from_left", "kind") for name in ("kernel", "bias")
    }


def test_the_loss_is_the_weighed_sum_of_its_parts(tmp_path: Path) -> None:
    row = learn(
        two_headed(),
        two_headed_table(),
        tmp_path,
        settings={"loss_weights": {"size": 3.0}, "metrics": {"size": ["mean_squared_error"]}},
    ).history.row(0, named=True)
    assert row["loss"] == pytest.approx(row["kind_loss"] + 3 * row["size_loss"])
    assert row["size_mean_squared_error"] == pytest.approx(row["size_loss"])
    assert "kind_accuracy" in row


def test_outputs_that_are_not_trained_are_refused(tmp_path: Path) -> None:
    for setting in ("loss_weights", "metrics"):
        value = 1.0 if setting == "loss_weights" else ["accuracy"]
        with pytest.raises(ConfigureError, match='Did you mean "kind"'):
            learn(two_headed(), two_headed_table(), tmp_path, settings={setting: {"knd": value}})


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum"])
def test_batches_added_up_move_like_one_large_batch(reduction: str, tmp_path: Path) -> None:
    loss = {"type": "sparse_categorical_crossentropy", "reduction": reduction}
    base = {"epochs": 3, "optimizer": {"type": "sgd", "learning_rate": 0.005}, "loss": loss}
    whole = learn(perceptron(2, 3), iris_like(), tmp_path, settings={**base, "batch_size": 24})
    parts = learn(
        perceptron(2, 3),
        iris_like(),
        tmp_path,
        settings={**base, "batch_size": 8, "gradient_accumulation": 3},
    )
    one, other = arrays(whole), arrays(parts)
    for name, array in one.items():
        np.testing.assert_allclose(other[name], array, rtol=1e-4, atol=1e-6)
    assert parts.state.settings["steps"] == whole.state.settings["steps"] == 9


def test_the_last_part_of_the_training_data_validates(tmp_path: Path) -> None:
    table = iris_like(60)
    split = learn(perceptron(2, 3), table, tmp_path, settings={"validation_split": 0.25})
    by_hand = learn(perceptron(2, 3), table.head(45), tmp_path, validation=table.tail(15))
    assert weights(split) == weights(by_hand)
    assert split.history.drop("seconds").equals(by_hand.history.drop("seconds"))


@pytest.mark.parametrize(("rows", "part", "left"), [(10, 0.9, 1), (10, 0.8, 2), (60, 0.35, 39)])
def test_a_split_takes_no_row_too_many(tmp_path: Path, rows: int, part: float, left: int) -> None:
    table = iris_like(rows).with_columns(species=pl.lit("setosa"))
    split = learn(perceptron(2, 1, "sigmoid"), table, tmp_path, settings={"validation_split": part})
    by_hand = learn(
        perceptron(2, 1, "sigmoid"), table.head(left), tmp_path, validation=table.tail(rows - left)
    )
    assert weights(split) == weights(by_hand)


def test_a_column_of_weights_is_no_input(tmp_path: Path) -> None:
    settings = {"sample_weight": "width", "input_columns": ["length", "width"]}
    with pytest.raises(ConfigureError, match='"width" is the sample_weight, so it is no input'):
        learn(perceptron(2, 3), iris_like(), tmp_path, settings=settings)


def test_a_split_that_leaves_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"validation_split 0.9 leaves no row of 6 to learn from"):
        learn(perceptron(2, 3), iris_like(6), tmp_path, settings={"validation_split": 0.9})


def test_two_sources_of_validation_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="validation_split"):
        learn(
            perceptron(2, 3),
            iris_like(),
            tmp_path,
            validation=iris_like(),
            settings={"validation_split": 0.5},
        )


def test_a_network_learns_in_numbers_of_16_bits(tmp_path: Path) -> None:
    settings = {
        "epochs": 40,
        "precision": "bfloat16",
        "optimizer": {"type": "adam", "learning_rate": 0.02},
    }
    learned = learn(perceptron(2, 3), iris_like(), tmp_path, settings=settings)
    assert learned.history["accuracy"][-1] > 0.9
    assert all(array.dtype == np.float32 for array in arrays(learned).values())


def test_float16_needs_a_device_that_has_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match='float16" needs a device "cuda"'):
        learn(perceptron(2, 3), iris_like(), tmp_path, settings={"precision": "float16"})
