"""Slips at the command line and in files written by hand: one sentence with what was meant."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.engine import NODES, document, write

from flowengine.cli.main import main
from flowengine.errors import FlowEngineError
from flowengine.testing import FakeContext
from flowengine_nodes.io.csv_writer import CsvWriter


@pytest.fixture
def said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "flow.json", document({"number": "local.number", "other": "local.number"}))

    def call(*words: str) -> str:
        assert main([*words, "--nodes", str(NODES)]) == 2
        return "".join(capsys.readouterr())

    return call


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run", "flw.json"], 'there is no file "flw.json". Did you mean "flow.json"?'),
        (["run", "nothing"], 'there is no file "nothing"; in "." there is flow.json'),
        (["run", "flow.json", "--until", "number.out"], '"number.out" is a port; a run goes until'),
        (["run", "flow.json", "--until", "zz"], 'Its nodes are "number", "other"'),
        (["run", "flow.json", "--workers", "1000"], "expected a number of processes, 0 to 256"),
        (["run", "flow.json", "--report", "."], '--report: "." is a folder; name a file in it'),
    ],
)
def test_a_call_is_answered_with_what_was_meant(said: Any, words: list[str], sentence: str) -> None:
    assert sentence in said(*words)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"flowengine": 1, }', 'a comma stands before the closing "}"; take it away'),
        ('{"flowengine": 1, "nodes": {}, "connections": [1,\n]}', 'before the closing "]"'),
        ('{"flowengine": 1, // new\n"nodes": {}}', "JSON has no comments; take it away"),
        ("{'flowengine': 1}", "text stands in double quotes, not in single ones"),
        ('{"flowengine": 1 "nodes"', "expecting ',' delimiter"),
    ],
)
def test_other_languages_are_not_json(said: Any, text: str, sentence: str) -> None:
    Path("bad.json").write_text(text)
    answer = said("validate", "bad.json")
    assert sentence in answer
    assert "(line " in answer


def test_text_in_utf_16_is_told(said: Any) -> None:
    Path("bad.json").write_bytes('{"flowengine": 1}'.encode("utf-16"))
    assert '"bad.json" is text in UTF-16; save it in UTF-8' in said("validate", "bad.json")


def test_a_pipe_is_not_waited_for(said: Any) -> None:
    os.mkfifo("pipe.json")
    assert '"pipe.json" is a pipe, not a file' in said("validate", "pipe.json")


def test_a_type_without_a_pack_is_no_type(said: Any) -> None:
    write(Path("bad.json"), document({"a": "../../etc.passwd"}))
    assert '"../../etc.passwd" is no node type; expected "pack.name"' in said(
        "validate", "bad.json"
    )


def test_an_input_that_is_not_there_names_those_that_take_what_comes(said: Any) -> None:
    nodes = {"t": "local.table", "l": "network.learner"}
    write(Path("bad.json"), document(nodes, ["t.out l.table"]))
    answer = said("validate", "bad.json")
    assert '"l" has no input "table". A table goes to "training_data", "validation_data"' in answer


def test_a_rate_that_32_bits_cannot_hold_is_refused(said: Any) -> None:
    optimizer = {"type": "sgd", "learning_rate": 1e300}
    write(Path("bad.json"), document({"l": ("network.learner", {"optimizer": optimizer})}))
    answer = said("validate", "bad.json")
    assert "/nodes/l/settings/optimizer/learning_rate: 1e+300 is too large for 32 bits" in answer


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, mode: str = "r") -> io.BufferedWriter:
        return open("/dev/full", "wb")  # closed by the writer

    monkeypatch.setattr(Path, "open", full)
    writer = CsvWriter(path="a.csv")
    with pytest.raises(FlowEngineError, match=r'"a\.csv" cannot be written: No space left'):
        writer.execute(pl.LazyFrame({"a": range(100_000)}), FakeContext(tmp_path))
