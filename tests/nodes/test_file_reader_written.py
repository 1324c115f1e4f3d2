"""Numbers and dates as people of different countries write them: read when told how, else said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.reading import read, refusal, treat_as_large

from flowengine.errors import DataError
from flowengine.testing import FakeContext
from flowengine_nodes.io.file_reader import FileReader


def warnings(folder: Path, text: str, **settings: Any) -> list[str]:
    (folder / "a.csv").write_text(text)
    ctx = FakeContext(folder)
    FileReader(path="a.csv", **settings).configure(ctx)
    return ctx.warnings


@pytest.mark.parametrize(
    ("text", "settings", "values"),
    [
        ('x,y\n"1,234.5","1,000"\n-7,20\n', {"thousands": ","}, [(1234.5, 1000), (-7.0, 20)]),
        (
            "x;y\n1.234,5;1.000\n-7;20\n",
            {"thousands": ".", "decimal": ","},
            [(1234.5, 1000), (-7.0, 20)],
        ),
        (
            "x;y\n1\u00a0234,5;1\u202f000\n-7;20\n",
            {"thousands": " ", "decimal": ","},
            [(1234.5, 1000), (-7.0, 20)],
        ),
        ("x;y\n1'234.5;1’000\n-7;20\n", {"thousands": "'"}, [(1234.5, 1000), (-7.0, 20)]),
        ('x,y\n"12,34,567",1\n', {"thousands": ","}, [(1_234_567, 1)]),
        ("x;y\n1,5e3;1\n,5;+2\n", {"decimal": ","}, [(1500.0, 1), (0.5, 2)]),
    ],
)
def test_numbers_are_read_as_they_are_said_to_be_written(
    tmp_path: Path, text: str, settings: dict[str, Any], values: list[tuple[float, int]]
) -> None:
    table = read(tmp_path, "a.csv", text, **settings)
    assert table.rows() == values
    assert table.schema["y"] == pl.Int64


@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        ('x,y\n"2,761,632",1\n"70",2\n', {}, 'set "thousands" to "," to read'),
        ("x;y\n2.761,5;1\n", {}, 'set "thousands" to "." and "decimal" to "," to read'),
        ("x;y\n2.761,5;1\n", {"decimal": ","}, 'set "thousands" to "." to read'),
        ("x;y\n2.761;1\n", {"decimal": ","}, 'set "thousands" to "." to read'),
        ("x;y\n2'761;1\n", {}, 'set "thousands" to "\'" to read'),
        ("x;y\n1,234;1\n", {}, 'or "decimal" to "," if it is a decimal mark'),
        ("x;y\n1,23;1\n", {}, 'decimal comma in "x" of "a.csv" are read as text; set "decimal"'),
    ],
)
def test_numbers_that_stay_text_are_told_with_the_setting(
    tmp_path: Path, text: str, settings: dict[str, Any], words: str
) -> None:
    (warning,) = warnings(tmp_path, text, **settings)
    assert '"x" of "a.csv"' in warning
    assert words in warning


def test_a_point_is_no_decimal_mark_where_a_comma_is(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "x;y\n1.000;1,5\n20;2\n", decimal=",")
    assert table.rows() == [("1.000", 1.5), ("20", 2.0)]


def test_a_mark_in_the_wrong_place_makes_no_number(tmp_path: Path) -> None:
    text = 'x,y\n"12,34",1\n"1,234",2\n'
    assert read(tmp_path, "a.csv", text, thousands=",")["x"].to_list() == ["12,34", "1,234"]
    (tmp_path / "a.csv").write_text(text)
    reader = FileReader(path="a.csv", thousands=",", types={"x": "int16"})
    with pytest.raises(DataError, match=r'row 1, column "x": "12,34" .* type "int16"'):
        reader.execute(FakeContext(tmp_path))


def test_one_mark_cannot_be_two_things(tmp_path: Path) -> None:
    assert 'are both "."' in refusal(tmp_path, "a.csv", "a\n1\n", thousands=".")


def test_marks_far_down_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    treat_as_large(monkeypatch)
    text = "x,y\n" + "10,a\n" * 90 + '"1,234",b\n'
    assert read(tmp_path, "a.csv", text, thousands=",")["x"].sum() == 900 + 1234
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=r'row 91, column "x": "1,234" does not fit'):
        FileReader(path="a.csv").execute(FakeContext(tmp_path)).collect()


def test_a_number_where_whole_numbers_were_found_proposes_the_wider_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    (tmp_path / "a.csv").write_text("x\n" + "10\n" * 90 + "1.5\n")
    with pytest.raises(DataError, match=r'"1.5" does not fit .* to \{"x": "number"\}'):
        FileReader(path="a.csv").execute(FakeContext(tmp_path)).collect()


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("31.12.2024", "day_first", dt.date(2024, 12, 31)),
        ("1/2/2024", "day_first", dt.date(2024, 2, 1)),
        ("1/2/2024", "month_first", dt.date(2024, 1, 2)),
        ("31.12.2024 8:05", "day_first", dt.datetime(2024, 12, 31, 8, 5)),
        ("12/31/2024 08:05:07.5", "month_first", dt.datetime(2024, 12, 31, 8, 5, 7, 500_000)),
        ("2024/12/31", "year_first", dt.date(2024, 12, 31)),
        ("2024-12-31", "day_first", dt.date(2024, 12, 31)),
    ],
)
def test_dates_are_read_in_the_order_that_is_set(
    tmp_path: Path, text: str, order: str, value: dt.date
) -> None:
    assert read(tmp_path, "a.csv", f"d;n\n{text};1\n", dates=order)["d"].to_list() == [value]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31.12.2024", 'set "dates" to "day_first" to read'),
        ("12/31/2024", 'set "dates" to "month_first" to read'),
        ("01/02/2024", 'set "dates" to "day_first" or "month_first", whichever is meant'),
    ],
)
def test_the_order_of_dates_is_never_guessed(tmp_path: Path, text: str, words: str) -> None:
    (warning,) = warnings(tmp_path, f"d,n\n{text},1\n")
    assert f'dates such as "{text}" in "d" of "a.csv" are read as text' in warning
    assert words in warning
    (tmp_path / "a.csv").write_text(f"d,n\n{text},1\n")
    reader = FileReader(path="a.csv", types={"d": "date"})
    with pytest.raises(DataError, match="is no date with the year first"):
        reader.execute(FakeContext(tmp_path))


def test_a_date_of_another_order_further_down_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("d,n\n12/31/2024,1\n\n31/12/2024,2\n")
    reader = FileReader(path="a.csv", dates="month_first", types={"d": "date"})
    with pytest.raises(DataError, match=r'row 2, column "d": "31/12/2024" .* month first'):
        reader.execute(FakeContext(tmp_path))


@pytest.mark.parametrize("text", ["31.12.24", "1.2.3", "192.168.1.1", "31.13.2024"])
def test_what_is_no_date_for_sure_stays_text_without_a_word(tmp_path: Path, text: str) -> None:
    assert warnings(tmp_path, f"d;n\n{text};1\n") == []
    assert read(tmp_path, "a.csv", f"d;n\n{text};1\n", dates="day_first")["d"].item() == text


def test_columns_whose_type_was_set_are_not_told(tmp_path: Path) -> None:
    text = 'd,x\n31.12.2024,"1,234"\n'
    assert warnings(tmp_path, text, types={"d": "text", "x": "text"}) == []


def test_infinite_numbers_are_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "x,y\ninf,Info\n-Inf,inf\n1.5,x\n")
    assert table["x"].to_list() == [float("inf"), float("-inf"), 1.5]
    assert table["y"].to_list() == ["Info", "inf", "x"]


def test_a_name_that_looks_like_a_pattern_is_one_column(tmp_path: Path) -> None:
    table = read(tmp_path, "x.csv", "^a.*$,ab\n31.12.2024,1\n", dates="day_first")
    assert table.rows() == [(dt.date(2024, 12, 31), 1)]
