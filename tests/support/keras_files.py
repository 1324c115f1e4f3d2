"""Small Keras files, and ways to break them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
from support.keras_models import make

from flowengine import Network
from flowengine.testing import FakeContext
from flowengine_nodes.network.keras_reader import KerasReader


def read(path: Path, **settings: Any) -> Network:
    return KerasReader(path=path.name, **settings).execute(FakeContext(path.parent))


def small(folder: Path) -> Path:
    model, _ = make("perceptron")
    model.save(folder / "net.keras")
    return folder / "net.keras"


def change_config(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Write a ``.keras`` file again with its configuration changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    change(config)
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def change_weights(path: Path, change: Callable[[h5py.File], object]) -> None:
    """Write a ``.keras`` file again with its weights changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    data = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(data, "r+") as file:
        change(file)
    parts["model.weights.h5"] = data.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def keras2_file(path: Path, config: dict[str, Any], weights: dict[str, list[Any]]) -> None:
    """Write an ``.h5`` file as Keras 2 did."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.10.0"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for layer, arrays in weights.items():
            own = group.create_group(layer)
            names = [f"{layer}/w_{number}:0" for number in range(len(arrays))]
            own.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in zip(names, arrays, strict=True):
                own[name] = array
