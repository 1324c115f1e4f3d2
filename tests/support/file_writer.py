"""A process that writes a file anew, each time with another number in it, until it is killed.

``python file_writer.py KIND FOLDER [URL]`` prints a line when it begins.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from flowengine import Model, Network, NetworkSpec, TensorSpec
from flowengine.blobs import save_blob
from flowengine.data import DataSet
from flowengine.data.cache import path_of
from flowengine.data.catalogue import Web
from flowengine.data.fetch import fetch
from flowengine.server.documents.versions import etag_of, save
from flowengine.testing import FakeContext
from flowengine_nodes.io.csv_writer import CsvWriter
from flowengine_nodes.io.model_writer import ModelWriter
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.network.writer import Writer

ROWS = 30_000
UNITS = 20_000
NODES = 300
CONTENT = b"0123456789abcdef" * 100_000


def table(number: int, folder: Path) -> None:
    rows = pl.LazyFrame({"n": [number] * ROWS, "s": ["a, b"] * ROWS})
    CsvWriter(path="out.csv").execute(rows, FakeContext(folder))


def model(number: int, folder: Path) -> None:
    made = Model("count", {"n": number}, {"n": np.full(UNITS, number)})
    ModelWriter(path="out.safetensors").execute(made, FakeContext(folder))


def network(number: int, folder: Path) -> None:
    spec = NetworkSpec.input("in", TensorSpec((1,))).apply("dense", Dense(units=UNITS))
    arrays = {
        "kernel": np.full((1, UNITS), number, "float32"),
        "bias": np.full(UNITS, number, "float32"),
    }
    blobs = folder / "blobs"
    made = Network(spec, {"dense": save_blob(blobs, arrays)}, None, blobs)
    Writer(path="out.safetensors").execute(made, FakeContext(folder))


def component(number: int, folder: Path) -> None:
    """Save as the editor does, every other time a file that was not there."""
    path = folder / "block.json"
    if number % 2:
        path.unlink(missing_ok=True)
    nodes = {f"n{place}": {"type": "layer.dense"} for place in range(NODES)}
    document = {"flowengine": 1, "name": str(number), "nodes": nodes}
    save(path, json.dumps(document).encode(), expected=etag_of(path))


def data(number: int, folder: Path) -> None:
    """Fetch from a server of this machine what was fetched before."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    web = Web(f"{sys.argv[3]}/it.gz", gzipped=True)
    item = DataSet("test/it", "test/it", len(CONTENT), digest, "none", "a test", (web,))
    path_of(item).unlink(missing_ok=True)
    fetch("test/it", catalogue=(item,))


KINDS: dict[str, Callable[[int, Path], None]] = {
    one.__name__: one for one in (table, model, network, component, data)
}


if __name__ == "__main__":
    write, folder = KINDS[sys.argv[1]], Path(sys.argv[2])
    write(0, folder)
    print("writing", flush=True)
    for number in itertools.count(1):
        write(number, folder)
