"""Values as files."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from safetensors.numpy import load_file
from support.shown import Shown, show, show_run

from flowengine.server.values.downloads import FORMATS, MEDIA_TYPES, file_name, write_download
from flowengine.server.values.lookup import NoSuchPlace

DENSE = {"input": ("layer.input", {"shape": [4]}), "dense": ("layer.dense", {"units": 3})}
WIRES = ["input.out dense.network"]


def downloaded(shown: Shown, folder: Path, node: str, port: str, format: str) -> Path:
    target = folder / f"file.{format}"
    write_download(shown.values, shown.store, shown.plan, node, port, format, target)
    return target


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return show_run(tmp_path, {"values": "local.values", **DENSE}, WIRES)


def test_csv_names_pictures_and_has_lists_as_json(shown: Shown, tmp_path: Path) -> None:
    lines = downloaded(shown, tmp_path, "values", "table", "csv").read_text().splitlines()
    assert lines[0] == "number,word,image,list,digit"
    assert lines[2] == ",w1,image 4×6×1,[0],1"
    assert lines[3] == '2.0,w0,image 4×6×1,"[0,1]",0'


def test_parquet_is_the_table_itself(shown: Shown, tmp_path: Path) -> None:
    table = pl.read_parquet(downloaded(shown, tmp_path, "values", "table", "parquet"))
    assert table.equals(shown.found("values", "table").value)


def test_json_has_a_record_for_each_row(shown: Shown, tmp_path: Path) -> None:
    rows = json.loads(downloaded(shown, tmp_path, "values", "table", "json").read_text())
    assert [row["word"] for row in rows] == ["w0", "w1", "w0", "w1", "w0"]


def test_lengths_of_time_and_bytes_are_written_in_text_files(tmp_path: Path) -> None:
    shown = show_run(tmp_path, {"odd": "local.odd_columns"})
    csv = downloaded(shown, tmp_path, "odd", "out", "csv").read_text().splitlines()
    assert csv == ["took,bytes", "PT1M30S,binary", ","]
    json_text = downloaded(shown, tmp_path, "odd", "out", "json").read_text()
    assert json.loads(json_text) == [
        {"took": "PT90S", "bytes": "binary"},
        {"took": None, "bytes": None},
    ]


def test_chart_is_a_whole_vega_lite_file(shown: Shown, tmp_path: Path) -> None:
    chart = json.loads(downloaded(shown, tmp_path, "values", "chart", "json").read_text())
    assert chart["mark"] == "point"
    assert chart["datasets"]["table"][1] == {"number": None}


def test_model_keeps_its_arrays(shown: Shown, tmp_path: Path) -> None:
    path = downloaded(shown, tmp_path, "values", "model", "safetensors")
    assert load_file(path)["mean"].shape == (2, 3)


def test_network_is_described_in_its_file(shown: Shown, tmp_path: Path) -> None:
    path = downloaded(shown, tmp_path, "dense", "out", "json")
    assert json.loads(path.read_text())["layers"]["dense"]["settings"] == {"units": 3}


def test_network_can_be_taken_to_keras(shown: Shown, tmp_path: Path) -> None:
    assert downloaded(shown, tmp_path, "dense", "out", "keras").read_bytes()[:2] == b"PK"


def test_diagram_needs_no_run(tmp_path: Path) -> None:
    path = downloaded(show(tmp_path, DENSE, WIRES), tmp_path, "dense", "out", "svg")
    assert path.read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("port", "format"),
    [(port, format) for port in ("table", "chart", "model") for format in FORMATS[port]],
)
def test_every_format_gives_a_file(shown: Shown, tmp_path: Path, port: str, format: str) -> None:
    assert downloaded(shown, tmp_path, "values", port, format).stat().st_size
    assert format in MEDIA_TYPES


def test_unknown_format_is_refused_with_those_there_are(shown: Shown, tmp_path: Path) -> None:
    with pytest.raises(NoSuchPlace, match='There is "csv", "parquet", "json"'):
        downloaded(shown, tmp_path, "values", "table", "exe")


def test_file_name_has_nothing_strange() -> None:
    assert file_name("a/b c.json", "block/node", "first", "csv") == "b_c_block_node_first.csv"
    assert file_name("ä/../x.json", "n", "out", "json") == "x_n.json"


def test_csv_has_columns_once_whose_names_look_like_patterns(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"*": 1, "ab": {"c": 2}}\n{"*": 3, "ab": null}\n')
    shown = show_run(tmp_path, {"reader": ("io.file_reader", {"path": "x.jsonl"})}, [])
    written = downloaded(shown, tmp_path, "reader", "out", "csv").read_text()
    assert written == '*,ab\n1,"{""c"":2}"\n3,\n'
