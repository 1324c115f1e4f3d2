"""Files of other programs, given to the nodes that read networks: what each is, and what helps."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from flowengine import DataError, Network, NetworkSpec, TensorSpec
from flowengine.nn.network_file import network_bytes
from flowengine.testing import FakeContext
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.network.keras_reader import KerasReader
from flowengine_nodes.network.reader import Reader
from flowengine_nodes.network.state_dict_reader import StateDictReader

NETWORK = Network(NetworkSpec.input("x", TensorSpec((4,))).apply("0", Dense(units=3)))
MODULE = torch.nn.Sequential(torch.nn.Linear(4, 3))


def holding(*names: str) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "{}")

    return make


def bytes_of(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def saved_model(path: Path) -> None:
    (path / "variables").mkdir(parents=True)
    (path / "saved_model.pb").write_bytes(b"\x08\x01")


def hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = np.ones(3)


KERAS, OWN, STATE = "Keras Reader", "Network Reader", "State Dict Reader"
FILES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "saved": (saved_model, "a SavedModel of TensorFlow, .*model.save", ""),
    "folder": (lambda path: path.mkdir(), "is a folder, no file; name a file in it", ""),
    "saved_model.pb": (bytes_of(b"\x08\x01"), "is part of a SavedModel of TensorFlow", ""),
    "frozen.pb": (bytes_of(b"\x0a\x01"), "is a graph of TensorFlow, which is a program", ""),
    "a.ckpt.index": (bytes_of(b"\0\0\1"), "is part of a checkpoint of TensorFlow", ""),
    "a.tflite": (bytes_of(b"\x1c\0\0\0TFL3"), "is a model of TensorFlow Lite", ""),
    "a.onnx": (bytes_of(b"\x08\x0a\x12\x07pytorch"), "is a model in ONNX, .*not read", ""),
    "model.json": (bytes_of(b'{"class_name": "Sequential"}'), "the description of a model", ""),
    "js.json": (bytes_of(b'{"modelTopology": {}}'), "a model of TensorFlow.js", ""),
    "page.keras": (bytes_of(b"\n<!DOCTYPE html>"), "is a page of the web", ""),
    "lfs.h5": (bytes_of(b"version https://git-lfs.github.com/spec/v1\n"), "git lfs pull", ""),
    "empty.keras": (bytes_of(b""), "is an empty file", ""),
    "packed.keras": (bytes_of(gzip.compress(b"x")), r"packed file \(gzip\); unpack it", ""),
    "a.pkl": (bytes_of(b"\x80\x04}."), "is a pickle of Python, .* never executed", ""),
    "a.npz": (holding("a.npy", "b.npy"), "is a file of numpy's arrays", ""),
    "inner.zip": (holding("deep/net.keras"), 'a zip file with "deep/net.keras" in it', ""),
    "other.zip": (holding("a.txt"), 'a zip file with "a.txt" in it', ""),
    "again.zip": (
        holding("net/config.json", "net/model.weights.h5"),
        "a Keras file that was packed again, with a folder around its parts",
        "",
    ),
    "script.pt": (
        lambda path: torch.jit.script(MODULE).save(str(path)),
        "is a program of TorchScript, and code in files is never executed",
        "",
    ),
    "net.keras": (holding("config.json"), f"is a model of Keras; .*{KERAS}", KERAS),
    "data.h5": (hdf5, f"is an HDF5 file, .*{KERAS}", KERAS),
    "own.safetensors": (
        lambda path: path.write_bytes(network_bytes(NETWORK)),
        f"is a network of flowengine; .*{OWN}",
        OWN,
    ),
    "weights.safetensors": (
        lambda path: save_file({"0.bias": np.ones(3, "float32")}, path),
        f"weights without the layers that they belong to; .*{STATE}",
        STATE,
    ),
    "state.pt": (lambda path: torch.save(MODULE.state_dict(), path), f"PyTorch.*{STATE}", STATE),
    "old.pt": (
        lambda path: torch.save(MODULE, path, _use_new_zipfile_serialization=False),
        f"is a file of PyTorch, whose layers are code.*{STATE}",
        STATE,
    ),
}
READERS: dict[str, Callable[[str, FakeContext], Any]] = {
    KERAS: lambda path, ctx: KerasReader(path=path).execute(ctx),
    OWN: lambda path, ctx: Reader(path=path).execute(ctx),
    STATE: lambda path, ctx: StateDictReader(path=path).execute(NETWORK, ctx),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", FILES)
def test_what_a_file_is_and_what_helps_is_told(name: str, reader: str, tmp_path: Path) -> None:
    make, words, owner = FILES[name]
    make(tmp_path / name)
    if reader == owner:
        return
    with pytest.raises(DataError, match=f'^"{name}" .*{words}'):
        READERS[reader](name, FakeContext(tmp_path))


@pytest.mark.parametrize("reader", READERS)
def test_what_is_nothing_that_anybody_knows_is_refused(reader: str, tmp_path: Path) -> None:
    for name in ("a.keras", "a.h5", "a.safetensors", "a.pt"):
        (tmp_path / name).write_bytes(b"hello, this is no file of any kind")
        with pytest.raises(DataError, match=f'^"{name}" is '):
            READERS[reader](name, FakeContext(tmp_path))
