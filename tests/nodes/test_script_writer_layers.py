"""Layers as programs in all their settings: films, images of another size, wrappers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.scripts import chain, check_style, compare, layer, normal, write

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.registry import Registry
from flowengine_nodes.network._script.writers import WRITERS
from flowengine_nodes.network.script_writer import ScriptWriter

NORMAL = {"type": "random_normal", "stddev": 0.5}
FILMS: dict[str, dict[str, Any]] = {
    "same": {"padding": "same", "return_sequences": True},
    "strides": {"padding": "same", "strides": 2, "bias_initializer": NORMAL},
    "dilated": {"dilation_rate": 2, "use_bias": False, "go_backwards": True},
    "functions": {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
    "over channels": {"activation": "softmax", "return_sequences": True},
}


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_films_compute_the_same(name: str, rank: int, tmp_path: Path) -> None:
    one = layer(f"conv_lstm{rank}d", filters=2, kernel_size=2 if rank == 2 else 3, **FILMS[name])
    shape = (3, *(6,) * rank, 2)
    spec = chain(TensorSpec(shape), one)
    call = next(iter(spec.calls.values()))
    spec = replace(spec, outputs={name: name for name in call.outputs})
    compare(spec, [normal(2, *shape)], tmp_path)
    check_style(tmp_path / "net.py")


@pytest.mark.parametrize("sequences", [True, False])
def test_films_behind_masks_compute_the_same(sequences: bool, tmp_path: Path) -> None:
    """A mask of steps reaches a film by a layer at every step."""
    film = {"type": "layer.conv_lstm1d", "filters": 2, "kernel_size": 3, "padding": "same"}
    steps = chain(
        TensorSpec((5,), "int32"),
        layer("embedding", input_dim=9, output_dim=8, mask_zero=True),
        layer("time_distributed", layer={"type": "layer.reshape", "target_shape": [4, 2]}),
    )
    one = layer("conv_lstm1d", filters=2, kernel_size=3, return_sequences=sequences)
    both = layer("bidirectional", layer={**film, "return_sequences": sequences})
    tokens = np.array([[3, 1, 2, 0, 0], [0, 4, 0, 1, 2], [0, 0, 0, 0, 0]], "int32")
    for two in (one, both):
        compare(steps.apply("film", two), [tokens], tmp_path)


IMAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "nearest": ("resizing", {"height": 5, "width": 9, "interpolation": "nearest"}),
    "bicubic": ("resizing", {"height": 5, "width": 9, "interpolation": "bicubic"}),
    "smooth": ("resizing", {"height": 5, "width": 3, "antialias": True}),
    "cropped": ("resizing", {"height": 4, "width": 9, "crop_to_aspect_ratio": True}),
    "padded": ("resizing", {"height": 4, "width": 9, "pad_to_aspect_ratio": True}),
    "filled": (
        "resizing",
        {"height": 9, "width": 4, "pad_to_aspect_ratio": True, "fill_value": 7.0},
    ),
    "middle": ("center_crop", {"height": 3, "width": 5}),
    "too small": ("center_crop", {"height": 3, "width": 12}),
    "window": ("random_crop", {"height": 4, "width": 6}),
}


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("dtype", ["float32", "uint8", "int32"])
def test_images_of_another_size_are_the_same(name: str, dtype: str, tmp_path: Path) -> None:
    kind, settings = IMAGES[name]
    x = np.random.default_rng(0).uniform(0, 255, (2, 7, 8, 3)).astype(dtype)
    compare(chain(TensorSpec((7, 8, 3), dtype), layer(kind, **settings)), [x], tmp_path)


def test_images_of_any_size_are_resized_but_not_to_proportions(tmp_path: Path) -> None:
    spec = chain(TensorSpec((None, None, 3)), layer("resizing", height=4, width=5))
    compare(spec, [normal(2, 6, 9, 3)], tmp_path)
    one = layer("resizing", height=4, width=5, crop_to_aspect_ratio=True)
    with pytest.raises(ConfigureError, match="proportions need images of known size"):
        write(chain(TensorSpec((None, None, 3)), one), tmp_path)
    one = layer("resizing", height=4, width=5, interpolation="lanczos3")
    with pytest.raises(ConfigureError, match='does not have the interpolation "lanczos3"'):
        write(chain(TensorSpec((8, 8, 3)), one), tmp_path)


POOLS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "even": ((9, 8), {"pool_size": 3, "strides": 1}),
    "behind": ((9, 8), {"pool_size": 2, "strides": 1}),
    "strides": ((9, 10), {"pool_size": (2, 5), "strides": 2}),
    "steps": ((9,), {"pool_size": 2}),
    "volumes": ((5, 4, 7), {"pool_size": 2, "strides": 3}),
    "larger than the volume": ((2, 2, 2), {"pool_size": 3, "strides": 1}),
}


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("kind", ["max", "average"])
def test_pools_that_reach_over_the_edge_compute_the_same(
    name: str, kind: str, tmp_path: Path
) -> None:
    sizes, settings = POOLS[name]
    pool = layer(f"{kind}_pooling{len(sizes)}d", padding="same", **settings)
    shape = (*sizes, 2)
    compare(chain(TensorSpec(shape), pool, pool, pool), [normal(2, *shape)], tmp_path)
    check_style(tmp_path / "net.py")


def test_tensors_may_be_called_like_what_a_mean_over_one_edge_needs(tmp_path: Path) -> None:
    pool = layer("average_pooling2d", pool_size=2, strides=1, padding="same")
    spec = NetworkSpec.input("means", TensorSpec((4, 5, 2)))
    spec = spec.apply("real", layer("conv2d", filters=2, kernel_size=1)).apply("pool", pool)
    spec = spec.apply("sum", layer("add"), ["pool", "real", "means"])
    compare(spec, [normal(2, 4, 5, 2)], tmp_path)
    check_style(tmp_path / "net.py")


INNER: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "images": ({"type": "layer.conv2d", "filters": 2, "kernel_size": 3, "padding": "same"}, (5, 5)),
    "pools": ({"type": "layer.max_pooling2d", "pool_size": 2}, (6, 6)),
    "means over one edge": (
        {"type": "layer.average_pooling2d", "pool_size": 2, "strides": 1, "padding": "same"},
        (4, 5),
    ),
    "normal": ({"type": "layer.batch_normalization"}, (5,)),
    "last": ({"type": "layer.lstm", "units": 2}, (5,)),
    "sequences": ({"type": "layer.gru", "units": 2, "return_sequences": True}, (5,)),
    "flat": ({"type": "layer.flatten"}, (5, 5)),
    "dense": ({"type": "layer.dense", "units": 2, "activation": "relu"}, (5,)),
    "steps in steps": (
        {"type": "layer.time_distributed", "layer": {"type": "layer.conv1d", "filters": 2,
                                                     "kernel_size": 3}},
        (4, 5),
    ),
    "both": ({"type": "layer.bidirectional", "layer": {"type": "layer.lstm", "units": 2}}, (5,)),
}  # fmt: skip


@pytest.mark.parametrize("name", INNER)
def test_a_layer_for_every_step_computes_the_same(name: str, tmp_path: Path) -> None:
    inner, sizes = INNER[name]
    shape = (3, *sizes, 4)
    spec = chain(TensorSpec(shape), layer("time_distributed", layer=inner), layer("flatten"))
    compare(spec, [normal(2, *shape)], tmp_path)
    check_style(tmp_path / "net.py")


def test_a_kernel_held_to_its_norm_computes_the_same(tmp_path: Path) -> None:
    one = layer("spectral_normalization", layer={"type": "layer.conv1d", "filters": 2,
                                                 "kernel_size": 3})  # fmt: skip
    compare(chain(TensorSpec((6, 3)), one), [normal(2, 6, 3)], tmp_path)


SMALL: dict[str, tuple[str, dict[str, Any], TensorSpec]] = {
    "range": ("discretization", {"bin_boundaries": [-0.5, 0.5]}, TensorSpec((4,))),
    "ranges there are": (
        "discretization",
        {"bin_boundaries": [-0.5, 0.5], "output_mode": "multi_hot"},
        TensorSpec((4, 2)),
    ),
    "single": (
        "category_encoding",
        {"num_tokens": 4, "output_mode": "one_hot"},
        TensorSpec((3, 1), "int32"),
    ),
    "there": ("category_encoding", {"num_tokens": 4}, TensorSpec((3, 2), "int64")),
    "slopes": ("prelu", {"alpha_initializer": NORMAL, "shared_axes": 1}, TensorSpec((3, 4))),
    "all slopes": ("prelu", {"alpha_initializer": NORMAL}, TensorSpec((3, 4))),
    "threshold": ("relu", {"threshold": 0.3}, TensorSpec((3, 4))),
    "rectifier of old": ("thresholded_relu", {"theta": 0.3}, TensorSpec((3, 4))),
    "whole rows": ("dropout", {"rate": 0.5, "noise_shape": [None, 1, 1]}, TensorSpec((3, 4))),
    "over several": ("softmax", {"axis": [1, 2]}, TensorSpec((3, 4))),
    "no factor": ("layer_normalization", {"scale": False}, TensorSpec((3, 4))),
    "groups of one": ("group_normalization", {"groups": -1}, TensorSpec((5, 4))),
    "back": (
        "normalization",
        {"mean": 2.0, "variance": 3.0, "invert": True, "axis": None},
        TensorSpec((3, 4)),
    ),
    "fewer renormalized": ("batch_normalization", {"renorm": True}, TensorSpec((3, 4))),
    "sum with offset": (
        "einsum_dense",
        {
            "equation": "...c,cd->...d",
            "output_shape": 3,
            "bias_axes": "d",
            "bias_initializer": NORMAL,
            "activation": "relu",
        },
        TensorSpec((3, 4)),
    ),
    "old lstm": ("cudnn_lstm", {"units": 3, "bias_initializer": NORMAL}, TensorSpec((5, 4))),
    "old gru": ("cudnn_gru", {"units": 3, "return_sequences": True}, TensorSpec((5, 4))),
}


@pytest.mark.parametrize("name", SMALL)
def test_settings_compute_the_same(name: str, tmp_path: Path) -> None:
    kind, settings, tensor = SMALL[name]
    shape = (2, *tensor.shape)
    values: Any = normal(*shape)
    if "int" in tensor.dtype:
        values = (np.arange(values.size).reshape(shape) % 6 - 1).astype(tensor.dtype)
    compare(chain(tensor, layer(kind, **settings)), [values], tmp_path)
    check_style(tmp_path / "net.py")


def test_weighted_counts_are_the_same(tmp_path: Path) -> None:
    spec = NetworkSpec.input("x", TensorSpec((5,), "int32")).merge(
        NetworkSpec.input("weights", TensorSpec((5,)))
    )
    one = layer("category_encoding", num_tokens=4, output_mode="count")
    spec = spec.apply("count", one, ["x", "weights"])
    compare(spec, [np.array([[0, 1, 1, 9, -1], [3, 3, 3, 2, 0]], "int32"), normal(2, 5)], tmp_path)


@pytest.mark.parametrize(
    ("one", "two", "axes"),
    [((5, 4), (3, 4), 2), ((4,), (4,), 1), ((4, 5), (4, 3), 1), ((2, 3, 4), (3, 5), [2, 1])],
)
def test_products_are_the_same(
    one: tuple[int, ...], two: tuple[int, ...], axes: Any, tmp_path: Path
) -> None:
    start = NetworkSpec.input("one", TensorSpec(one)).merge(
        NetworkSpec.input("two", TensorSpec(two))
    )
    for normalize in (True, False):
        dot = layer("dot", axes=axes, normalize=normalize)
        spec = start.apply("dot", dot, ["one", "two"])
        compare(spec, [normal(2, *one), normal(2, *two)], tmp_path)


def test_an_embedding_gives_scores_when_it_is_called_again(tmp_path: Path) -> None:
    for settings in ({}, {"tie_weights": False}, {"logit_soft_cap": 0.1}):
        one = layer("reversible_embedding", input_dim=9, output_dim=3, **settings)
        spec = NetworkSpec.input("x", TensorSpec((5,), "int32")).apply("words", one)
        call = replace(spec.calls["words"], inputs=("words",), outputs=("scores",))
        spec = replace(
            spec,
            calls={**spec.calls, "scores": call},
            tensors={**spec.tensors, "scores": TensorSpec((5, 9))},
            outputs={"scores": "scores"},
        )
        compare(spec, [np.arange(10).reshape(2, 5).astype("int32") % 9], tmp_path)


@pytest.mark.parametrize(
    ("one", "shape", "words"),
    [
        (
            layer("multi_head_attention", num_heads=1, key_dim=2),
            (3, 3, 4),
            "only attention over the steps of a sequence",
        ),
        (
            layer("multi_head_attention", num_heads=1, key_dim=2, output_shape=[2, 2]),
            (3, 4),
            "several axes of features",
        ),
        (layer("group_normalization", axis=1, groups=3), (3, 4), "only groups of the last axis"),
        (layer("layer_normalization", axis=1), (3, 4), "only the last axes"),
        (layer("locally_connected1d", filters=2, kernel_size=2), (3, 4), "LocallyConnected1D"),
    ],
)
def test_what_has_no_form_is_refused(
    one: Any, shape: tuple[int, ...], words: str, tmp_path: Path
) -> None:
    spec = NetworkSpec.input("x", TensorSpec(shape))
    names = ["x", "x"] if "Attention" in type(one).__name__ else ["x"]
    with pytest.raises(ConfigureError, match=words):
        write(spec.apply("one", one, names), tmp_path)


def test_the_help_page_lists_what_has_no_form() -> None:
    layers = {
        name.partition(".")[2] for name in Registry.default().types() if name.startswith("layer.")
    }
    # The input is an argument, and layers of cuDNN are written as those that compute the same.
    without = layers - set(WRITERS) - {"input", "cudnn_lstm", "cudnn_gru"}
    words = {
        "contrast_limited_adaptive_histogram_equalization": "local equalization",
        "locally_connected1d": "locally connected layers",
        "locally_connected2d": "locally connected layers",
        "mel_spectrogram": "spectrograms",
        "stft_spectrogram": "spectrograms",
    }
    assert without == set(words)
    page = " ".join((ScriptWriter.__doc__ or "").split())
    assert all(word in page for word in words.values())
