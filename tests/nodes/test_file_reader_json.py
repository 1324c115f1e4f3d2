"""JSON lines and JSON lists."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from support.reading import read, refusal, treat_as_large

from flowengine.errors import DataError
from flowengine.testing import FakeContext
from flowengine_nodes.io.file_reader import FileReader


def test_json_lines(tmp_path: Path) -> None:
    text = '{"a": 1, "b": "x"}\n\n{"a": 2.5, "c": [1, 2]}\n'
    table = read(tmp_path, "a.jsonl", text)
    assert table.schema == pl.Schema({"a": pl.Float64, "b": pl.String, "c": pl.List(pl.Int64)})
    assert table.height == 2


def test_a_json_list_is_read_like_json_lines(tmp_path: Path) -> None:
    text = ' [\r\n  {"a": 1,\n "b": "x, ]\\n"},\n  {"a": 2.5, "c": [1, 2]}\n]\n'
    table = read(tmp_path, "a.json", text)
    assert table.rows() == [(1.0, "x, ]\n", None), (2.5, None, [1, 2])]
    assert read(tmp_path, "a.json.gz", gzip.compress(text.encode()), limit=1).height == 1
    assert read(tmp_path, "a.json", "title\n" + text, skip_rows=1).height == 2


def test_types_of_json_lines_can_be_set(tmp_path: Path) -> None:
    table = read(tmp_path, "a.jsonl", '{"a": 1, "b": 2}\n', types={"a": "uint8", "b": "number"})
    assert table.schema == pl.Schema({"a": pl.UInt8, "b": pl.Float64})


def test_json_too_deep_is_refused(tmp_path: Path) -> None:
    assert "too deep in each other" in refusal(tmp_path, "a.jsonl", "[" * 100_000)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"a": 1}\n{"a": \n', "line 2 is no JSON"),
        ('{\n"a": 1\n}', "looks like one JSON document"),
        ('{"a": 1}\n[1]\n', "line 2 is no JSON object"),
        ('[\n{"a": 1},\n2]', "line 3: what stands here is 2 and no object"),
        ('[{"a": 1}\n{"a": 2}]', "neither a comma nor the list's end"),
        ('[\n{"a": 1', "line 2: what stands here is no JSON"),
        ('[{"a": 1}]\n[{"a": 2}]', "goes on behind the list"),
        (" []\n", "is an empty list"),
    ],
)
def test_what_is_wrong_with_json_is_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    assert sentence in refusal(tmp_path, "a.json", content)


@pytest.mark.parametrize("size", [1, 70])
def test_a_large_json_list_is_read_whole(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    text = json.dumps([{"a": "x" * size, "b": n} for n in range(100)], indent=1)
    assert read(tmp_path, "a.json", text)["b"].to_list() == list(range(100))


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": NaN}]', '{"a": 1}\n{"a": -Infinity}\n'])
def test_what_python_alone_calls_json_is_refused(tmp_path: Path, text: str) -> None:
    answer = refusal(tmp_path, "a.json", text)
    assert "is no number of JSON, where null stands for a missing one" in answer


def test_dates_and_moments_can_be_set(tmp_path: Path) -> None:
    text = '{"d": "2024-12-31", "t": "2024-12-31T23:59:00"}\n{"d": null, "t": "2024-12-31"}\n'
    table = read(tmp_path, "a.jsonl", text, types={"d": "date", "t": "datetime"})
    assert table.dtypes == [pl.Date, pl.Datetime("us")]
    assert str(table["t"][1]) == "2024-12-31 00:00:00"


@pytest.mark.parametrize("kind", ["integer", "date"])
def test_a_value_that_does_not_fit_its_type_is_shown(tmp_path: Path, kind: str) -> None:
    rows = pl.DataFrame({"d": ["5", "x"]})
    rows.write_ndjson(tmp_path / "a.jsonl")
    rows.write_parquet(tmp_path / "a.parquet")
    for name in ("a.jsonl", "a.parquet"):
        with pytest.raises(DataError, match=rf'"{name}", column "d": .*"x".* to \{{"d": "text"'):
            FileReader(path=name, types={"d": kind}).execute(FakeContext(tmp_path))


def test_json_under_another_name_is_told(tmp_path: Path) -> None:
    for text in ('{"a": 1}\n', '[{"a": 1}]'):
        assert 'holds JSON; set "format" to "jsonl"' in refusal(tmp_path, "a.csv", text)


def test_half_of_a_character_is_refused_and_a_whole_one_read(tmp_path: Path) -> None:
    answer = refusal(tmp_path, "a.jsonl", '{"a": "x"}\n{"a": "\\ud800"}\n')
    assert "line 2 holds half of a character" in answer
    assert read(tmp_path, "a.jsonl", '{"a": "\\ud83d\\ude00"}\n')["a"].item() == "\U0001f600"
