from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest
from support.reading import read, refusal, treat_as_large

from flowengine.errors import DataError, PathError
from flowengine.testing import FakeContext
from flowengine_nodes.io.file_reader import FileReader


def test_names_and_types_are_found_out(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "a.csv",
        "n,x,s,b,day,at\n1,0.5,one,true,2024-12-31,2024-12-31 23:59:00\n"
        "2,1e3,,false,2025-01-01,2025-01-01T00:00:00.5\n",
    )
    assert table.schema == pl.Schema(
        {
            "n": pl.Int64,
            "x": pl.Float64,
            "s": pl.String,
            "b": pl.Boolean,
            "day": pl.Date,
            "at": pl.Datetime("us"),
        }
    )
    assert table["x"].to_list() == [0.5, 1000.0]
    assert table["s"].to_list() == ["one", None]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", " "])
def test_the_delimiter_is_found_out(tmp_path: Path, mark: str) -> None:
    table = read(tmp_path, "a.csv", f"a{mark}b\n1{mark}2\n3{mark}4\n")
    assert table.rows() == [(1, 2), (3, 4)]


def test_commas_in_values_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'a;b\n1,5;"x;y"\n2,5;z\n', decimal=",")
    assert table.rows() == [(1.5, "x;y"), (2.5, "z")]


def test_delimiters_inside_quotes_are_no_delimiters(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", '"1"|"a;b"\n"2"|"c;d"\n').columns == ["column_1", "column_2"]


def test_the_delimiter_can_be_set(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "a:b,c\n1:2,3\n", delimiter=":").columns == ["a", "b,c"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_in_which_excel_says_the_delimiter_is_no_data(tmp_path: Path, end: str) -> None:
    table = read(tmp_path, "a.csv", end.join(["sep=;", "a;b", "1;2,5", ""]), decimal=",")
    assert table.rows() == [(1, 2.5)]
    assert table.columns == ["a", "b"]
    assert read(tmp_path, "b.csv", "sep=|\n1|2\n3|4\n", header="no").rows() == [(1, 2), (3, 4)]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "city\nNew York\nRome\n").rows() == [("New York",), ("Rome",)]


def test_a_file_of_numbers_has_no_header(tmp_path: Path) -> None:
    table = read(tmp_path, "iris.data", "5.1,3.5,setosa\n4.9,3.0,setosa\n\n")
    assert table.columns == ["column_1", "column_2", "column_3"]
    assert table.height == 2


def test_the_header_can_be_set(tmp_path: Path) -> None:
    text = "1,2\n3,4\n"
    assert read(tmp_path, "a.csv", text, header="yes").rows() == [(3, 4)]
    assert read(tmp_path, "a.csv", "a,b\nc,d\n", header="no").rows() == [("a", "b"), ("c", "d")]


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", ",a\n0,x\n1,y\n").columns == ["column_1", "a"]


def test_types_can_be_set(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "zip,n\n01234,7\n", types={"zip": "text", "n": "uint8"})
    assert table.rows() == [("01234", 7)]
    assert table.schema["n"] == pl.UInt8


def test_numbers_that_begin_with_a_zero_stay_text(tmp_path: Path) -> None:
    text = "zip,n,x,z\n10115,0,0.5,\n01234,-10,00.5,+07\n,100,1,\n"
    table = read(tmp_path, "a.csv", text)
    assert table.dtypes == [pl.String, pl.Int64, pl.Float64, pl.String]
    assert table["zip"].to_list() == ["10115", "01234", None]
    as_number = read(tmp_path, "a.csv", text, types={"zip": "integer"})
    assert as_number["zip"].to_list() == [10115, 1234, None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a,b\n7,1\n007,2\n", pl.String),
        ('a,b\n"07",1\n', pl.String),
        ("a;b\n-01;1\n", pl.String),
        ("a,b\n1,1\n 01,2\n", pl.String),
        ("a,b\n0,1\n100,2\n-0,3\n", pl.Int64),
        ("a,b\n0.01,1\n10,2\n", pl.Float64),
    ],
)
def test_a_zero_before_a_digit_makes_text(tmp_path: Path, text: str, kind: pl.DataType) -> None:
    assert read(tmp_path, "a.csv", text)["a"].dtype == kind


def test_thousands_of_columns_are_read(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(3000))
    day, number, post = ("2024-12-31," * 1000, "1," * 1000, ",".join(["01"] * 1000))
    table = read(tmp_path, "a.csv", f"{names}\n{day}{number}{post}\n\n{day}{number}{post}\n")
    assert table.shape == (2, 3000)
    assert table.dtypes == [pl.Date] * 1000 + [pl.Int64] * 1000 + [pl.String] * 1000


def test_a_wrong_date_leaves_the_others_dates(tmp_path: Path) -> None:
    days = ["2024-02-30" if n == 5 else "2024-12-31" for n in range(12)]
    table = read(tmp_path, "a.csv", ",".join("abcdefghijkl") + "\n" + ",".join(days) + "\n")
    assert table.dtypes == [pl.String if n == 5 else pl.Date for n in range(12)]


def test_comments_skipped_lines_and_missing_values(tmp_path: Path) -> None:
    text = 'a "title\nmade 2024\n# comment\na,b\n1,NA\n# more\n?,2\n'
    table = read(tmp_path, "a.csv", text, skip_rows=2, comment="#", null_values=["NA", "?"])
    assert table.rows() == [(1, None), (None, 2)]


def test_blank_lines_are_skipped(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "a,b\n1,2\n\n\n3,4\n\n").rows() == [(1, 2), (3, 4)]


def test_limit_stops_early(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "a\n1\n\n2\n3\n", limit=2).rows() == [(1,), (2,)]


def test_quoted_line_ends_stay_in_their_value(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'a,b\n"x\n\ny, z",1\n"say ""hi""",2\n')
    assert table.rows() == [("x\n\ny, z", 1), ('say "hi"', 2)]


def test_quotes_inside_a_value_are_ordinary_characters(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", 'size,n\n5" pipe,1\n6" pipe,2\n7",3\n').height == 3


def test_quotes_can_be_switched_off(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", 'a,b\n"x,1\ny,2\n', quote=None).rows() == [('"x', 1), ("y", 2)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(tmp_path: Path, end: str) -> None:
    assert read(tmp_path, "a.csv", f"a,b{end}x,1{end}y,2{end}").rows() == [("x", 1), ("y", 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_heeded(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, "a.csv", "größe,b\nü,1\n".encode(encoding))
    assert table.columns == ["größe", "b"]


def test_another_encoding_can_be_set(tmp_path: Path) -> None:
    for encoding in ("latin-1", "utf-16-le"):
        table = read(tmp_path, "a.csv", "a,b\né,1\n".encode(encoding), encoding=encoding)
        assert table["a"].to_list() == ["é"]


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, "a.tsv.gz", gzip.compress(b"a\tb,c\n1\t2\n")).columns == ["a", "b,c"]


def pack(folder: Path, **files: str) -> bytes:
    with zipfile.ZipFile(folder / "packed", "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return (folder / "packed").read_bytes()


def test_a_zip_with_one_file_is_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, "a.zip", pack(tmp_path, a_csv="a,b\n1,2\n")).rows() == [(1, 2)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xl/workbook.xml", "is an Excel workbook; save it as CSV"),
        ("word/document.xml", "is a Word document"),
        ("content.xml", "is a LibreOffice document"),
    ],
)
def test_office_files_are_refused_with_what_to_do(tmp_path: Path, name: str, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "packed", "w") as archive:
        archive.writestr("mimetype", "")
        archive.writestr(name, "<xml/>")
    assert words in refusal(tmp_path, "a.xlsx", (tmp_path / "packed").read_bytes())


def test_of_a_zip_with_several_files_one_is_named(tmp_path: Path) -> None:
    data = pack(tmp_path, a_csv="a\n1\n", b_jsonl='{"b": 2}\n')
    assert read(tmp_path, "a.zip", data, member="b.jsonl").columns == ["b"]
    assert 'which to read: "a.csv", "b.jsonl"' in refusal(tmp_path, "a.zip", data)
    assert 'Did you mean "a.csv"?' in refusal(tmp_path, "a.zip", data, member="a.cvs")


def test_parquet(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": [1, 2], "e": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"]))})
    table.write_parquet(tmp_path / "made")
    data = (tmp_path / "made").read_bytes()
    assert read(tmp_path, "a.parquet", data).equals(table)
    assert read(tmp_path, "noname", data, types={"a": "float32"})["a"].dtype == pl.Float32
    assert read(tmp_path, "a.parquet.gz", gzip.compress(data), limit=1).height == 1


def test_prose_gives_one_row_a_line(tmp_path: Path) -> None:
    table = read(tmp_path, "tale.txt", "Once upon, a time\r\n\r\n there was\r\n")
    assert table.to_dict(as_series=False) == {"line": ["Once upon, a time", "", " there was"]}


def test_a_text_file_of_columns_is_a_table(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", "a\tb\n1\t2\n").rows() == [(1, 2)]
    assert read(tmp_path, "a.txt", "a\tb\n1\t2\n", format="text").height == 2


def test_text_can_skip_lines_and_comments(tmp_path: Path) -> None:
    table = read(tmp_path, "a.txt", "head\n# no\nyes", skip_rows=1, comment="#")
    assert table["line"].to_list() == ["yes"]


def test_only_a_header_gives_an_empty_table_and_a_warning(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "a,b\n").shape == (0, 2)
    ctx = FakeContext(tmp_path)
    FileReader(path="a.csv").configure(ctx)
    assert ctx.warnings == ['"a.csv" has a header but no rows']


def test_digits_that_fit_no_number_stay_text(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "id\n123456789012345678901\n")["id"].dtype == pl.String


def test_dates_that_do_not_exist_stay_text(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "d,e\n2024-02-30,2024-02-29\n2024-01-01,\n")
    assert table.dtypes == [pl.String, pl.Date]


@pytest.mark.parametrize(
    ("name", "content", "settings", "sentence"),
    [
        ("a.csv", "", {}, '"a.csv" is empty'),
        ("a.csv", "\n \n", {}, "is empty"),
        ("a.csv", "a\n1\n", {"skip_rows": 5}, "empty after the rows that are skipped"),
        ("a.csv", "# a\n", {"comment": "#"}, "is empty"),
        ("a.csv", "a,b\n1,2\n3\n", {}, "line 3: 1 value for 2 columns"),
        ("a.csv", "a,b\n1,2\n3,4,5\n", {}, "line 3: 3 values for 2 columns"),
        ("a.csv", 'x\na,b\n"1",2\n3,4,5\n', {"skip_rows": 1}, "line 4: 3 values"),
        ("a.csv", "a,b,a\n1,2,3\n", {}, '2 columns called "a"'),
        ("a.csv", 'a,b\n"x,1\ny,2\n', {}, '"a.csv", line 2: a quote (") opens here'),
        ("a.csv", 'a,b\n1,"x\n2,y\n', {}, "line 2: a quote"),
        ("a.csv", 'a,b\n1,x\n2,"y', {}, "line 3: a quote"),
        ("a.csv", 'a,b\n"x,1\n"y",2\n"z",3\n', {}, 'line 2: a quote (") opens'),
        ("a.csv", 'a,b\n"x\ny",2,3\n', {}, "line 2: 3 values for 2 columns"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), {}, "old version of Excel"),
        ("a.csv", b"a,b\n\xff\0\1\0\0", {}, "binary data, not text"),
        ("a.csv", "a,b\né,1\n".encode("utf-16-le"), {}, 'set "encoding" to "utf-16-le"'),
        ("a.csv", "a,b\né,1\n".encode("utf-16-be"), {}, 'set "encoding" to "utf-16-be"'),
        ("a.csv", b"a,b\n\xe9,1\n", {}, '(Windows) or "latin-1"'),
        ("a.csv", b"a,b\n\xe9,1\n", {}, 'byte 0xE9 in line 2); set "encoding"'),
        ("a.csv", "a\n1\n", {"encoding": "klingon"}, 'no encoding "klingon"'),
        ("a.csv", "ab,b\n1,2\n", {"types": {"a": "text"}}, 'Did you mean "ab"?'),
        ("a.csv.gz", b"no gzip", {}, "is no gzip file, though its name says so"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n")[:-9], {}, "is damaged"),
        ("a.zip", b"PK\x03\x04 rubbish", {}, "is damaged"),
        ("a.zip", b"rubbish", {}, "is no zip file"),
        ("a.parquet", b"PAR1 rubbish", {}, "cannot be read as Parquet"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(
    tmp_path: Path, name: str, content: str | bytes, settings: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(tmp_path, name, content, **settings)


def test_a_value_that_does_not_fit_its_type_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,x\n\nten,y\n")
    reader = FileReader(path="a.csv", types={"a": "integer"})
    with pytest.raises(DataError, match=r'row 2, column "a": "ten" .*"types" to \{"a": "text"\}'):
        reader.execute(FakeContext(tmp_path))


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r"no.csv"):
        FileReader(path="no.csv").configure(FakeContext(tmp_path))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(PathError, match=r'"folder.csv" is a folder'):
        FileReader(path="folder.csv").configure(FakeContext(tmp_path))


def test_a_long_preface_of_comments_is_skipped(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "# x\n" * 500 + "a,b\n1,2\n", comment="#").rows() == [(1, 2)]


def test_a_header_over_two_lines_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'n,"a\nb"\n\n# c\n1,x\n', comment="#")
    assert table.to_dict(as_series=False) == {"n": [1], "a\nb": ["x"]}


@pytest.fixture
def streaming(monkeypatch: pytest.MonkeyPatch) -> None:
    treat_as_large(monkeypatch)


@pytest.mark.usefixtures("streaming")
def test_a_large_file_streams_with_filter_columns_and_limit(tmp_path: Path) -> None:
    text = "skip me\na,b\n" + "".join(f"{n},x{n}\n" for n in range(100))
    assert read(tmp_path, "a.csv", text, skip_rows=1).height == 100
    frame = FileReader(path="a.csv", skip_rows=1).execute(FakeContext(tmp_path))
    assert frame.filter(pl.col("a") >= 98).select("b").collect().rows() == [("x98",), ("x99",)]
    assert frame.head(3).collect()["a"].to_list() == [0, 1, 2]
    assert frame.select(pl.len()).collect().item() == 100
    limited = FileReader(path="a.csv", skip_rows=1, limit=7).execute(FakeContext(tmp_path))
    assert limited.collect(engine="streaming").height == 7


@pytest.mark.usefixtures("streaming")
def test_a_value_far_down_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,x\n" * 100 + "ten,x\n")
    frame = FileReader(path="a.csv").execute(FakeContext(tmp_path))
    with pytest.raises(DataError, match=r'"a.csv" row 101, column "a": "ten" does not fit'):
        frame.collect()
    with pytest.raises(DataError, match="row 101"):
        frame.filter(pl.col("b") == "x").sink_csv(tmp_path / "out.csv")


@pytest.mark.usefixtures("streaming")
def test_a_long_line_far_down_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,x\n" * 100 + "1,x,y\n")
    with pytest.raises(DataError, match="a line with more than 2 values"):
        FileReader(path="a.csv").execute(FakeContext(tmp_path)).collect()


@pytest.mark.usefixtures("streaming")
def test_a_quote_far_down_that_is_never_closed_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n"x",1\n' + "x,1\n" * 100 + '"x,1\n' + "y,2\n" * 100)
    with pytest.raises(DataError, match=r'"a.csv", line 103: a quote \("\) opens here'):
        FileReader(path="a.csv").execute(FakeContext(tmp_path)).collect()


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize(
    ("name", "line"), [("a.jsonl", '{"a": 1}\n'), ("a.txt", "some words\r\n"), ("a.csv", "x\n")]
)
def test_other_large_files_stream(tmp_path: Path, name: str, line: str) -> None:
    assert read(tmp_path, name, line * 100, header="no").height == 100


@pytest.mark.usefixtures("streaming")
def test_large_packed_and_foreign_files_are_read_whole(tmp_path: Path) -> None:
    text = "a,b\n" + "1,é\n" * 100
    assert read(tmp_path, "a.csv.gz", gzip.compress(text.encode())).height == 100
    assert read(tmp_path, "a.csv", text.encode("cp1252"), encoding="cp1252").height == 100


@pytest.mark.usefixtures("streaming")
def test_a_large_parquet_file_streams(tmp_path: Path) -> None:
    pl.DataFrame({"a": range(100)}).write_parquet(tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    assert read(tmp_path, "a.parquet", data, types={"a": "number"})["a"].dtype == pl.Float64


def test_quoted_empty_values_are_missing(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", '"n","s"\n"1",""\n"","x"\n')
    assert table.rows() == [(1, None), (None, "x")]


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("name", ["*", "^a.*$"])
def test_a_large_file_streams_a_column_whose_name_looks_like_a_pattern(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "a.csv").write_text(f"{name},ab\n" + "".join(f"{n},x{n}\n" for n in range(100)))
    frame = FileReader(path="a.csv").execute(FakeContext(tmp_path))
    number = cs.by_name(name)
    kept = frame.filter(number.as_expr() > 97).select(number).collect()
    assert kept.rows() == [(98,), (99,)]
