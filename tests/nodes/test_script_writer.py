"""Networks as programs: they run without flowengine, and compute the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.every_layer import SAMPLES as EVERY
from support.scripts import chain, check_style, compare, layer, normal, write

from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_node
from flowengine_nodes.network._script.writers import WRITERS
from flowengine_nodes.network.script_writer import ScriptWriter


def samples() -> Iterator[tuple[str, NetworkSpec, list[Any]]]:
    yield (
        "convolutions",
        chain(
            TensorSpec((13, 12, 3), "uint8"),
            layer("rescaling", scale=1 / 255, offset=-0.5),
            layer("conv2d", filters=4, kernel_size=3, padding="same", activation="relu"),
            layer("max_pooling2d", pool_size=2),
            layer("batch_normalization"),
            layer("conv2d", filters=4, kernel_size=[3, 2], strides=2, padding="same"),
            layer("relu", max_value=6.0),
            layer("conv2d_transpose", filters=3, kernel_size=4, strides=2, padding="same"),
            layer("dropout", rate=0.5),
            layer("flatten"),
            layer("dense", units=3, activation="softmax"),
        ),
        [np.arange(2 * 13 * 12 * 3).reshape(2, 13, 12, 3).astype("uint8")],
    )
    yield (
        "characters",
        chain(
            TensorSpec((5,), "int32"),
            layer("one_hot", num_classes=9),
            layer("lstm", units=4, return_sequences=True),
            layer("gru", units=3, return_sequences=True, go_backwards=True),
            layer("simple_rnn", units=3, activation="relu"),
            layer("dense", units=9, activation="softmax"),
        ),
        [np.array([[0, 1, 2, 8, 9], [4, 4, 4, 4, 4]], "int32")],
    )
    image = NetworkSpec.input("image", TensorSpec((6, 6, 2)))
    one = image.apply("one", layer("conv2d", filters=3, kernel_size=1))
    two = image.apply("two", layer("max_pooling2d", pool_size=3, strides=1, padding="same"))
    both = one.merge(two)
    spec = both.apply("side by side", layer("concatenate"), ["one", "two"])
    spec = spec.apply("class", layer("global_average_pooling2d"))
    yield "branches", replace(spec, outputs={"mean": "class", "map": "one"}), [normal(2, 6, 6, 2)]
    steps = NetworkSpec.input("steps", TensorSpec((4, 3)))
    encoder = steps.apply("encoder", layer("lstm", units=2))
    states = ["encoder.state_h", "encoder.state_c"]
    decoder = encoder.apply(
        "decoder", layer("lstm", units=2, return_sequences=True), ["steps", *states]
    )
    outputs = {"decoder": "decoder", "cell": "encoder.state_c"}
    yield "states", replace(decoder, outputs=outputs), [normal(2, 4, 3)]
    dense = layer("dense", units=3)
    once = NetworkSpec.input("x", TensorSpec((3,))).apply("shared", dense)
    call = replace(once.calls["shared"], inputs=("shared",), outputs=("again",))
    yield (
        "shared",
        replace(
            once,
            calls={**once.calls, "again": call},
            tensors={**once.tensors, "again": TensorSpec((3,))},
            outputs={"again": "again"},
        ),
        [normal(2, 3)],
    )
    yield (
        "odd names",
        NetworkSpec.input("torch", TensorSpec((3,)))
        .apply("forward", dense)
        .apply("class", dense)
        .apply("1", dense),
        [normal(2, 3)],
    )


SAMPLES = {name: (spec, inputs) for name, spec, inputs in samples()}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_program_computes_the_same(name: str, tmp_path: Path) -> None:
    compare(*SAMPLES[name], tmp_path)


@pytest.mark.parametrize("kind", sorted(set(WRITERS) & set(EVERY)))
def test_every_layer_computes_the_same(kind: str, tmp_path: Path) -> None:
    settings, shapes, dtype = EVERY[kind]
    names = [f"input_{number}" for number in range(len(shapes))]
    starts = [
        NetworkSpec.input(name, TensorSpec(shape, dtype))
        for name, shape in zip(names, shapes, strict=True)
    ]
    spec = reduce(NetworkSpec.merge, starts).apply("one", layer(kind, **settings), names)
    inputs = [
        np.arange(2 * shape[0]).reshape(2, *shape).astype(dtype) % 9
        if dtype == "int32"
        else normal(2, *shape)
        for shape in shapes
    ]
    compare(spec, inputs, tmp_path)


def test_the_program_needs_torch_alone(tmp_path: Path) -> None:
    write(SAMPLES["convolutions"][0], tmp_path)
    code = (
        "import sys, torch\nbefore = set(sys.modules)\n"
        "sys.path.insert(0, sys.argv[1])\nimport net\n"
        "made = net.load()(torch.zeros(2, 13, 12, 3, dtype=torch.uint8))\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(tuple(made.shape), sorted(new - set(sys.stdlib_module_names) - {'torch'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(2, 3) ['net']"


def test_the_program_reads_like_one_by_hand(tmp_path: Path) -> None:
    spec = chain(
        TensorSpec((28, 28, 1)),
        layer("conv2d", filters=32, kernel_size=3, activation="relu"),
        layer("max_pooling2d", pool_size=2),
        layer("flatten"),
        layer("dense", units=10, activation="softmax"),
    )
    text = write(spec, tmp_path, class_name="Digits").read_text()
    expected = '''class Digits(nn.Module):
    """Takes start ([batch, 28, 28, 1]); gives net/dense_3 ([batch, 10])."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_0 = nn.Conv2d(1, 32, kernel_size=3)
        self.dense_3 = nn.Linear(5408, 10)

    def forward(self, start: Tensor) -> Tensor:
        start_first = start.permute(0, 3, 1, 2)  # channels first
        x = F.relu(self.conv2d_0(start_first))
        x = F.max_pool2d(x, 2)
        x = x.permute(0, 2, 3, 1)  # channels last
        x = x.flatten(1)
        dense_3 = F.softmax(self.dense_3(x), dim=-1)
        return dense_3
'''
    assert expected in text


def test_programs_are_in_good_style(tmp_path: Path) -> None:
    for spec, _ in SAMPLES.values():
        check_style(write(spec, tmp_path))


def test_the_node_keeps_what_every_node_promises(tmp_path: Path) -> None:
    check_node(
        ScriptWriter,
        folder=tmp_path,
        settings={"path": "deep/net.py"},
        inputs={"network": Network(SAMPLES["shared"][0])},
    )
    assert (tmp_path / "deep" / "net.safetensors").exists()


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (layer("lstm", units=2, activation="sparsemax"), '"sparsemax" has no counterpart'),
        (layer("dense", units=2, activation="sparsemax"), '"sparsemax" has no counterpart'),
    ],
)
def test_what_pytorch_does_not_have_is_refused(one: BaseLayer, words: str, tmp_path: Path) -> None:
    spec = NetworkSpec.input("x", TensorSpec((3, 4)))
    with pytest.raises(ConfigureError, match=words):
        write(spec.apply("one", one), tmp_path)


def test_layers_may_be_called_like_what_modules_have(tmp_path: Path) -> None:
    spec = NetworkSpec.input("self", TensorSpec((4,)))
    for name in ("training", "forward", "None", "state_dict", "x", "torch"):
        spec = spec.apply(name, layer("dense", units=4))
    compare(spec, [normal(2, 4)], tmp_path)


def test_a_class_needs_a_name() -> None:
    with pytest.raises(ValueError, match="class_name"):
        ScriptWriter(path="net.py", class_name="my class")
