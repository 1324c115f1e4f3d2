"""What a student reads where layers do not fit: what is wrong, and what would help."""

from __future__ import annotations

from typing import Any

import pytest

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.registry import Registry


def layer(kind: str, **settings: Any) -> BaseLayer:
    return Registry.default().load_layer(f"layer.{kind}", 1, settings)


CONV2D = {"filters": 4, "kernel_size": 3}
CONV1D = {"type": "layer.conv1d", "filters": 3, "kernel_size": 9}


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "words"),
    [
        ("conv2d", CONV2D, (28, 28), r"a reshape layer to \[28, 28, 1\] would add a dimension"),
        ("lstm", {"units": 4}, (28, 28, 3), r"a reshape layer to \[28, 84\] would join"),
        ("repeat_vector", {"n": 3}, (4, 5), "a flatten layer would make one of them"),
        ("conv2d", CONV2D, (None, 28, 28, 1), "if the unknown one is the batch, leave it out"),
        ("dense", {"units": 4}, (None,), "so give the input layer a number there"),
        ("softmax", {"axis": 2}, (5,), "choose 1 or -1, its only one"),
        ("reshape", {"target_shape": [-1, 4]}, (10,), "10 is no multiple of 4"),
        (
            "time_distributed",
            {"layer": CONV1D},
            (8, 8, 8),
            "the layer inside gets one step of 8×8×8, which is 8×8: kernel 9 does not fit",
        ),
        (
            "dense",
            {"units": 3, "bias_initializer": "orthogonal"},
            (3,),
            'weight "bias": the orthogonal initializer needs a weight of 2 dimensions',
        ),
        (
            "conv2d",
            {**CONV2D, "kernel_initializer": "identity"},
            (8, 8, 3),
            'weight "kernel": the identity initializer needs a matrix',
        ),
        (
            "conv2d",
            {**CONV2D, "kernel_initializer": "stft"},
            (8, 8, 3),
            'weight "kernel": the stft initializer needs the kernel of a convolution over one axis',
        ),
    ],
)
def test_a_sentence_says_what_would_help(
    kind: str, settings: dict[str, Any], shape: tuple[int | None, ...], words: str
) -> None:
    network = NetworkSpec.input("input", TensorSpec(shape))
    with pytest.raises(ConfigureError, match=words):
        network.apply(kind, layer(kind, **settings))
