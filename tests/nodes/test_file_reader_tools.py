"""Files as other programs write them: Excel, R, pandas, SPSS, editors, and what is no table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from support.reading import read, refusal, treat_as_large

from flowengine.errors import DataError
from flowengine.testing import FakeContext
from flowengine_nodes.io.file_reader import FileReader


def warnings(folder: Path, text: str, **settings: object) -> list[str]:
    (folder / "a.csv").write_text(text)
    ctx = FakeContext(folder)
    FileReader(path="a.csv", **settings).configure(ctx)
    return ctx.warnings


def test_r_leaves_out_the_name_of_row_names(tmp_path: Path) -> None:
    text = '"mpg","cyl"\n"Mazda",21,6\n"Datsun",22.8,4\n'
    table = read(tmp_path, "a.csv", text)
    assert table.to_dict(as_series=False) == {
        "column_1": ["Mazda", "Datsun"],
        "mpg": [21.0, 22.8],
        "cyl": [6, 4],
    }
    assert "one name less than the lines below" in warnings(tmp_path, text)[0]


@pytest.mark.parametrize(
    "text",
    [
        '"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun 710" 22.8 4\n',
        "mpg\tcyl\nMazda RX4\t21\t6\nDatsun 710\t22.8\t4\n",
        '"mpg";"cyl"\n"Mazda RX4";21;6\n"Datsun 710";22.8;4\n',
    ],
)
def test_what_write_table_writes_is_a_table(tmp_path: Path, text: str) -> None:
    for name in ("cars.txt", "cars.csv"):
        table = read(tmp_path, name, text)
        assert table.rows() == [("Mazda RX4", 21.0, 6), ("Datsun 710", 22.8, 4)]


def test_what_numpy_saves_is_a_table(tmp_path: Path) -> None:
    text = "1.0e+00 2.5e+00\n3.0e+00 -4.0e+00\n"
    assert read(tmp_path, "a.txt", text).rows() == [(1.0, 2.5), (3.0, -4.0)]


@pytest.mark.parametrize(
    "text", ["first name\nJohn Paul Smith\nMary Ann Lee\n", "Chapter 1 begins\nChapter 2 ends\n"]
)
def test_words_with_blanks_between_them_are_no_columns(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "a.txt", text).columns == ["line"]


def test_a_delimiter_at_the_end_of_all_lines_but_the_first_is_no_row_name(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "a,b\n1,2,\n3,4,\n")
    assert table.to_dict(as_series=False)["a"] == [1, 3]
    assert table.columns == ["a", "b", "column_3"]


@pytest.mark.parametrize("text", ["title\n\na,b\n1,2\n", "a,b\n1,2,3\n", "a,b\n1,2,3\n4,5\n"])
def test_other_lines_that_are_too_long_are_named(tmp_path: Path, text: str) -> None:
    assert " values for " in refusal(tmp_path, "a.csv", text)


def test_the_index_of_pandas_has_no_name(tmp_path: Path) -> None:
    text = ",a\n0,x\n1,y\n"
    assert read(tmp_path, "a.csv", text).columns == ["column_1", "a"]
    assert warnings(tmp_path, text) == []


def test_a_column_without_a_name_gets_one_that_is_free(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "column_2,,x\n1,2,3\n")
    assert table.columns == ["column_2", "column_2_", "x"]


@pytest.mark.parametrize(
    ("gap", "said"), [("NA", '"NA"'), ("#NULL!", '"#NULL!"'), (".", '"."'), (" ", '" "')]
)
def test_what_stands_for_missing_numbers_is_told(tmp_path: Path, gap: str, said: str) -> None:
    text = f"id;x;s\n1;{gap};NA\n2;1,5;b\n"
    (warning,) = warnings(tmp_path, text, decimal=",", null_values=("?",))
    assert f'numbers in "x" of "a.csv" are read as text because of {said};' in warning
    assert f'set "null_values" to ["?", {said}]' in warning
    assert read(tmp_path, "a.csv", text, decimal=",", null_values=[gap])["x"].to_list() == [
        None,
        1.5,
    ]


def test_quotes_that_first_stand_far_down_are_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    table = read(tmp_path, "a.csv", "a,b\n" + "1,x\n" * 90 + '1,"y, z"\n')
    assert table["b"][-1] == "y, z"


def test_a_line_longer_than_the_sample_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat_as_large(monkeypatch)
    table = read(tmp_path, "a.csv", "a,b\n" + "x" * 500 + ",1\n" + "y,2\n" * 50)
    assert table["b"].sum() == 101
    names = ",".join(f"name_{n}" for n in range(100))
    table = read(tmp_path, "a.csv", f"{names}\n" + ("," * 99 + "5\n") * 50)
    assert table["name_99"].sum() == 250


@pytest.mark.parametrize(
    "text",
    [
        "Once upon a time, there was a king.\nHe had a daughter, and she was fair.\n",
        "To be, or not to be\nThat is, the question\n",
        "One; two\nthree; four\n",
    ],
)
def test_sentences_with_equally_many_commas_are_no_table(tmp_path: Path, text: str) -> None:
    for name in ("tale.txt", "tale", "tale.md"):
        assert read(tmp_path, name, text).columns == ["line"]
    assert read(tmp_path, "tale.csv", text).width == 2


@pytest.mark.parametrize(
    "text", ["name,city\nJohn,Rome\n", "name, age\nJohn, 4\nJane, 5\n", "a\tb\n x\t y\n"]
)
def test_rows_in_a_text_file_are_a_table(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "a.txt", text).width == 2


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "<!DOCTYPE html>\n<html>Not, found</html>\n", "is a page of a web site"),
        ("a.csv", "version https://git-lfs.github.com/spec/v1\noid x\n", "pointer of Git LFS"),
        ("a.csv", b"%PDF-1.4\n%\xe2\xe3\n", "is a PDF document; copy its table"),
        ("a.sav", b"$FL2@(#) SPSS" + bytes(9), "a data file of SPSS; save it as CSV"),
        ("a.rds", gzip.compress(b"X\n\0\0\0\3"), "a data file of R; write it with write.csv"),
        ("a.pkl", b"\x80\x04\x95" + bytes(9), "a pickle file of Python"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "is an image; read images with an Image Reader"),
        ("a.csv.bz2", b"BZh91AY&SY" + bytes(9), "packed with bzip2; unpack it"),
        ("a.csv", b"a,b\n1,2\n" * 50 + b"x\0y,1\n", "(a zero byte in line 101)"),
    ],
)
def test_what_is_no_table_is_said_with_what_to_do(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    assert sentence in refusal(tmp_path, name, content)


def test_a_web_page_can_be_read_as_text(tmp_path: Path) -> None:
    page = "<!DOCTYPE html>\n<html></html>\n"
    assert read(tmp_path, "a.html", page, format="text").height == 2


def test_a_type_that_overflows_is_called_as_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n300,1\n")
    with pytest.raises(DataError, match='"300" does not fit the type "int8"'):
        FileReader(path="a.csv", types={"a": "int8"}).execute(FakeContext(tmp_path))
