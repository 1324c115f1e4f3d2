from __future__ import annotations

from pathlib import Path

import pytest
from support.reading import read, refusal, treat_as_large

from flowengine.testing import FakeContext
from flowengine_nodes.io.file_reader import FileReader


def test_blanks_behind_all_delimiters_are_no_values(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "a, b, c\n1, 2.5, x y\n3,  4.5, z\n")
    assert table.columns == ["a", "b", "c"]
    assert table.rows() == [(1, 2.5, "x y"), (3, 4.5, "z")]


def test_blanks_inside_quotes_stay(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'a, b\n"x, y", 1\n"z,  w", 2\n')
    assert table.rows() == [("x, y", 1), ("z,  w", 2)]


def test_quoted_values_behind_blanks_do_not_hide_the_comma(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", '39, State-gov, "a, b"\n50, Private, x\n')
    assert table.rows() == [(39, "State-gov", "a, b"), (50, "Private", "x")]


def test_a_blank_that_not_all_have_belongs_to_its_value(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "a,b\nx, y\nz,w\n")
    assert table["b"].to_list() == [" y", "w"]


def test_blanks_in_large_files_are_left_out_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    table = read(tmp_path, "a.csv", "a; b\n" + "".join(f"{n}; {n / 2}\n" for n in range(90)))
    assert table["b"].sum() == sum(range(90)) / 2


def test_decimal_commas_are_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b;c\n1,75;x;1,5\n;y;z\n")
    ctx = FakeContext(tmp_path)
    FileReader(path="a.csv").configure(ctx)
    assert ctx.warnings == [
        'numbers with a decimal comma in "a" of "a.csv" are read as text; '
        'set "decimal" to "," to read them as numbers'
    ]
    ctx = FakeContext(tmp_path)
    FileReader(path="a.csv", decimal=",").configure(ctx)
    assert ctx.warnings == []


def test_what_is_called_parquet_is_not_read_as_text(tmp_path: Path) -> None:
    assert '"a.parquet" cannot be read as Parquet' in refusal(tmp_path, "a.parquet", "a,b\n1,2\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blanks_that_align_columns_are_no_values(tmp_path: Path, end: str) -> None:
    lines = [" name         x    n", ' "Ann, B."  1.5    1 ', ' "Cy   D"  -20.25 30', ""]
    for name in ("a.txt", "a.data"):
        table = read(tmp_path, name, end.join(lines))
        assert table.columns == ["name", "x", "n"]
        assert table.rows() == [("Ann, B.", 1.5, 1), ("Cy   D", -20.25, 30)]


def test_large_aligned_files_are_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    table = read(tmp_path, "a.txt", "".join(f"{n:>5} {n / 2:>7}\n" for n in range(90)))
    assert table.columns == ["column_1", "column_2"]
    assert table["column_2"].sum() == sum(range(90)) / 2


@pytest.mark.parametrize("text", ["two  words\nin  lines\n", "a  b\n1;  2\n", "1  2\n3\n"])
def test_other_blanks_are_no_columns(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "a.txt", text).columns == ["line"]
