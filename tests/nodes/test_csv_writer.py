from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine.errors import Cancelled, ConfigureError, DataError, PathError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.io.csv_writer import CsvWriter

TABLE = pl.DataFrame({"n": [1, None], "x": [0.5, 2.0], "s": ['say "hi", you', "ü"]})


def written(tmp_path: Path, table: pl.DataFrame, **settings: Any) -> str:
    check_node(
        CsvWriter,
        settings={"path": "out/table.csv", **settings},
        inputs={"table": table},
        folder=tmp_path,
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["table.csv"]
    return (tmp_path / "out/table.csv").read_text(encoding="utf-8")


def test_values_that_need_quotes_get_them(tmp_path: Path) -> None:
    assert written(tmp_path, TABLE) == 'n,x,s\n1,0.5,"say ""hi"", you"\n,2.0,ü\n'


def test_a_written_table_reads_back_equal(tmp_path: Path) -> None:
    written(tmp_path, TABLE)
    assert pl.read_csv(tmp_path / "out/table.csv").equals(TABLE)


def test_lengths_of_time_are_written_as_text(tmp_path: Path) -> None:
    table = pl.DataFrame({"took": [dt.timedelta(hours=1, minutes=30), None]})
    assert written(tmp_path, table).split() == ["took", "PT1H30M"]


def test_delimiter_decimal_mark_header_and_missing_text_can_be_set(tmp_path: Path) -> None:
    text = written(tmp_path, TABLE.select("n", "x"), delimiter=";", decimal=",", null="?")
    assert text == "n;x\n1;0,5\n?;2,0\n"
    assert written(tmp_path, TABLE.select("x"), header=False) == "0.5\n2.0\n"


def test_an_empty_table_gives_a_file_with_only_the_header(tmp_path: Path) -> None:
    assert written(tmp_path, TABLE.head(0)) == "n,x,s\n"


def test_categories_dates_and_truth_values_are_written_as_text(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "e": pl.Series(["a"], dtype=pl.Enum(["a"])),
            "d": [dt.date(2024, 12, 31)],
            "b": [True],
            "t": [dt.datetime(2024, 12, 31, 23, 59)],
        }
    )
    assert (
        written(tmp_path, table).splitlines()[1] == "a,2024-12-31,true,2024-12-31T23:59:00.000000"
    )


def test_lists_tensors_and_records_become_json(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "list": [[1.5, None], None],
            "tensor": pl.Series([[[1], [2]], [[3], [4]]], dtype=pl.Array(pl.UInt8, (2, 1))),
            "record": [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
        }
    )
    text = written(tmp_path, table, delimiter="|")
    assert text.splitlines()[1:] == [
        '[1.5,null]|[[1],[2]]|"{""a"":1,""b"":""x""}"',
        '|[[3],[4]]|"{""a"":2,""b"":null}"',
    ]


def test_large_tensors_are_refused_before_running(tmp_path: Path) -> None:
    schema = pl.Schema({"image": pl.Array(pl.UInt8, (32, 32, 3))})
    with pytest.raises(ConfigureError, match=r'"image" holds 3,072 values.*Column Filter'):
        CsvWriter(path="x.csv").configure(schema, FakeContext(tmp_path))


def test_long_lists_are_refused_when_they_turn_up(tmp_path: Path) -> None:
    table = pl.LazyFrame({"l": [list(range(1001))]})
    with pytest.raises(DataError, match=r'"l" holds a list of 1,001 values'):
        CsvWriter(path="x.csv").execute(table, FakeContext(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match='"raw" holds Binary'):
        CsvWriter(path="x.csv").configure(pl.Schema({"raw": pl.Binary()}), FakeContext(tmp_path))


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/table.csv").write_text("old")
    assert written(tmp_path, TABLE.select("x")).startswith("x\n")


def test_an_existing_file_can_be_protected(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old")
    writer = CsvWriter(path="x.csv", overwrite="refuse")
    with pytest.raises(ConfigureError, match=r'"x.csv" exists already'):
        writer.configure(TABLE.schema, FakeContext(tmp_path))
    with pytest.raises(ConfigureError, match=r'"x.csv" exists already'):
        writer.execute(TABLE.lazy(), FakeContext(tmp_path))


def test_a_cancelled_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old")
    with pytest.raises(Cancelled):
        CsvWriter(path="x.csv").execute(TABLE.lazy(), FakeContext(tmp_path, cancel_after=1))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match=r'"." is a folder'):
        CsvWriter(path=".").configure(TABLE.schema, FakeContext(tmp_path))


@pytest.mark.parametrize("settings", [{"decimal": ","}, {"delimiter": '"'}, {"delimiter": "→"}])
def test_marks_that_cannot_work_are_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigureError, match="delimiter"):
        CsvWriter(path="x.csv", **settings).configure(TABLE.schema, FakeContext(tmp_path))


def test_a_file_in_the_way_of_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(PathError, match=r'folder of "out/x.csv" cannot be made'):
        CsvWriter(path="out/x.csv").execute(TABLE.lazy(), FakeContext(tmp_path))


@pytest.mark.parametrize("name", ["x.csv.gz", "x.xlsx", "x.parquet", "x.json"])
def test_endings_of_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigureError, match=r'ends as no CSV file does.*write to "x'):
        CsvWriter(path=name).configure(TABLE.schema, FakeContext(tmp_path))


@pytest.mark.parametrize("null", [",", 'a"', "a\nb"])
def test_a_text_for_missing_values_that_would_be_read_as_more_is_refused(
    tmp_path: Path, null: str
) -> None:
    with pytest.raises(ConfigureError, match="the text for missing values cannot be"):
        CsvWriter(path="x.csv", null=null).configure(TABLE.schema, FakeContext(tmp_path))


@pytest.mark.parametrize(
    "dtype", [pl.List(pl.Binary), pl.Struct({"a": pl.Array(pl.Binary, 2)}), pl.Binary]
)
def test_bytes_inside_of_lists_and_records_are_refused(tmp_path: Path, dtype: Any) -> None:
    with pytest.raises(ConfigureError, match=r'"raw" holds .*cannot be written to a CSV file'):
        CsvWriter(path="x.csv").configure(pl.Schema({"raw": dtype}), FakeContext(tmp_path))


def test_a_table_without_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="the table has no column"):
        CsvWriter(path="x.csv").configure(pl.Schema(), FakeContext(tmp_path))


def test_columns_whose_names_look_like_patterns_are_written_once(tmp_path: Path) -> None:
    table = pl.DataFrame({"*": [1], "ab": [2], "^a.*$": [[3]]})
    assert written(tmp_path, table) == "*,ab,^a.*$\n1,2,[3]\n"


def test_a_missing_record_is_a_missing_value(tmp_path: Path) -> None:
    table = pl.DataFrame({"r": [{"a": 1}, None], "n": [1, 2]})
    assert written(tmp_path, table) == 'r,n\n"{""a"":1}",1\n,2\n'
