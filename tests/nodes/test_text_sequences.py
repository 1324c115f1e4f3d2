"""Windows of sequences, and sequences of one length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowengine.errors import ConfigureError, DataError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.text.pad_sequences import PadSequences
from flowengine_nodes.text.windows import Windows

COUNT = pl.Series("n", range(7), dtype=pl.UInt8)


def windows(tmp_path: Path, items: pl.Series = COUNT, **settings: Any) -> pl.DataFrame:
    made = check_node(
        Windows,
        settings={"column": "n", "length": 3, **settings},
        inputs={"table": pl.DataFrame({"n": items})},
        folder=tmp_path,
    )
    frame: pl.DataFrame = made["out"]
    return frame


def rows(series: pl.Series) -> list[Any]:
    return series.to_numpy().tolist()


def test_every_window_has_the_item_that_comes_next(tmp_path: Path) -> None:
    found = windows(tmp_path)
    assert rows(found["window"]) == [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]
    assert rows(found["target"]) == [3, 4, 5, 6]
    assert found.schema == {"window": pl.Array(pl.UInt8, 3), "target": pl.UInt8}


def test_the_shifted_window_as_target(tmp_path: Path) -> None:
    found = windows(tmp_path, target="sequence", stride=3)
    assert rows(found["window"]) == [[0, 1, 2], [3, 4, 5]]
    assert rows(found["target"]) == [[1, 2, 3], [4, 5, 6]]


def test_windows_without_target_reach_the_end(tmp_path: Path) -> None:
    found = windows(tmp_path, target="none", stride=2)
    assert rows(found["window"]) == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    assert found.columns == ["window"]


SENSORS = pl.DataFrame({"n": COUNT, "heat": [0.5 * place for place in range(7)]})


@pytest.mark.parametrize(
    ("settings", "last", "target"),
    [
        ({}, [[3, 1.5], [4, 2], [5, 2.5]], pl.Series([3, 4, 5, 6], dtype=pl.UInt8)),
        (
            {"target": "sequence", "stride": 3},
            [[3, 1.5], [4, 2], [5, 2.5]],
            pl.Series([[1, 2, 3], [4, 5, 6]], dtype=pl.Array(pl.UInt8, 3)),
        ),
        (
            {"target": "none", "stride": 3, "rest": "pad", "padding": 9},
            [[6, 3], [9, 9], [9, 9]],
            None,
        ),
    ],
)
def test_features_stand_beside_the_column_at_each_step(
    tmp_path: Path, settings: dict[str, Any], last: list[Any], target: pl.Series | None
) -> None:
    made = check_node(
        Windows,
        settings={"column": "n", "length": 3, "features": ["heat"], **settings},
        inputs={"table": SENSORS},
        folder=tmp_path,
    )["out"]
    assert made["window"].dtype == pl.Array(pl.Float64, (3, 2))
    assert rows(made["window"])[-1] == last
    assert target is None or made["target"].equals(target, check_dtypes=True)


def test_features_that_cannot_stand_there_are_told(tmp_path: Path) -> None:
    lists = pl.Schema({"n": pl.List(pl.Float64), "heat": pl.Float64()})
    with pytest.raises(ConfigureError, match="goes down the rows"):
        Windows(column="n", features=("heat",)).configure(lists)
    with pytest.raises(ConfigureError, match="name a column twice"):
        Windows(column="n", features=("n",)).configure(SENSORS.schema)
    gap = SENSORS.with_columns(heat=pl.Series([None, *SENSORS["heat"][1:]]))
    with pytest.raises(DataError, match='"heat" has missing values'):
        Windows(column="n", features=("heat",)).execute(gap, FakeContext(tmp_path))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"target": "none", "stride": 3}, [[0, 1, 2], [3, 4, 5], [6, 9, 9]]),
        ({"target": "none", "stride": 2}, [[0, 1, 2], [2, 3, 4], [4, 5, 6]]),
        ({"target": "sequence", "stride": 3, "length": 4}, [[0, 1, 2, 3], [3, 4, 5, 6]]),
        ({"target": "none", "length": 9}, [[0, 1, 2, 3, 4, 5, 6, 9, 9]]),
    ],
)
def test_the_rest_is_filled_up(tmp_path: Path, settings: Any, expected: Any) -> None:
    found = windows(tmp_path, rest="pad", padding=9, **settings)
    assert rows(found["window"]) == expected


def test_the_filled_target_ends_with_padding(tmp_path: Path) -> None:
    found = windows(tmp_path, target="sequence", stride=3, length=4, rest="pad", padding=9)
    assert rows(found["target"]) == [[1, 2, 3, 4], [4, 5, 6, 9]]


def test_numbers_of_a_time_series_keep_their_type(tmp_path: Path) -> None:
    found = windows(tmp_path, pl.Series([0.5, 1.5, 2.5, 3.5], dtype=pl.Float32))
    assert found.schema["window"] == pl.Array(pl.Float32, 3)
    assert rows(found["target"]) == [3.5]


@pytest.mark.parametrize("rest", ["drop", "pad"])
def test_a_short_sequence_has_no_window(tmp_path: Path, rest: str) -> None:
    items = COUNT.head(0 if rest == "pad" else 2)
    ctx = FakeContext(tmp_path)
    made = Windows.model_validate(
        {"column": "n", "length": 3, "rest": rest, "target": "sequence"}
    ).execute(pl.DataFrame({"n": items}), ctx)
    assert made.height == 0
    assert made.schema["window"] == pl.Array(pl.UInt8, 3)
    assert "there is no window" in ctx.warnings[0]


def test_windows_of_lists_stay_within_their_row(tmp_path: Path) -> None:
    lists = pl.Series([[1, 2, 3, 4], [5, 6], [], [7, 8, 9]], dtype=pl.List(pl.UInt8))
    found = windows(tmp_path, lists, length=2)
    assert rows(found["window"]) == [[1, 2], [2, 3], [7, 8]]
    assert rows(found["target"]) == [3, 4, 9]


def test_lists_of_any_length_become_one_window_and_its_target(tmp_path: Path) -> None:
    lists = pl.Series([[1, 2, 3, 4], [5, 6]], dtype=pl.List(pl.UInt8))
    found = windows(tmp_path, lists, target="sequence", length=4, stride=4, rest="pad")
    assert rows(found["window"]) == [[1, 2, 3, 4], [5, 6, 0, 0]]
    assert rows(found["target"]) == [[2, 3, 4, 0], [6, 0, 0, 0]]


def test_numbers_of_128_bits_become_such_of_64(tmp_path: Path) -> None:
    items = pl.Series("n", [1, 2, 3, 4], dtype=pl.Int128)
    found = windows(tmp_path, items, rest="pad", target="none", padding=9)
    assert rows(found["window"]) == [[1, 2, 3], [2, 3, 4]]
    lists = pl.Series([[1], [2, 3]], dtype=pl.List(pl.UInt128))
    made = check_node(
        PadSequences,
        settings={"column": "n", "length": 2},
        inputs={"table": pl.DataFrame({"n": lists})},
        folder=tmp_path,
    )["out"]
    assert rows(made["n"]) == [[0, 1], [2, 3]]
    with pytest.raises(DataError, match="more than 64 bits"):
        windows(tmp_path, pl.Series([1 << 90], dtype=pl.Int128))


@pytest.mark.parametrize("items", [[1, None], [[1], None], [[1, None]]])
def test_missing_values_are_told(tmp_path: Path, items: list[Any]) -> None:
    with pytest.raises(DataError, match="has missing values"):
        Windows(column="n").execute(pl.DataFrame({"n": items}), FakeContext(tmp_path))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"rest": "pad"}, "has no next item"),
        ({"rest": "pad", "target": "none", "padding": 300}, "from 0 to 255"),
        ({"rest": "pad", "target": "none", "padding": 0.5}, "does not fit"),
        ({"column": "m"}, 'Did you mean "n"|Its columns are "n"'),
    ],
)
def test_what_does_not_fit_is_told(settings: Any, sentence: str) -> None:
    with pytest.raises(ConfigureError, match=sentence):
        Windows.model_validate({"column": "n", **settings}).configure(pl.Schema({"n": pl.UInt8()}))


@pytest.mark.parametrize("dtype", [pl.String(), pl.List(pl.String), pl.Array(pl.UInt8, 3)])
def test_only_numbers_and_lists_of_them_are_sequences(dtype: pl.DataType) -> None:
    with pytest.raises(ConfigureError, match="Dictionary Encoder"):
        Windows(column="n").configure(pl.Schema({"n": dtype}))


def test_a_novel_stays_one_byte_a_character(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": np.zeros(20_000, np.uint8)})
    made = Windows(column="n", target="none").execute(table, FakeContext(tmp_path))
    assert made.height == 19_901
    assert made.estimated_size() == 19_901 * 100


# Pad Sequences


def padded(tmp_path: Path, lists: Any, **settings: Any) -> pl.Series:
    made = check_node(
        PadSequences,
        settings={"column": "items", "length": 3, **settings},
        inputs={"table": pl.DataFrame({"items": lists}, schema={"items": pl.List(pl.UInt16)})},
        folder=tmp_path,
    )
    series: pl.Series = made["out"]["items"]
    return series


@pytest.mark.parametrize(
    ("padding", "truncating", "expected"),
    [
        ("pre", "pre", [[0, 0, 1], [3, 4, 5], [0, 0, 0]]),
        ("post", "post", [[1, 0, 0], [2, 3, 4], [0, 0, 0]]),
        ("post", "pre", [[1, 0, 0], [3, 4, 5], [0, 0, 0]]),
    ],
)
def test_lists_get_one_length(
    tmp_path: Path, padding: str, truncating: str, expected: list[list[int]]
) -> None:
    found = padded(tmp_path, [[1], [2, 3, 4, 5], []], padding=padding, truncating=truncating)
    assert found.dtype == pl.Array(pl.UInt16, 3)
    assert rows(found) == expected


def test_short_lists_are_filled_with_any_value(tmp_path: Path) -> None:
    assert rows(padded(tmp_path, [[1]], value=7)) == [[7, 7, 1]]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    assert padded(tmp_path, []).dtype == pl.Array(pl.UInt16, 3)


def test_missing_lists_are_told(tmp_path: Path) -> None:
    table = pl.DataFrame({"items": [None, [1]]})
    with pytest.raises(DataError, match="1 missing"):
        PadSequences(column="items", length=3).execute(table, FakeContext(tmp_path))


def test_a_value_that_lists_cannot_hold_is_told() -> None:
    with pytest.raises(ConfigureError, match="the value -1 does not fit"):
        PadSequences(column="items", length=3, value=-1).configure(
            pl.Schema({"items": pl.List(pl.UInt8)})
        )


@pytest.mark.parametrize("dtype", [pl.String(), pl.List(pl.String)])
def test_only_lists_of_numbers_are_padded(dtype: pl.DataType) -> None:
    with pytest.raises(ConfigureError, match="lists of numbers"):
        PadSequences(column="items", length=3).configure(pl.Schema({"items": dtype}))


def test_a_name_that_looks_like_a_pattern_is_one_column(tmp_path: Path) -> None:
    result = check_node(
        PadSequences,
        settings={"column": "^a.*$", "length": 2},
        inputs={"table": pl.DataFrame({"ab": [[7]], "^a.*$": [[1]]})},
        folder=tmp_path,
    )
    assert result["out"].rows() == [([7], [0, 1])]


def test_lists_of_lists_are_not_padded() -> None:
    schema = pl.Schema({"l": pl.List(pl.List(pl.Int64()))})
    with pytest.raises(ConfigureError, match="must hold lists of numbers"):
        PadSequences(column="l", length=2).configure(schema)


@pytest.mark.parametrize(("count", "expected"), [(5, 1), (6, 1), (7, 2), (12, 2)])
def test_no_window_is_padding_alone(tmp_path: Path, count: int, expected: int) -> None:
    result = check_node(
        Windows,
        settings={"column": "n", "length": 2, "stride": 6, "target": "none", "rest": "pad"},
        inputs={"table": pl.DataFrame({"n": range(1, count + 1)})},
        folder=tmp_path,
    )
    assert result["out"]["window"].arr.first().to_list() == [1, 7][:expected]
