"""Files read by the File Reader, for the tests of its formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flowengine.errors import ConfigureError, DataError, FlowEngineError, PathError
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.io.file_reader import FileReader


def read(folder: Path, name: str, content: str | bytes, **settings: Any) -> pl.DataFrame:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    result = check_node(FileReader, settings={"path": name, **settings}, folder=folder)
    table = result["out"]
    assert isinstance(table, pl.DataFrame)
    return table


def refusal(folder: Path, name: str, content: str | bytes, **settings: Any) -> str:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    with pytest.raises(FlowEngineError) as caught:
        FileReader(path=name, **settings).configure(FakeContext(folder))
    assert isinstance(caught.value, (ConfigureError, DataError, PathError))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def treat_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files of a few bytes as large ones."""
    monkeypatch.setattr("flowengine_nodes.io._plan.LARGEST_IN_MEMORY", 100)
    monkeypatch.setattr("flowengine_nodes.io.file_reader.SAMPLE", 60)
