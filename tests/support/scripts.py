"""Networks written as programs and compared with what they compute, for the tests of scripts."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from flowengine import Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.registry import Registry
from flowengine.testing import FakeContext
from flowengine_nodes.network.script_writer import ScriptWriter


def layer(kind: str, **settings: Any) -> BaseLayer:
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


def chain(start: TensorSpec, *layers: BaseLayer) -> NetworkSpec:
    spec = NetworkSpec.input("start", start)
    for number, one in enumerate(layers):
        spec = spec.apply(f"net/{type(one).__name__.lower()}_{number}", one)
    return spec


def write(spec: NetworkSpec, folder: Path, **settings: Any) -> Path:
    node = ScriptWriter(path="net.py", **settings)
    ctx = FakeContext(folder)
    node.configure(spec, ctx)
    node.execute(Network(spec), ctx)
    return folder / "net.py"


def loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("net", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load()


def compare(spec: NetworkSpec, inputs: list[Any], folder: Path) -> None:
    """Check that the program computes what the network computes."""
    built = build(spec).eval()
    load_weights(built, network_weights(Network(spec), 0))
    tensors = [torch.from_numpy(array) for array in inputs]
    with torch.no_grad():
        expected = built(dict(zip(spec.inputs, tensors, strict=True)))
        found = loaded(write(spec, folder))(*tensors)
    if len(expected) == 1:
        found = dict.fromkeys(expected, found)
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, atol=1e-5, rtol=1e-5)


def normal(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def check_style(path: Path) -> None:
    """Check a program as its reader's linter would."""
    rules = ["E", "F", "I", "UP", "B"]
    command = ["ruff", "check", "--isolated", "--line-length=100", f"--select={','.join(rules)}"]
    done = subprocess.run([sys.executable, "-m", *command, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
