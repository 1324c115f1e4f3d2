from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from flowengine.errors import ConfigureError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.table.partitioning import Partitioning


def numbers(count: int) -> pl.DataFrame:
    return pl.DataFrame({"n": range(count), "class": ["a", "b", "b", "b"] * (count // 4)})


def split(tmp_path: Path, table: pl.DataFrame, **settings: object) -> tuple[list[int], list[int]]:
    parts = check_node(Partitioning, settings=settings, inputs={"table": table}, folder=tmp_path)
    return parts["first"]["n"].to_list(), parts["second"]["n"].to_list()


def test_eighty_percent_go_to_the_first_part_and_nothing_is_lost(tmp_path: Path) -> None:
    first, second = split(tmp_path, numbers(100))
    assert len(first) == 80
    assert sorted(first + second) == list(range(100))
    assert first != list(range(80))


def test_both_parts_keep_the_order_of_the_rows(tmp_path: Path) -> None:
    first, second = split(tmp_path, numbers(100))
    assert first == sorted(first)
    assert second == sorted(second)


def test_top_takes_the_first_rows(tmp_path: Path) -> None:
    assert split(tmp_path, numbers(8), draw="top", fraction=0.5) == ([0, 1, 2, 3], [4, 5, 6, 7])


def test_absolute_size_counts_rows(tmp_path: Path) -> None:
    first, second = split(tmp_path, numbers(12), size="absolute", rows=5)
    assert (len(first), len(second)) == (5, 7)


def test_more_rows_than_there_are_empties_the_second_part_with_a_warning(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    parts = Partitioning(size="absolute", rows=50).execute(numbers(8), ctx)
    assert (parts.first.height, parts.second.height) == (8, 0)
    assert "only 8" in ctx.warnings[0]


def test_stratified_parts_have_the_shares_of_the_classes(tmp_path: Path) -> None:
    table = numbers(40)
    first, _ = split(tmp_path, table, draw="stratified", column="class", fraction=0.6)
    classes = table[first]["class"].value_counts().sort("class")["count"].to_list()
    assert classes == [6, 18]


def test_stratified_parts_have_exactly_the_wanted_size(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": range(10), "class": [None, None, None, *"aabbccd"]})
    first, second = split(
        tmp_path, table, draw="stratified", column="class", size="absolute", rows=4
    )
    assert (len(first), len(second)) == (4, 6)


def test_another_seed_draws_other_rows(tmp_path: Path) -> None:
    assert split(tmp_path, numbers(100), seed=1) != split(tmp_path, numbers(100), seed=2)


def test_without_a_seed_the_context_gives_one(tmp_path: Path) -> None:
    drawn = {
        tuple(Partitioning().execute(numbers(100), FakeContext(tmp_path, seed=seed)).first["n"])
        for seed in (1, 1, 2)
    }
    assert len(drawn) == 2


@pytest.mark.parametrize("draw", ["random", "top"])
def test_an_empty_table_gives_two_empty_parts(tmp_path: Path, draw: str) -> None:
    assert split(tmp_path, numbers(0), draw=draw) == ([], [])


def test_an_empty_table_can_be_stratified(tmp_path: Path) -> None:
    assert split(tmp_path, numbers(0), draw="stratified", column="class") == ([], [])


def test_stratified_without_a_column_says_which_setting_is_missing() -> None:
    with pytest.raises(ConfigureError, match='"column"'):
        Partitioning(draw="stratified").configure(numbers(4).schema)


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigureError, match=r'"clas".*Did you mean "class"'):
        Partitioning(draw="stratified", column="clas").configure(numbers(4).schema)


def test_classes_cannot_be_images() -> None:
    schema = pl.Schema({"image": pl.Array(pl.UInt8, (2, 2, 1))})
    with pytest.raises(ConfigureError, match='"image" holds Array'):
        Partitioning(draw="stratified", column="image").configure(schema)


def test_a_fraction_above_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        Partitioning(fraction=1.5)


def test_sixty_thousand_images_are_split_in_well_under_a_second(tmp_path: Path) -> None:
    images = np.zeros((60_000, 28, 28, 1), dtype=np.uint8)
    table = pl.DataFrame({"image": images, "n": np.arange(60_000)})
    start = time.perf_counter()
    parts = Partitioning().execute(table, FakeContext(tmp_path))
    assert time.perf_counter() - start < 10  # ten times the bar
    assert parts.first["image"].dtype == pl.Array(pl.UInt8, (28, 28, 1))


def test_as_many_classes_as_rows_are_drawn_from_without_a_look_at_all_rows_for_each(
    tmp_path: Path,
) -> None:
    table = pl.DataFrame({"n": range(200_000)}).with_columns(pl.col("n").alias("class"))
    node = Partitioning(draw="stratified", column="class")
    started = time.process_time()
    parts = node.execute(table, FakeContext(tmp_path))
    assert time.process_time() - started < 6
    assert (parts.first.height, parts.second.height) == (160_000, 40_000)
