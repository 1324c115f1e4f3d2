"""Words of the command line: numbers, columns, specs and values in few words, option values."""

from __future__ import annotations

import argparse

import pytest

from flowengine.cli.describe import schema_text
from flowengine.cli.facts import spec_text, type_text, value_text
from flowengine.cli.options import CallError, read_assignments
from flowengine.cli.output import columns, count, seconds, shorten, size, width
from flowengine.cli.store import read_size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0004, "0 ms"),
        (0.04, "40 ms"),
        (0.3, "0.3 s"),
        (9.94, "9.9 s"),
        (27.4, "27 s"),
        (125, "2 min 5 s"),
        (7300, "2 h 1 min"),
    ],
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text


def test_counts_and_sizes() -> None:
    assert count(1, "row") == "1 row"
    assert count(60_000, "row") == "60,000 rows"
    assert size(999) == "999 bytes"
    assert size(47_040_016) == "47.0 MB"


@pytest.mark.parametrize(
    ("text", "number"),
    [("500MB", 500_000_000), ("2 GB", 2_000_000_000), ("1.5kb", 1500), ("17", 17), ("0", 0)],
)
def test_size_option(text: str, number: int) -> None:
    assert read_size(text) == number


@pytest.mark.parametrize("text", ["", "much", "MB", "5 miles", "1e999GB", "-"])
def test_wrong_size_option_is_told(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read_size(text)


def test_columns_are_aligned_by_cells_not_letters() -> None:
    assert columns([("a", "x"), ("数据", "y")], indent=0) == ["a     x", "数据  y"]
    assert width("é") == 1
    assert shorten("数据数据", 5) == "数据…"


@pytest.mark.parametrize(
    ("dtype", "text"),
    [
        ("Array(UInt8, shape=(28, 28, 1))", "28×28×1"),
        ("Array(Float64, shape=(3,))", "3"),
        ("Enum(categories=['0', '1', '9'])", "0…9"),
        ("Enum(categories=['yes', 'no'])", "yes, no"),
        ("Enum(categories=[])", "no category"),
        ("Enum(categories=[broken])", "category"),
        ("Int64", ""),
    ],
)
def test_column_types_in_words(dtype: str, text: str) -> None:
    assert type_text(dtype) == text


def test_table_is_told_by_rows_and_columns() -> None:
    columns = [
        {"name": "image", "type": "Array(UInt8, shape=(28, 28, 1))"},
        {"name": "label", "type": "Enum(categories=['0', '1', '9'])"},
    ]
    assert spec_text("table", columns) == "image 28×28×1, label 0…9"
    summary = {"row_count": 60_000, "columns": columns}
    assert value_text("table", summary) == "60,000 rows · image 28×28×1, label 0…9"


def test_many_columns_are_cut() -> None:
    columns = [{"name": f"c{i}", "type": "Int64"} for i in range(9)]
    assert spec_text("table", columns) == "c0, c1, c2, c3, c4 and 4 more"


def test_square_table_of_counts_tells_the_largest_confusion() -> None:
    rows = [
        {"truth": "4", "4": 970, "9": 7, "7": 0},
        {"truth": "9", "4": 4, "9": 990, "7": 3},
        {"truth": "7", "4": 0, "9": 0, "7": 1000},
    ]
    assert value_text("table", {"rows": rows}) == "most confused: 4 ↔ 9 (11)"


def test_total_of_a_table_tells_its_numbers() -> None:
    rows = [
        {"class": "a", "recall": 1.0, "accuracy": None, "cohens_kappa": None},
        {"class": "b", "recall": 0.9, "accuracy": None, "cohens_kappa": None},
        {"class": "overall", "recall": None, "accuracy": 0.9904, "cohens_kappa": 0.98933},
    ]
    assert value_text("table", {"rows": rows}) == "accuracy 99.04 % · cohens kappa 0.9893"


def test_network_is_told_by_layers_and_parameters() -> None:
    summary = {"layers": 9, "parameters": 34_826, "trained": True}
    assert value_text("network", summary) == "9 layers · 34,826 parameters · trained"


def test_unknown_spec_is_told() -> None:
    assert spec_text("table", None) == "known after running"


def test_option_values_are_json_else_text() -> None:
    given = ["a.x=1", "b/c.y=[3, 3]", "a.name=relu", "a.t=true", 'a.q="5"', "a.e=", "a.n=NaN"]
    assert read_assignments(given, "--set", dotted=True) == {
        "a.x": 1,
        "b/c.y": [3, 3],
        "a.name": "relu",
        "a.t": True,
        "a.q": "5",
        "a.e": "",
        "a.n": "NaN",
    }


@pytest.mark.parametrize("text", ["a", "a.x", "a=1", ".x=1", "a.=1", "=1"])
def test_wrong_assignment_is_told(text: str) -> None:
    with pytest.raises(CallError, match=r"NODE\.SETTING=VALUE"):
        read_assignments([text], "--set", dotted=True)


def test_schema_in_words() -> None:
    definitions = {"Adam": {"type": "object", "properties": {"type": {"const": "adam"}}}}
    assert schema_text({"$ref": "#/$defs/Adam"}, definitions) == '"adam"'
    assert schema_text({"type": "number", "minimum": 0, "maximum": 1}, {}) == "number ≥ 0, ≤ 1"
    assert schema_text({"enum": ["a", "b"]}, {}) == '"a" or "b"'
    assert schema_text({"type": "array", "items": {"type": "string"}}, {}) == "list of text"
    column = {"type": "string", "widget": "column", "port": "table", "kind": "number"}
    assert schema_text(column, {}) == "column of table (number)"
