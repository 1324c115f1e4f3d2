"""The memory of a training, estimated beforehand and measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from training_samples import chain, convolutional, dense, iris_like, learn, perceptron

from flowengine.errors import ConfigureError
from flowengine.network import NetworkSpec
from flowengine.nn import learning
from flowengine.nn.build import build
from flowengine.nn.devices import free_memory
from flowengine.nn.memory_estimate import (
    MemoryEstimate,
    check_memory,
    describe_bytes,
    estimate_memory,
)
from flowengine_nodes.layer.recurrent.lstm import LSTM


def kept_for_backward(spec: NetworkSpec, rows: int) -> int:
    """Return the bytes that torch keeps of a batch, each piece of memory once."""
    built = build(spec)
    built.train()
    weights = {one.untyped_storage().data_ptr() for one in built.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    batch = {
        name: torch.rand(rows, *(size or 1 for size in spec.tensors[tensor].shape))
        for name, tensor in spec.inputs.items()
    }
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = built(batch)
    del outputs
    return sum(kept.values())


@pytest.mark.parametrize(
    "spec",
    [convolutional(), chain((50, 8), LSTM(units=32), dense(4, "softmax"))],
    ids=["convolutional", "recurrent"],
)
def test_the_estimate_is_near_what_torch_keeps(spec: NetworkSpec) -> None:
    estimated = estimate_memory(spec, slots=0).per_row * 64
    # A kernel on a GPU keeps less than the one on a CPU; the estimate holds for both.
    assert 0.3 < estimated / kept_for_backward(spec, 64) < 1.5


def test_weights_gradients_and_the_optimizer_count() -> None:
    spec = perceptron(2, 3)
    assert estimate_memory(spec, slots=2).fixed == 4 * spec.parameters * 4
    assert estimate_memory(spec, slots=0, kept_weights=1).fixed == 4 * spec.parameters * 3


def test_a_training_that_cannot_fit_is_refused_with_a_batch_that_does() -> None:
    estimate = MemoryEstimate(fixed=1_000_000, per_row=1_000)
    with pytest.raises(ConfigureError, match="a batch_size of 512 fits"):
        check_memory(estimate, 4096, 2_000_000, "cpu")
    check_memory(estimate, 512, 2_000_000, "cpu")
    check_memory(estimate, 4096, None, "cpu")
    with pytest.raises(ConfigureError, match="make the network smaller"):
        check_memory(estimate, 4096, 500_000, "cpu")


def test_the_learner_looks_before_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def little(device: Any) -> int:
        return 2000

    monkeypatch.setattr(learning, "free_memory", little)
    with pytest.raises(ConfigureError, match="a batch_size of 16 fits"):
        learn(perceptron(2, 3), iris_like(), tmp_path)
    # A batch has no more rows than the table.
    learn(perceptron(2, 3), iris_like(16), tmp_path)


def test_the_free_memory_of_this_machine_is_known() -> None:
    free = free_memory(torch.device("cpu"))
    assert free is None or free > 1_000_000


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 bytes"), (1500, "1.5 kB"), (2_500_000_000, "2.5 GB")]
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert describe_bytes(count) == words
