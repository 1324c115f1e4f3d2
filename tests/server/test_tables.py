"""Tables page by page."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image
from support.shown import show_run

from flowengine.ports import TablePort
from flowengine.server.values.lookup import Found, NoSuchPlace
from flowengine.server.values.tables import Tables
from flowengine.server.wire import Rows


class Table:
    """A table as the store would give it."""

    def __init__(self, table: pl.DataFrame) -> None:
        self.table = table
        self.tables = Tables()

    def rows(self, **options: Any) -> Rows:
        return self.tables.rows(self.found, **options)

    @property
    def found(self) -> Found:
        class Place:
            type = TablePort()
            source = "node.out"

        return Found(Place(), self.table, ("key", "out", 0.0))  # type: ignore[arg-type]


def column(values: Any, dtype: Any = None) -> Table:
    return Table(pl.DataFrame({"x": pl.Series(values, dtype=dtype, strict=False)}))


def cells(rows: Rows) -> list[Any]:
    return [row[0] for row in rows.rows]


def test_page_starts_where_it_was_asked_for() -> None:
    rows = column(range(10)).rows(offset=4, limit=3)
    assert cells(rows) == [4, 5, 6]
    assert (rows.offset, rows.total, rows.indices) == (4, 10, (4, 5, 6))


def test_page_behind_the_end_is_empty() -> None:
    rows = column(range(3)).rows(offset=7)
    assert (rows.rows, rows.total) == ((), 3)


def test_table_without_rows_has_none() -> None:
    assert Table(pl.DataFrame({"x": []})).rows().total == 0


def test_sorting_keeps_equal_rows_in_order_and_missing_ones_last() -> None:
    table = column([2, None, 1, float("nan"), 2, 1], pl.Float64)
    assert table.rows(sort="x").indices == (2, 5, 0, 4, 1, 3)
    assert table.rows(sort="x", descending=True).indices == (0, 4, 2, 5, 1, 3)


def test_categories_are_sorted_in_their_own_order() -> None:
    table = column(["low", "high", "mid"], pl.Enum(["low", "mid", "high"]))
    assert cells(table.rows(sort="x")) == ["low", "mid", "high"]


def test_column_without_an_order_is_refused() -> None:
    with pytest.raises(NoSuchPlace, match="which have no order"):
        column([[1], [2]]).rows(sort="x")


def test_unknown_column_is_refused() -> None:
    with pytest.raises(NoSuchPlace, match='no column "y"'):
        column([1]).rows(sort="y")


@pytest.mark.parametrize(
    ("values", "dtype", "wanted", "found"),
    [
        ([7, 8, 7], pl.Int64, "7", (0, 2)),
        (["7", "8", None], pl.Enum(["7", "8"]), 7, (0,)),
        (["7", "8", None], pl.String, None, (2,)),
        ([True, False], pl.Boolean, True, (0,)),
        ([1.5, 2.0], pl.Float64, 2, (1,)),
        ([1, 2], pl.Int64, "two", ()),
        (["a"], pl.Enum(["a"]), "b", ()),
        ([1, 2], pl.Int64, 1.0, (0,)),
        ([1, 2], pl.Int64, 1.5, ()),
        ([1, 2], pl.Int64, float("inf"), ()),
        ([1, 2], pl.Int8, 10**50, ()),
        ([1, 44], pl.UInt8, 300, ()),
        ([1, 2], pl.UInt8, -1, ()),
        ([1, 2], pl.Decimal(10, 2), 0.1, ()),
        ([1, 2], pl.Decimal(10, 2), 2, (1,)),
        ([1, 61_000], pl.Duration("ms"), "1m 1s", (1,)),
    ],
    ids=[
        "number",
        "category",
        "missing",
        "true",
        "float",
        "no number",
        "no category",
        "whole",
        "a half",
        "infinity",
        "beyond all",
        "beyond bytes",
        "below zero",
        "no such decimal",
        "decimal",
        "length of time",
    ],
)
def test_rows_are_chosen_by_value(values: Any, dtype: Any, wanted: Any, found: Any) -> None:
    rows = column(values, dtype).rows(chosen={"x": wanted})
    assert (rows.indices, rows.total) == (found, len(found))


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"\xff"]], ids=["list", "record", "bytes"])
def test_rows_are_not_chosen_by_what_is_no_single_value(values: Any) -> None:
    table = column(values)
    with pytest.raises(NoSuchPlace, match="have no single value"):
        table.rows(chosen={"x": 1})
    assert table.rows(chosen={"x": None}).total == 0


def test_lengths_of_time_are_shown_and_found_in_words() -> None:
    table = column([90_061, None, 5], pl.Duration("ms"))
    assert cells(table.rows()) == ["1m 30s 61ms", None, "5ms"]
    assert table.rows(search="61MS").indices == (0,)


@pytest.mark.parametrize(
    ("zone", "said"), [(None, "01:46:40.000000"), ("Europe/Berlin", "02:46:40.000000+01:00")]
)
def test_days_that_python_has_no_date_for_are_shown(zone: str | None, said: str) -> None:
    values = pl.Series("x", [10**18, None], dtype=pl.Int64).cast(pl.Datetime("us", zone))
    assert cells(Table(values.to_frame()).rows()) == [f"+33658-09-27 {said}", None]


def test_chosen_rows_can_be_sorted() -> None:
    table = Table(pl.DataFrame({"x": [1, 1, 2, 1], "y": [3, 1, 2, 2]}))
    assert table.rows(chosen={"x": 1}, sort="y").indices == (1, 3, 0)


@pytest.mark.parametrize(
    ("search", "found"),
    [("an", [0, 1]), ("BANANA", [1]), ("2.5", [1]), (" kiwi ", [2]), ("0.[", []), ("", [0, 1, 2])],
)
def test_rows_are_found_by_a_text_in_any_cell(search: str, found: list[int]) -> None:
    table = pl.DataFrame(
        {"fruit": ["orange", "Banana", "kiwi"], "n": [1.0, 2.5, None], "l": [["an"], [], []]}
    )
    rows = Table(table).rows(search=search)
    assert list(rows.indices) == found
    assert rows.total == len(found)


def test_found_rows_can_be_sorted_and_chosen() -> None:
    table = pl.DataFrame({"word": ["ab", "ba", "cc", "ab"], "n": [1, 2, 3, 4]})
    options = {"sort": "n", "descending": True, "chosen": {"word": "ab"}}
    assert Table(table).rows(search="A", **options).indices == (3, 0)


def test_column_names_of_ours_do_no_harm() -> None:
    table = Table(pl.DataFrame({"_0": [2, 1], "index": [5, 6], "_row": [7, 8]}))
    assert table.rows(chosen={"index": 6}, sort="_0").rows == ((1, 6, 8),)


def test_what_json_lacks_becomes_words() -> None:
    values = [float("nan"), float("inf"), float("-inf")]
    assert cells(column(values).rows()) == ["NaN", "Infinity", "-Infinity"]
    assert cells(column([2**60]).rows()) == [str(2**60)]


def test_long_text_is_shortened() -> None:
    assert len(cells(column(["a" * 5000]).rows())[0]) == 1001


def test_list_is_its_first_items_and_length() -> None:
    rows = column([list(range(100)), None, []], pl.List(pl.Int64)).rows()
    assert cells(rows) == [
        {"items": list(range(20)), "length": 100},
        None,
        {"items": [], "length": 0},
    ]


def test_arrays_that_are_no_pictures_are_lists() -> None:
    rows = column([[1.0, 2.0]], pl.Array(pl.Float64, 2)).rows()
    assert cells(rows) == [{"items": [1.0, 2.0], "length": 2}]


def test_picture_is_a_thumbnail_with_its_true_size(tmp_path: Path) -> None:
    shown = show_run(tmp_path, {"values": "local.values"})
    cell = shown.tables.rows(shown.found("values", "table")).rows[0][2]
    assert (cell["width"], cell["height"], cell["channels"]) == (6, 4, 1)
    image = Image.open(io.BytesIO(base64.b64decode(cell["image"].partition(",")[2])))
    assert np.asarray(image).tolist() == [[7] * 6] * 4


def test_missing_picture_is_missing() -> None:
    images = pl.Series([np.zeros((2, 2), np.uint8), None], dtype=pl.Array(pl.UInt8, (2, 2)))
    assert [value is None for value in cells(column(images).rows())] == [False, True]


def test_a_million_rows_page_at_once() -> None:
    table = Table(pl.DataFrame({"x": np.arange(1_000_000), "y": np.arange(1_000_000) % 7}))
    table.rows(offset=5)
    table.rows(offset=5, sort="y")
    for options in ({}, {"sort": "y"}):
        started = time.perf_counter()
        assert len(table.rows(offset=500_000, **options).rows) == 200
        # a page takes milliseconds; the bar leaves room for a machine that does other things
        assert time.perf_counter() - started < 0.5


def test_columns_whose_names_look_like_patterns_are_shown_once() -> None:
    table = pl.DataFrame({"*": [2, 1], "^a.*$": ["x", "y"], "ab": [0.5, None]})
    assert TablePort().summary(table)["rows"] == table.to_dicts()
    rows = Table(table).rows(sort="*", search="y")
    assert rows.rows == ((1, "y", None),)
