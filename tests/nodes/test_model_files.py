"""Models in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from flowengine.errors import ConfigureError, DataError, PathError
from flowengine.testing import FakeContext, check_node
from flowengine.values import Model, ModelSpec
from flowengine_nodes.io.model_reader import ModelReader
from flowengine_nodes.io.model_writer import ModelWriter

MODEL = Model("dictionary", {"size": 2, "markers": {"end": "→"}}, {"tokens": np.arange(3.0)})


def write(folder: Path) -> Path:
    check_node(
        ModelWriter, settings={"path": "kept/m.safetensors"}, inputs={"model": MODEL}, folder=folder
    )
    return folder / "kept" / "m.safetensors"


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    write(tmp_path)
    made = check_node(ModelReader, settings={"path": "kept/m.safetensors"}, folder=tmp_path)
    model = made["out"]
    assert (model.kind, model.settings) == (MODEL.kind, MODEL.settings)
    assert model.tensors["tokens"].tolist() == [0, 1, 2]


def test_kind_and_settings_are_known_before_the_run(tmp_path: Path) -> None:
    write(tmp_path)
    reader = ModelReader(path="kept/m.safetensors")
    spec = reader.configure(FakeContext(tmp_path))
    assert spec == ModelSpec("dictionary", MODEL.settings)


@pytest.mark.parametrize(
    "content", [b"", b"no model at all", save({"a": np.zeros(2)}), b"\xff" * 16]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match='"x" is no model of flowengine'):
        ModelReader(path="x").execute(FakeContext(tmp_path))


def test_a_file_that_ends_too_early_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(DataError, match="is damaged"):
        ModelReader(path="kept/m.safetensors").execute(FakeContext(tmp_path))


def test_a_file_that_is_there_may_be_kept(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"mine")
    writer = ModelWriter(path="m", overwrite="refuse")
    with pytest.raises(ConfigureError, match="exists already"):
        writer.configure(ModelSpec("dictionary"), FakeContext(tmp_path))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with pytest.raises(ConfigureError, match=r"models/model\.safetensors"):
        ModelWriter(path="models").configure(ModelSpec("dictionary"), FakeContext(tmp_path))


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PathError, match="cannot be written"):
        ModelWriter(path="file/m").execute(MODEL, FakeContext(tmp_path))
