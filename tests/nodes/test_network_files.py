"""Networks written to files and read again; files that are none, or damaged, in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from flowengine.binding import Binding, Feed
from flowengine.blobs import save_blob
from flowengine.errors import ConfigureError, DataError, PathError
from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.reader import Reader
from flowengine_nodes.network.writer import Writer


class LayerContext(FakeContext):
    """A context that makes layers, as the engine's does."""

    def load_layer(self, type_id: str, version: int, settings: dict[str, Any]) -> BaseLayer:
        return Registry.default().load_layer(type_id, version, settings)


def network(folder: Path) -> Network:
    dense = Registry.default().load_layer("layer.dense", 1, {"units": 2, "activation": "softmax"})
    spec = NetworkSpec.input("input", TensorSpec((3,))).apply("block_1/dense", dense)
    arrays = {
        "kernel": np.arange(6.0, dtype="float32").reshape(3, 2),
        "bias": np.ones(2, "float32"),
    }
    blobs = folder / "blobs"
    return Network(
        spec,
        {"block_1/dense": save_blob(blobs, arrays)},
        Binding(
            {"input": Feed(("a", "b", "c"), "number")}, {"dense": Feed(("y",), "index", ("n", "y"))}
        ),
        blobs,
    )


def write(net: Network, folder: Path, name: str = "net.safetensors", **settings: Any) -> Path:
    Writer.model_validate({"path": name, **settings}).execute(net, FakeContext(folder))
    return folder / name


def read(folder: Path, name: str = "net.safetensors") -> Network:
    return Reader(path=name).execute(LayerContext(folder))


def edit(path: Path, change: Any) -> None:
    """Write the file again with its metadata or tensors changed."""
    data = path.read_bytes()
    metadata = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    tensors = load(data)
    change(metadata, tensors)
    path.write_bytes(save(tensors, metadata=metadata))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    net = network(tmp_path)
    write(net, tmp_path)
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "net.safetensors").write_bytes((tmp_path / "net.safetensors").read_bytes())
    back = read(other)
    assert back == net
    assert back.blobs == other / "blobs"
    assert back.is_trained


def test_the_nodes_keep_what_every_node_promises(tmp_path: Path) -> None:
    check_node(
        Writer,
        folder=tmp_path,
        settings={"path": "net.safetensors"},
        inputs={"network": network(tmp_path)},
    )
    check_node(Reader, folder=tmp_path, settings={"path": "net.safetensors"}, context=LayerContext)


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {write(network(tmp_path), tmp_path).read_bytes() for _ in range(9)}
    assert len(files) == 1


def test_any_program_can_read_the_weights(tmp_path: Path) -> None:
    tensors = load(write(network(tmp_path), tmp_path).read_bytes())
    assert sorted(tensors) == ["block_1/dense:bias", "block_1/dense:kernel"]


def test_an_untrained_network_is_written_with_a_warning(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    Writer(path="net.safetensors").execute(Network(network(tmp_path).spec), ctx)
    assert "not trained" in ctx.warnings[0]
    assert not read(tmp_path).is_trained


def test_an_existing_file_is_refused_if_asked_for(tmp_path: Path) -> None:
    write(network(tmp_path), tmp_path)
    write(network(tmp_path), tmp_path)
    with pytest.raises(ConfigureError, match="exists already"):
        write(network(tmp_path), tmp_path, overwrite="refuse")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    with pytest.raises(ConfigureError, match="is a folder"):
        write(network(tmp_path), tmp_path, "nets")
    with pytest.raises(DataError, match="is a folder"):
        read(tmp_path, "nets")


def test_a_missing_file_is_said_while_wiring(tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r"nothing\.safetensors"):
        Reader(path="nothing.safetensors").configure(FakeContext(tmp_path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"hello", "no network"),
        (b"\xff" * 100, "no network"),
        ((10).to_bytes(8, "little") + b"[" * 10, "no network"),
        ((10**6).to_bytes(8, "little") + b"{", "no network"),
        (save({"a": np.ones(2)}), "a file of weights without"),
        (save({"a": np.ones(2)}, metadata={"format": "pt"}), "a file of weights without"),
    ],
    ids=["empty", "text", "bytes", "brackets", "cut", "bare", "foreign"],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "net.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=rf'"net\.safetensors" is {words}'):
        read(tmp_path)


def test_a_cut_file_is_damaged(tmp_path: Path) -> None:
    path = write(network(tmp_path), tmp_path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(DataError, match="damaged"):
        read(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    edit(write(network(tmp_path), tmp_path), lambda metadata, _: metadata.update(version="9"))
    with pytest.raises(DataError, match="version 9"):
        read(tmp_path)


def test_a_broken_description_is_refused(tmp_path: Path) -> None:
    path = write(network(tmp_path), tmp_path)
    for text in ("", "[]", "{}", '{"layers": {"a": 1}}', "[" * 100_000):
        edit(path, lambda metadata, _, text=text: metadata.update(network=text))
        with pytest.raises(DataError, match=r"net\.safetensors"):
            read(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda net: net["layers"].update(z=net["layers"]["block_1/dense"]), '"z" is never called'),
        (lambda net: net.update(outputs={"q": "q"}), '"q" is computed by no layer'),
        (
            lambda net: net["binding"]["inputs"].update(
                y={"columns": ["a"], "conversion": "number", "categories": []}
            ),
            'the input "y", which',
        ),
        (
            lambda net: net["layers"]["block_1/dense"].update(version=99),
            "saved by its version 99, but version 1 is installed",
        ),
        (
            lambda net: net["inputs"]["input"].update(dtype="float"),
            r'/inputs/input/dtype: expected .*, got "float".* Did you mean "float',
        ),
        (
            lambda net: net["inputs"]["input"].update(shape=["3"]),
            '/inputs/input/shape/0: expected a whole number, got "3"',
        ),
        (
            lambda net: net["binding"]["inputs"]["input"].update(columns=[]),
            "/binding/inputs/input/columns: expected a list of at least 1",
        ),
        (lambda net: net.pop("calls"), '/calls: the key "calls" is required'),
        (
            lambda net: net["calls"][0].update(inputs=["inptu"]),
            '/calls/0: no call before it makes "inptu"',
        ),
        (
            lambda net: net["calls"][0].update(layer="dense"),
            '/calls/0: there is no layer "dense"',
        ),
    ],
    ids=[
        "layer",
        "output",
        "feed",
        "version",
        "dtype",
        "shape",
        "columns",
        "calls",
        "tensor",
        "called",
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    tmp_path: Path, change: Any, words: str
) -> None:
    describe(write(network(tmp_path), tmp_path), change)
    with pytest.raises(DataError, match=words):
        read(tmp_path)


def describe(path: Path, change: Any) -> None:
    """Write the file again with its description changed."""

    def changed(metadata: dict[str, str], _: Any) -> None:
        described = json.loads(metadata["network"])
        change(described)
        metadata["network"] = json.dumps(described)

    edit(path, changed)


@pytest.mark.parametrize(
    ("type_id", "inputs", "words"),
    [
        ("lstm", 2, '"layer" takes 1 or 3 inputs, and is called on 2: "x", "h"'),
        ("gru", 3, '"layer" takes 1 or 2 inputs, and is called on 3'),
        ("dense", 2, '"layer" takes 1 input, and is called on 2'),
    ],
)
def test_a_call_with_too_few_or_too_many_tensors_is_refused(
    tmp_path: Path, type_id: str, inputs: int, words: str
) -> None:
    layer = Registry.default().load_layer(f"layer.{type_id}", 1, {"units": 4})
    spec = NetworkSpec.input("x", TensorSpec((5, 3)))
    for name in ("h", "c"):
        spec = spec.merge(NetworkSpec.input(name, TensorSpec((4,))))
    path = write(Network(spec.apply("layer", layer, ["x"])), tmp_path)
    given = ["x", "h", "c"][:inputs]
    describe(path, lambda net: net["calls"][0].update(inputs=given))
    with pytest.raises(DataError, match=words):
        read(tmp_path)


def test_an_unknown_layer_type_is_named(tmp_path: Path) -> None:
    path = write(network(tmp_path), tmp_path)
    edit(
        path,
        lambda metadata, _: metadata.update(
            network=metadata["network"].replace("layer.dense", "layer.lambda")
        ),
    )
    with pytest.raises(DataError, match=r"layer\.lambda"):
        read(tmp_path)


def test_weights_must_fit_their_layers(tmp_path: Path) -> None:
    path = write(network(tmp_path), tmp_path)
    good = path.read_bytes()
    name = "block_1/dense:kernel"
    changes = {
        "the layer needs float32 of shape": lambda _, t: t.update(
            {name: np.ones((2, 2), "float32")}
        ),
        "is float64": lambda _, t: t.update({name: np.ones((3, 2))}),
        'lacks the weights "kernel"': lambda _, t: t.pop(name),
        'unknown layers: "other:kernel"': lambda _, t: t.update({"other:kernel": np.ones(1)}),
    }
    for words, change in changes.items():
        path.write_bytes(good)
        edit(path, change)
        with pytest.raises(DataError, match=words):
            read(tmp_path)


def test_frozen_layers_stay_frozen(tmp_path: Path) -> None:
    net = network(tmp_path)
    frozen = net.with_spec(replace(net.spec, frozen=frozenset({"block_1/dense"})))
    write(frozen, tmp_path)
    assert read(tmp_path).spec.frozen == {"block_1/dense"}
