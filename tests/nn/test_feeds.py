"""Columns become batches without a copy of the table."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from training_samples import chain, convolutional, dense, images, iris_like, perceptron

from flowengine.binding import Binding
from flowengine.errors import DataError
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.batches import Batch, Feeder, column_rows
from flowengine.nn.feeds.binding import Plan, plan_binding
from flowengine.nn.feeds.categories import fit_binding, positions
from flowengine.nn.feeds.numbers import plain
from flowengine.nn.losses.probability import CategoricalCrossentropy
from flowengine.ports import LoadContext, TablePort

CPU = torch.device("cpu")


def feeder(spec: NetworkSpec, table: pl.DataFrame, plan: Plan | None = None) -> Feeder:
    plan = plan or plan_binding(spec, table.schema)
    binding = fit_binding(plan.binding, spec, table, plan.losses)
    return Feeder(table, binding, spec, plan.losses, CPU)


def rows(spec: NetworkSpec, table: pl.DataFrame, *index: int) -> Batch:
    return feeder(spec, table).take(np.array(index))


def test_numbers_stand_side_by_side_and_text_becomes_a_position() -> None:
    table = iris_like()
    batch = rows(perceptron(2, 3), table, 3, 0)
    assert batch.rows == 2
    expected = table[[3, 0]].select("length", "width").to_numpy()
    assert np.allclose(batch.inputs["input"].numpy(), expected)
    names = ["setosa", "versicolor", "virginica"]
    assert batch.targets["dense_2"].tolist() == [names.index(table["species"][i]) for i in (3, 0)]
    assert batch.targets["dense_2"].dtype == torch.int64


def test_images_stay_bytes() -> None:
    table = images()
    batch = rows(convolutional(), table, 5, 5, 1)
    assert batch.inputs["input"].dtype == torch.uint8
    assert batch.inputs["input"].shape == (3, 8, 8, 1)
    assert np.array_equal(batch.inputs["input"].numpy(), table["image"].to_numpy()[[5, 5, 1]])


def test_chunks_are_read_where_they_lie() -> None:
    parts = [images(7, 1), images(4, 2), images(9, 3)]
    table = pl.concat(parts, rechunk=False)
    index = np.random.default_rng(0).permutation(20)
    many = feeder(convolutional(), table).take(index)
    one = feeder(convolutional(), table.rechunk()).take(index)
    assert torch.equal(many.inputs["input"], one.inputs["input"])
    assert torch.equal(many.targets["dense_5"], one.targets["dense_5"])


def test_a_batch_takes_only_its_rows_out_of_memory() -> None:
    table = pl.DataFrame({"image": np.zeros((50_000, 8, 8, 1), np.uint8), "label": [0, 1] * 25_000})
    tracemalloc.start()
    made = feeder(convolutional(), table)
    for start in range(0, 50_000, 1000):
        made.take(np.arange(start, start + 10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < table["image"].estimated_size() / 2


def test_a_table_in_a_mapped_file_is_read_from_there(tmp_path: Path) -> None:
    table = images()
    path = tmp_path / "table.arrow"
    with path.open("wb") as file:
        TablePort().write(table, file)
    mapped = TablePort().read(path, LoadContext(lambda *_: None, tmp_path))  # type: ignore[arg-type,return-value]
    assert torch.equal(
        rows(convolutional(), mapped, 3, 1).inputs["input"],
        rows(convolutional(), table, 3, 1).inputs["input"],
    )


def test_missing_values_are_refused_with_the_remedy() -> None:
    table = iris_like().with_columns(pl.when(pl.col("width") > 0).then(pl.col("width")))
    with pytest.raises(DataError, match=r'column "width" has .* a Row Filter on this column'):
        feeder(perceptron(2, 3), table)


def test_missing_values_inside_arrays_are_refused() -> None:
    with pytest.raises(DataError, match='column "x" has missing values inside'):
        column_rows(pl.Series("x", [[1, None], [2, 3]], dtype=pl.Array(pl.Int64, 2)))


@pytest.mark.parametrize(
    "dtype", [pl.Boolean(), pl.Int128(), pl.UInt128(), pl.Decimal(8, 2), pl.Float16()]
)
def test_numbers_that_numpy_lacks_are_read_alone_and_in_arrays_and_lists(
    dtype: pl.DataType,
) -> None:
    spec = chain((2,), dense(1, "linear"))
    single = pl.DataFrame({"a": [1, 0, 1], "b": [0, 0, 1], "y": [0, 1, 2]}).cast(dtype)
    pairs = [[1, 0], [0, 0], [1, 1]]
    lists = pl.Series("x", pairs, dtype=pl.List(pl.Int64)).cast(pl.List(dtype))
    for column in (single["a", "b"], lists.to_frame(), lists.list.to_array(2).to_frame()):
        table = column.with_columns(y=single["y"])
        names = {"input_columns": tuple(column.columns), "target_columns": ("y",)}
        batch = feeder(spec, table, plan_binding(spec, table.schema, **names)).take(np.arange(3))
        assert batch.inputs["input"].tolist() == pairs


def test_decimals_in_lists_of_lists_are_numbers() -> None:
    values = pl.Series("x", [[[1, 2], [3]]]).cast(pl.List(pl.List(pl.Decimal(4, 1))))
    assert plain(values).to_list() == [[[1.0, 2.0], [3.0]]]


def test_numbers_of_more_than_64_bits_are_told() -> None:
    with pytest.raises(DataError, match='column "x" holds whole numbers that need more than 64'):
        column_rows(pl.Series("x", [1 << 100], dtype=pl.Int128))


def test_more_categories_than_units_are_refused_with_both_counts() -> None:
    with pytest.raises(DataError, match=r'"species" has 3 categories .* has 2 places'):
        feeder(perceptron(2, 2), iris_like())


def test_whole_numbers_that_are_positions_stay_so_even_if_some_are_missing() -> None:
    table = pl.DataFrame({"a": [1.0, 2.0], "label": [9, 4]})
    plan = plan_binding(perceptron(1, 10), table.schema)
    binding = fit_binding(plan.binding, perceptron(1, 10), table, plan.losses)
    assert binding.targets["dense_2"].categories == tuple(range(10))


def test_other_whole_numbers_become_positions_in_their_order() -> None:
    table = pl.DataFrame({"a": [1.0, 2.0, 3.0], "label": [200, 100, 200]})
    spec = perceptron(1, 2)
    assert rows(spec, table, 0, 1, 2).targets["dense_2"].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "label",
    [
        pl.Series(["b", "a", "b"]),
        pl.Series(["b", "a", "b"], dtype=pl.Categorical),
        pl.Series(["b", "a", "b"], dtype=pl.Enum(["a", "b"])),
        pl.Series([True, False, True]),
        pl.Series([1, 0, 1], dtype=pl.UInt8),
    ],
    ids=lambda one: str(one.dtype),
)
def test_every_kind_of_class_becomes_positions(label: pl.Series) -> None:
    table = pl.DataFrame({"a": [1.0, 2.0, 3.0], "label": label})
    assert rows(perceptron(1, 2), table, 0, 1, 2).targets["dense_2"].tolist() == [1, 0, 1]
    one_unit = rows(perceptron(1, 1, "sigmoid"), table, 0, 1).targets["dense_2"]
    assert one_unit.tolist() == [[1.0], [0.0]]


def test_a_value_that_the_training_never_had_is_named() -> None:
    table = iris_like()
    spec = perceptron(2, 3)
    plan = plan_binding(spec, table.schema)
    binding = fit_binding(plan.binding, spec, table, plan.losses)
    other = table.with_columns(species=pl.lit("lily"))
    with pytest.raises(DataError, match='"lily", which is none of the categories'):
        Feeder(other, binding, spec, plan.losses, CPU)


def test_numbers_where_the_training_had_text_are_named() -> None:
    with pytest.raises(DataError, match=r'"kind" holds "7", which is none of .* "a", "b"'):
        positions(pl.Series("kind", [7]), ("a", "b"))
    assert positions(pl.Series("kind", [20, 10]), ("10", "20")).to_list() == [1, 0]


def test_an_enum_in_another_order_is_read_by_name() -> None:
    spec = perceptron(1, 2)
    table = pl.DataFrame({"a": [1.0], "label": pl.Series(["x"], dtype=pl.Enum(["x", "y"]))})
    plan = plan_binding(spec, table.schema)
    other = table.with_columns(pl.col("label").cast(pl.Enum(["y", "x"])))
    made = Feeder(other, plan.binding, spec, plan.losses, CPU)
    assert made.take(np.array([0])).targets["dense_2"].tolist() == [0]


def test_a_one_hot_target_is_a_vector() -> None:
    spec, table = perceptron(2, 3), iris_like(5)
    plan = plan_binding(spec, table.schema, losses=CategoricalCrossentropy())
    target = feeder(spec, table, plan).take(np.arange(5)).targets["dense_2"]
    assert target.shape == (5, 3)
    assert target.sum(-1).tolist() == [1.0] * 5


def test_lists_of_one_length_are_arrays() -> None:
    table = pl.DataFrame({"x": [[1.0, 2.0], [3.0, 4.0]], "label": [0, 1]})
    assert rows(perceptron(2, 2), table, 1).inputs["input"].tolist() == [[3.0, 4.0]]


def test_lists_of_several_lengths_are_refused() -> None:
    table = pl.DataFrame({"x": [[1.0, 2.0], [3.0]], "label": [0, 1]})
    with pytest.raises(DataError, match="from 1 to 2"):
        feeder(perceptron(2, 2), table)


def test_lists_of_another_length_than_is_needed_are_refused() -> None:
    table = pl.DataFrame({"x": [[1.0, 2.0, 3.0]] * 2, "label": [0, 1]})
    with pytest.raises(DataError, match='column "x" has 3 values in a row, but 2 are needed'):
        feeder(perceptron(2, 2), table)
    steps = pl.DataFrame({"x": np.ones((2, 5, 2)), "y": [[0.0] * 5] * 2})
    with pytest.raises(DataError, match='"y" has 5 values in a row, but 5×4 are needed'):
        feeder(chain((5, 2), dense(4, "softmax")), steps)


def test_arrays_of_several_columns_are_joined() -> None:
    table = pl.DataFrame({"a": np.arange(4.0).reshape(2, 2), "b": np.ones((2, 3)), "label": [0, 1]})
    spec = perceptron(5, 2)
    plan = plan_binding(spec, table.schema, input_columns=("a", "b"))
    assert feeder(spec, table, plan).take(np.array([1])).inputs["input"].tolist() == [
        [2, 3, 1, 1, 1]
    ]


def test_a_sequence_of_any_length_keeps_its_own() -> None:
    table = pl.DataFrame({"x": np.ones((3, 5, 2)), "y": np.ones((3, 5))})
    batch = rows(chain((None, 2), dense(1, "linear")), table, 0, 2)
    assert batch.inputs["input"].shape == (2, 5, 2)
    assert batch.targets["dense_1"].shape == (2, 5, 1)


def test_whole_numbers_for_an_embedding_stay_whole() -> None:
    table = pl.DataFrame({"word": ["a", "c", "b"], "label": [0, 1, 0]})
    spec = chain((1,), dense(2, "softmax"), dtype="int32")
    plan = plan_binding(spec, table.schema, input_columns=("word",))
    assert plan.binding.inputs["input"].conversion == "index"
    batch = feeder(spec, table, plan).take(np.arange(3))
    assert batch.inputs["input"].tolist() == [[0], [2], [1]]


def test_a_table_without_rows_gives_no_rows() -> None:
    spec = convolutional()
    table = images(3).head(0)
    binding = Binding(plan_binding(spec, table.schema).binding.inputs)
    assert Feeder(table, binding, spec, {}, CPU).take(np.arange(0)).inputs["input"].shape == (
        0,
        8,
        8,
        1,
    )
