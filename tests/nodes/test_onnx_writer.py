"""ONNX files: onnxruntime computes the same, for any number of rows."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.every_layer import SAMPLES as EVERY

from flowengine import ConfigureError, DataError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.registry import Registry
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.onnx_writer import OnnxWriter

onnxruntime = pytest.importorskip("onnxruntime")


def layer(kind: str, **settings: Any) -> BaseLayer:
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


def chain(start: TensorSpec, *layers: BaseLayer) -> NetworkSpec:
    spec = NetworkSpec.input("start", start)
    for number, one in enumerate(layers):
        spec = spec.apply(f"net/layer_{number}", one)
    return spec


def write(spec: NetworkSpec, folder: Path) -> Path:
    node, ctx = OnnxWriter(path="net.onnx"), FakeContext(folder)
    node.configure(spec, ctx)
    node.execute(Network(spec), ctx)
    return folder / "net.onnx"


def values(spec: NetworkSpec, rows: int, steps: int = 7) -> dict[str, Any]:
    rng = np.random.default_rng(rows)
    made = {}
    for name, place in spec.inputs.items():
        tensor = spec.tensors[place]
        shape = (rows, *(steps if size is None else size for size in tensor.shape))
        drawn = rng.integers(0, 9, shape) if "int" in tensor.dtype else rng.normal(size=shape)
        made[name] = drawn.astype(tensor.dtype)
    return made


def compare(spec: NetworkSpec, folder: Path) -> None:
    session = onnxruntime.InferenceSession(write(spec, folder), providers=["CPUExecutionProvider"])
    assert [one.name for one in session.get_outputs()] == list(spec.outputs)
    for rows in (1, 4):
        check_rows(session, spec, values(spec, rows))


def check_rows(session: Any, spec: NetworkSpec, inputs: dict[str, Any]) -> None:
    built = build(spec).eval()
    load_weights(built, network_weights(Network(spec), 0))
    found = session.run(None, inputs)
    with torch.no_grad():
        expected = built({name: torch.from_numpy(array) for name, array in inputs.items()})
    for one, two in zip(found, expected.values(), strict=True):
        np.testing.assert_allclose(one, two.numpy(), atol=1e-5, rtol=1e-5)


def samples() -> Iterator[tuple[str, NetworkSpec]]:
    yield (
        "images",
        chain(
            TensorSpec((12, 12, 3), "uint8"),
            layer("rescaling", scale=1 / 255),
            layer("conv2d", filters=4, kernel_size=3, strides=2, padding="same"),
            layer("batch_normalization"),
            layer("relu"),
            layer("max_pooling2d", pool_size=2),
            layer("dropout", rate=0.5),
            layer("flatten"),
            layer("dense", units=3, activation="softmax"),
        ),
    )
    yield (
        "characters",
        chain(
            TensorSpec((5,), "int32"),
            layer("one_hot", num_classes=9),
            layer("lstm", units=4, return_sequences=True),
            layer("gru", units=3, reset_after=False, recurrent_activation="hard_sigmoid_keras2"),
            layer("dense", units=9, activation="softmax"),
        ),
    )
    yield (
        "any length",
        chain(
            TensorSpec((None, 3)),
            layer("conv1d", filters=4, kernel_size=3, padding="causal"),
            layer("global_max_pooling1d"),
        ),
    )
    one = NetworkSpec.input("left", TensorSpec((4,))).merge(
        NetworkSpec.input("right", TensorSpec((4,)))
    )
    two = one.apply("both", layer("concatenate"), ["left", "right"])
    two = two.apply("class", layer("dense", units=2))
    yield "several", replace(two, outputs={"sides": "both", "class": "class"})


SAMPLES = dict(samples())


@pytest.mark.parametrize("name", SAMPLES)
def test_onnxruntime_computes_the_same(name: str, tmp_path: Path) -> None:
    compare(SAMPLES[name], tmp_path)


LECTURE = (
    "average_pooling2d",
    "bidirectional",
    "conv2d_transpose",
    "embedding",
    "global_average_pooling2d",
    "multi_head_attention",
    "separable_conv2d",
    "simple_rnn",
    "up_sampling2d",
    "zero_padding2d",
)


@pytest.mark.parametrize(
    "kind",
    [kind if kind in LECTURE else pytest.param(kind, marks=pytest.mark.slow) for kind in EVERY],
)
def test_every_layer_computes_the_same(kind: str, tmp_path: Path) -> None:
    settings, shapes, dtype = EVERY[kind]
    names = [f"input_{number}" for number in range(len(shapes))]
    starts = [
        NetworkSpec.input(name, TensorSpec(shape, dtype))
        for name, shape in zip(names, shapes, strict=True)
    ]
    spec = reduce(NetworkSpec.merge, starts).apply("one", layer(kind, **settings), names)
    compare(spec, tmp_path)


def test_the_node_keeps_what_every_node_promises(tmp_path: Path) -> None:
    check_node(
        OnnxWriter,
        folder=tmp_path,
        settings={"path": "deep/net.onnx"},
        inputs={"network": Network(SAMPLES["several"])},
    )


def translation() -> NetworkSpec:
    start = NetworkSpec.input("text", TensorSpec((None, 3)))
    start = start.merge(NetworkSpec.input("so far", TensorSpec((None, 3))))
    encoder = start.apply("encoder", layer("lstm", units=3), ["text"])
    states = ["encoder.state_h", "encoder.state_c"]
    decoder = layer("lstm", units=3, return_sequences=True)
    spec = encoder.apply("decoder", decoder, ["so far", *states])
    return replace(spec, outputs={"decoder": "decoder", "cell": "decoder.state_c"})


def both(kind: str, **settings: Any) -> BaseLayer:
    return layer("bidirectional", layer={"type": f"layer.{kind}", "units": 2, **settings})


WORDS = layer("embedding", input_dim=9, output_dim=3, mask_zero=True)
STEPS, TOKENS = TensorSpec((None, 3)), TensorSpec((None,), "int32")
OF_ANY_LENGTH = {
    "lstm": chain(
        STEPS,
        layer("lstm", units=4, return_sequences=True, go_backwards=True),
        layer("gru", units=3),
    ),
    "gru": chain(STEPS, layer("gru", units=4, reset_after=False, return_sequences=True)),
    "simple": chain(STEPS, layer("simple_rnn", units=4, activation="gelu")),
    "directions": chain(STEPS, both("lstm", return_sequences=True), both("gru")),
    "masked": chain(TOKENS, WORDS, both("lstm", return_sequences=True), layer("gru", units=3)),
    "masked and known": chain(TensorSpec((6,), "int32"), WORDS, layer("lstm", units=2)),
    "video": chain(TensorSpec((None, 4, 4, 2)), layer("conv_lstm2d", filters=2, kernel_size=3)),
    "pooled": chain(
        TensorSpec((None, 7, 3)),
        layer("adaptive_max_pooling2d", output_size=3),
        layer("adaptive_average_pooling2d", output_size=[2, 3]),
    ),
    "translation": translation(),
}


@pytest.mark.parametrize("name", OF_ANY_LENGTH)
def test_recurrent_layers_take_sequences_of_any_length(name: str, tmp_path: Path) -> None:
    spec = OF_ANY_LENGTH[name]
    session = onnxruntime.InferenceSession(write(spec, tmp_path))
    for rows, steps in ((1, 1), (4, 9), (3, 2)):
        check_rows(session, spec, values(spec, rows, steps))


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowengine_nodes.network.onnx_writer.NEEDED", ("no_such_package",))
    assert importlib.util.find_spec("no_such_package") is None
    with pytest.raises(
        ConfigureError, match=r'no_such_package, .* pip install "flowengine\[onnx\]"'
    ):
        OnnxWriter(path="net.onnx").configure(SAMPLES["several"], FakeContext(tmp_path))


def test_images_are_made_smaller_by_cubes(tmp_path: Path) -> None:
    """The runtime's own operator cannot, in the order of axes that it chooses."""
    one = layer("resizing", height=5, width=12, interpolation="bicubic")
    compare(chain(TensorSpec((7, 8, 3)), one), tmp_path)


def framed(kind: str, **settings: Any) -> BaseLayer:
    return layer(kind, strides=2, padding="same", **settings)


OPEN_IMAGE = TensorSpec((None, None, 3))
OF_ANY_SIZE = {
    "convolutions": chain(
        OPEN_IMAGE,
        framed("conv2d", filters=2, kernel_size=3),
        framed("max_pooling2d", pool_size=2),
        framed("average_pooling2d", pool_size=3),
    ),
    "sequences": chain(
        STEPS,
        layer("conv1d", filters=2, kernel_size=2, strides=3, padding="same"),
        framed("max_pooling1d", pool_size=3),
        framed("separable_conv1d", filters=2, kernel_size=3),
    ),
    "grey": chain(TensorSpec((None, None, 1)), framed("conv2d", filters=2, kernel_size=4)),
    "made larger": chain(OPEN_IMAGE, framed("conv2d_transpose", filters=1, kernel_size=5)),
}


@pytest.mark.parametrize("name", OF_ANY_SIZE)
def test_steps_over_images_of_any_size_are_framed_as_in_keras(name: str, tmp_path: Path) -> None:
    spec = OF_ANY_SIZE[name]
    session = onnxruntime.InferenceSession(write(spec, tmp_path))
    for rows, steps in ((1, 7), (3, 8), (2, 13)):
        check_rows(session, spec, values(spec, rows, steps))


def test_a_generator_makes_grey_images(tmp_path: Path) -> None:
    """Torch's plain kernel, which is quicker there, cannot be followed for any number of rows."""
    last = layer("conv2d_transpose", filters=1, kernel_size=5, strides=2, padding="same")
    compare(chain(TensorSpec((4, 4, 3)), last), tmp_path)


def test_an_input_may_be_an_output_too(tmp_path: Path) -> None:
    start = NetworkSpec.input("x", TensorSpec((4,)))
    spec = replace(start.apply("d", layer("dense", units=2)), outputs={"x": "x", "d": "d"})
    session = onnxruntime.InferenceSession(write(spec, tmp_path))
    assert [one.name for one in session.get_outputs()] == ["x_out", "d"]
    check_rows(session, spec, values(spec, 3))


def test_a_padding_that_follows_from_an_open_size_is_told(tmp_path: Path) -> None:
    one = framed("conv_lstm2d", filters=2, kernel_size=3)
    with pytest.raises(DataError, match="a layer pads by the size of its input"):
        write(chain(TensorSpec((3, None, None, 3)), one), tmp_path)


def test_layers_that_fit_for_some_sizes_only_are_told(tmp_path: Path) -> None:
    spec = chain(OPEN_IMAGE, layer("max_pooling2d", pool_size=2), layer("up_sampling2d", size=2))
    spec = spec.apply("join", layer("concatenate"), ["start", next(iter(spec.outputs.values()))])
    with pytest.raises(DataError, match="layers fit each other for some sizes only"):
        write(spec, tmp_path)


def test_outputs_may_be_called_like_operators_of_torch(tmp_path: Path) -> None:
    """Which is what Keras calls layers; the exporter counts its own under the same names."""
    start = NetworkSpec.input("conv2d", TensorSpec((8, 8, 2)))
    for number in range(1, 5):
        start = start.apply(f"conv2d_{number}", layer("conv2d", filters=2, kernel_size=2))
    spec = start.apply("val_0", layer("average_pooling2d", pool_size=2))
    outputs = {name: name for name in ("conv2d_2", "conv2d_4", "val_0")}
    compare(replace(spec, outputs=outputs), tmp_path)
