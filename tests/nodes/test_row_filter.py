from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine.errors import ConfigureError
from flowengine.testing import check_node
from flowengine_nodes.table.row_filter import RowFilter

TABLE = pl.DataFrame(
    {
        "n": [1, 2, 3, None],
        "x": [0.5, 1.5, None, 2.5],
        "s": ["apple", "Banana", None, "cherry.pie"],
        "b": [True, False, None, True],
        "day": [date(2024, 1, 1), date(2024, 6, 1), None, date(2025, 1, 1)],
        "at": [datetime(2024, 1, 1, 12, tzinfo=UTC)] * 3 + [None],
        "e": pl.Series(["u", "v", "u", None], dtype=pl.Enum(["u", "v"])),
        "l": [[1], [2], None, [3]],
    }
)


def rows(tmp_path: Path, column: str, operator: str, value: Any = None, **more: str) -> list[int]:
    table = TABLE.with_row_index("row")
    settings = {"column": column, "operator": operator, "value": value, **more}
    result = check_node(RowFilter, settings=settings, inputs={"table": table}, folder=tmp_path)
    return list(result["out"]["row"])


def refusal(column: str, operator: Any, value: Any = None) -> str:
    with pytest.raises(ConfigureError) as caught:
        RowFilter(column=column, operator=operator, value=value).configure(TABLE.schema)
    return str(caught.value)


@pytest.mark.parametrize(
    ("column", "operator", "value", "expected"),
    [
        ("n", "is", 2, [1]),
        ("n", "is_not", 2, [0, 2]),
        ("n", ">=", 1.5, [1, 2]),
        ("x", "<", 2, [0, 1]),
        ("x", "<=", 0.5, [0]),
        ("x", ">", 1, [1, 3]),
        ("s", "is", "apple", [0]),
        ("s", "<", "apple", [1]),
        ("s", "contains", ".", [3]),
        ("s", "starts_with", "B", [1]),
        ("s", "ends_with", "e", [0, 3]),
        ("s", "matches", "[a-z]+", [0]),
        ("b", "is", True, [0, 3]),
        ("day", ">", "2024-05-31", [1, 3]),
        ("at", "is", "2024-01-01 12:00:00", [0, 1, 2]),
        ("at", "<", "2024-01-01 12:30:00+01:00", []),
        ("e", "is", "u", [0, 2]),
        ("e", "contains", "v", [1]),
        ("l", "missing", None, [2]),
        ("n", "not_missing", None, [0, 1, 2]),
    ],
)
def test_condition(
    tmp_path: Path, column: str, operator: str, value: Any, expected: list[int]
) -> None:
    assert rows(tmp_path, column, operator, value) == expected


def test_a_missing_value_is_among_the_others(tmp_path: Path) -> None:
    assert rows(tmp_path, "n", "is", 2, keep="others") == [0, 2, 3]


@pytest.mark.parametrize(
    ("column", "operator", "value", "sentence"),
    [
        ("n", "is", "2", 'column "n" holds numbers; the value must be a number, not "2"'),
        ("n", "is", True, "a number, not true"),
        ("s", "is", 5, 'the value must be text, such as "5", not 5'),
        ("b", "is", "true", 'true or false, not "true"'),
        ("day", ">", "31.12.2024", 'a date such as "2024-12-31", not "31.12.2024"'),
        ("e", "is", "w", 'no category "w"'),
        ("e", "<", "u", "no greater or smaller"),
        ("n", "contains", "2", 'tests text; column "n" holds numbers'),
        ("s", "matches", "a(", "is no regular expression: unclosed group"),
        ("l", "is", 1, "List(Int64)"),
        ("n", "<", None, 'operator "<" needs a value'),
        ("m", "missing", None, 'no column "m"'),
    ],
)
def test_what_does_not_fit_is_said_before_running(
    column: str, operator: str, value: Any, sentence: str
) -> None:
    assert sentence in refusal(column, operator, value)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [(">", [2]), (">=", [2]), ("<", [0]), ("<=", [0]), ("is", []), ("is_not", [0, 1, 2])],
)
def test_nan_is_neither_smaller_nor_greater(
    tmp_path: Path, operator: str, expected: list[int]
) -> None:
    table = pl.DataFrame({"x": [1.0, float("nan"), float("inf")], "row": [0, 1, 2]})
    settings = {"column": "x", "operator": operator, "value": 5}
    result = check_node(RowFilter, settings=settings, inputs={"table": table}, folder=tmp_path)
    assert result["out"]["row"].to_list() == expected


@pytest.mark.parametrize("name", ["*", "^a.*$"])
def test_a_column_whose_name_looks_like_a_pattern_is_one_column(tmp_path: Path, name: str) -> None:
    table = pl.DataFrame({name: [1, 2], "ab": [2, 3]})
    settings = {"column": name, "value": 2}
    result = check_node(RowFilter, settings=settings, inputs={"table": table}, folder=tmp_path)
    assert result["out"].rows() == [(2, 3)]


def test_large_whole_numbers_are_compared_exactly(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": [2**53, 2**53 + 1]})
    settings = {"column": "n", "value": float(2**53)}
    result = check_node(RowFilter, settings=settings, inputs={"table": table}, folder=tmp_path)
    assert result["out"]["n"].to_list() == [2**53]


def test_a_time_has_no_zone() -> None:
    schema = pl.Schema({"t": pl.Time()})
    with pytest.raises(ConfigureError, match=r'"t" holds times without a time zone'):
        RowFilter(column="t", value="12:00:00+01:00").configure(schema)
