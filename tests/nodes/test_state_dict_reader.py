"""Weights that PyTorch saved find their layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from flowengine import ConfigureError, DataError, Network, NetworkSpec, TensorSpec
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.registry import Registry
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.state_dict_reader import StateDictReader


class Block(nn.Module):
    """A convolution with its normalization."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(4, eps=1e-3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.bn(self.conv(x)))


class Small(nn.Module):
    """What torchvision's networks are made of, in small."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(Block(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(4 * 2 * 3, 5), nn.ReLU(), nn.Linear(5, 3)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.layer1(x), 1))


@pytest.fixture
def module() -> Small:
    torch.manual_seed(0)
    module = Small().eval()
    for name, buffer in module.named_buffers():
        if name.endswith(("mean", "var")):
            buffer.uniform_(0.5, 1.5)
    return module


def network(prefix: str = "net/") -> Network:
    load = Registry.default().load_layer
    spec = NetworkSpec.input("input", TensorSpec((4, 6, 2)))
    for name, kind, settings in (
        (
            "layer1_0/conv",
            "conv2d",
            {"filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False},
        ),
        ("layer1_0/bn", "batch_normalization", {}),
        ("layer1_0/relu", "activation", {"activation": "relu"}),
        ("layer1_1", "max_pooling2d", {"pool_size": 2}),
        ("flatten", "flatten", {}),
        ("classifier_0", "dropout", {"rate": 0.5}),
        ("classifier_1", "dense", {"units": 5, "activation": "relu"}),
        ("classifier_3", "dense", {"units": 3}),
    ):
        spec = spec.apply(prefix + name, load(f"layer.{kind}", 1, settings))
    return Network(spec)


def read(folder: Path, net: Network, file: str = "net.pt", **settings: Any) -> Network:
    return StateDictReader(path=file, **settings).execute(net, FakeContext(folder))


def outputs(net: Network, x: torch.Tensor) -> torch.Tensor:
    built = build(net.spec).eval()
    load_weights(built, network_weights(net, 0))
    with torch.no_grad():
        return next(iter(built({"input": x}).values()))


@pytest.mark.parametrize("prefix", ["", "net/", "outer/net/"])
def test_the_network_computes_what_the_module_computes(
    module: Small, tmp_path: Path, prefix: str
) -> None:
    torch.save(module.state_dict(), tmp_path / "net.pt")
    net = read(tmp_path, network(prefix))
    x = torch.randn(3, 4, 6, 2)
    with torch.no_grad():
        expected = module(x.permute(0, 3, 1, 2))
    torch.testing.assert_close(outputs(net, x), expected)


def test_the_node_keeps_what_every_node_promises(module: Small, tmp_path: Path) -> None:
    safetensors.torch.save_file(module.state_dict(), tmp_path / "net.safetensors")
    made = check_node(
        StateDictReader,
        folder=tmp_path,
        settings={"path": "net.safetensors"},
        inputs={"network": network()},
    )
    assert made["out"].is_trained


@pytest.mark.parametrize("wrapper", ["state_dict", "model"])
def test_checkpoints_of_training_scripts_are_unwrapped(
    module: Small, tmp_path: Path, wrapper: str
) -> None:
    state = {f"module.{key}": value for key, value in module.state_dict().items()}
    torch.save({wrapper: state, "epoch": 3}, tmp_path / "net.pt")
    assert read(tmp_path, network()).is_trained


def test_half_precision_becomes_float32(module: Small, tmp_path: Path) -> None:
    torch.save(module.bfloat16().state_dict(), tmp_path / "net.pt")
    arrays = network_weights(read(tmp_path, network()), 0)
    assert {str(array.dtype) for one in arrays.values() for array in one.values()} == {"float32"}


def test_what_does_not_agree_is_named(module: Small, tmp_path: Path) -> None:
    state = module.state_dict()
    state["fc.weight"] = state.pop("classifier.3.weight")
    state["fc.bias"] = state.pop("classifier.3.bias")
    torch.save(state, tmp_path / "net.pt")
    with pytest.raises(DataError, match=r'no weights for "net/classifier_3"; .* no layer for "fc"'):
        read(tmp_path, network())


def test_a_head_of_another_size_stays_untrained_if_that_is_allowed(
    module: Small, tmp_path: Path
) -> None:
    module.classifier[3] = nn.Linear(5, 1000)
    torch.save(module.state_dict(), tmp_path / "net.pt")
    with pytest.raises(DataError, match=r'"classifier.3.weight" is 1000×5; .* needs 3×5'):
        read(tmp_path, network())
    ctx = FakeContext(tmp_path)
    net = StateDictReader(path="net.pt", partly="allow").execute(network(), ctx)
    assert "1000×5" in ctx.warnings[0]
    assert "net/classifier_3" not in net.weights
    assert "net/classifier_1" in net.weights


def test_layers_outside_the_component_are_left_alone(module: Small, tmp_path: Path) -> None:
    torch.save(module.state_dict(), tmp_path / "net.pt")
    net = network()
    dense = Registry.default().load_layer("layer.dense", 1, {"units": 2})
    filled = read(tmp_path, net.with_spec(net.spec.apply("head", dense)))
    assert "head" not in filled.weights


def test_a_strange_state_dict_is_refused(tmp_path: Path) -> None:
    torch.save({"a.weight": torch.zeros(2)}, tmp_path / "net.pt")
    with pytest.raises(DataError, match=r'no module of "net.pt" is a layer .* the file has "a"'):
        read(tmp_path, network())


def test_files_that_hold_more_than_tensors_are_refused(module: Small, tmp_path: Path) -> None:
    torch.save(module, tmp_path / "net.pt")
    with pytest.raises(DataError, match="holds more than weights"):
        read(tmp_path, network())
    torch.save([1], tmp_path / "net.pt")
    with pytest.raises(DataError, match="holds a list"):
        read(tmp_path, network())
    torch.save({"a": 1}, tmp_path / "net.pt")
    with pytest.raises(DataError, match="no tensors"):
        read(tmp_path, network())


@pytest.mark.parametrize("file", ["net.pt", "net.safetensors"])
def test_damaged_files_are_refused(module: Small, tmp_path: Path, file: str) -> None:
    save = torch.save if file.endswith("pt") else safetensors.torch.save_file
    save(module.state_dict(), tmp_path / file)
    data = (tmp_path / file).read_bytes()
    for damaged in (b"", b"hello", data[: len(data) // 2], b"\xff" * 64):
        (tmp_path / file).write_bytes(damaged)
        with pytest.raises(DataError, match="net"):
            read(tmp_path, network(), file)


def test_weights_without_a_counterpart_are_named(module: Small, tmp_path: Path) -> None:
    lstm = Registry.default().load_layer("layer.lstm", 1, {"units": 2})
    spec = NetworkSpec.input("input", TensorSpec((4, 3))).apply("classifier_1", lstm)
    torch.save(module.state_dict(), tmp_path / "net.pt")
    with pytest.raises((DataError, ConfigureError), match=r"no weights|no layer"):
        read(tmp_path, Network(spec))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(3, 4).to_sparse(),
        torch.zeros(3, 4, device="meta"),
        torch.zeros(3, 4, dtype=torch.complex64),
        torch.zeros(1, dtype=torch.float16).expand(10**6, 10**6),
    ],
    ids=["sparse", "meta", "complex", "spread"],
)
def test_tensors_of_other_kinds_are_refused(tensor: torch.Tensor, tmp_path: Path) -> None:
    """Spread in float32, the last would take four terabytes."""
    torch.save({"classifier.1.weight": tensor}, tmp_path / "net.pt")
    with pytest.raises(DataError, match=r'"classifier.1.weight" in "net.pt" is no plain tensor'):
        read(tmp_path, network())
