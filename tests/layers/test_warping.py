"""Layers that distort images, and one that equalizes them by their surroundings, against Keras."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from image_samples import module_of, picture, same
from layer_strategies import cases
from reference.local_equalization import equalized

from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import keras_layer, load_keras
from flowengine_nodes.layer.preprocessing.contrast_limited_adaptive_histogram_equalization import (
    ContrastLimitedAdaptiveHistogramEqualization as LocalEqualization,
)
from flowengine_nodes.layer.preprocessing.random_elastic_transform import RandomElasticTransform
from flowengine_nodes.layer.preprocessing.random_perspective import RandomPerspective

sides = st.integers(2, 7)
shapes = st.tuples(sides, sides, st.integers(1, 3))
images = st.tuples(st.integers(4, 20), st.integers(4, 20), st.integers(1, 3))
ranges = st.sampled_from([(0.0, 255.0), (0.0, 1.0), (-1.0, 1.0)])
part = st.sampled_from([0.0, 0.3, 1.0, (0.2, 0.6)])
seeds = st.none() | st.integers(0, 9)
read: dict[str, Any] = {
    "interpolation": st.sampled_from(["nearest", "bilinear"]),
    "fill_value": st.sampled_from([0.0, 2.5]),
}
modes = st.sampled_from(["reflect", "wrap", "constant", "nearest", "mirror"])
RANDOM: dict[str, st.SearchStrategy[BaseLayer]] = {
    "perspective": st.builds(
        RandomPerspective,
        factor=part,
        scale=st.sampled_from([0.0, 0.5, 1.0]),
        seed=seeds,
        **read,
    ),
    "elastic": st.builds(
        RandomElasticTransform,
        factor=part,
        scale=part,
        fill_mode=modes,
        value_range=ranges,
        seed=seeds,
        **read,
    ),
}


@pytest.mark.parametrize("layers", RANDOM.values(), ids=RANDOM)
@cases
@given(data=st.data(), shape=shapes)
def test_applied_network_leaves_images_alone_as_in_keras(
    data: st.DataObject, layers: st.SearchStrategy[BaseLayer], shape: tuple[int, ...]
) -> None:
    check_layer(data.draw(layers), [shape])


@cases
@given(layer=RANDOM["perspective"], shape=shapes)
def test_corners_go_where_keras_moves_them(
    layer: RandomPerspective, shape: tuple[int, ...]
) -> None:
    x = torch.tensor(picture(shape))
    moves = torch.tensor(np.random.default_rng(3).uniform(-0.4, 0.4, (3, 4, 2)), dtype=x.dtype)
    height, width = shape[:2]
    corners = torch.tensor([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]])
    start = corners.float().expand(3, 4, 2)
    transformation = {
        "apply_perspective": torch.ones(3, dtype=torch.bool),
        "start_points": start,
        "end_points": start * (1 + moves),
    }
    theirs = keras_layer(layer).transform_images(x, transformation)
    same(module_of(layer, shape).warped(x, moves), theirs, layer)


def test_a_line_has_no_perspective() -> None:
    x = torch.tensor(picture((1, 5, 2)))
    assert torch.equal(module_of(RandomPerspective(factor=(1.0, 1.0)), (1, 5, 2))(x), x)


@cases
@given(layer=RANDOM["elastic"], shape=shapes, scale=st.sampled_from([0.3, 1.0, 8.0]))
def test_images_are_bent_as_by_keras(
    layer: RandomElasticTransform, shape: tuple[int, ...], scale: float
) -> None:
    x, (height, width) = torch.tensor(picture(shape)), shape[:2]
    torch.manual_seed(4)
    theirs = load_keras().src.backend.image.elastic_transform(
        x,
        # Keras has numbers of its own for a scale.
        *keras_layer(layer).get_elastic_transform_params(height, width, scale),
        interpolation=layer.interpolation,
        fill_mode=layer.fill_mode,
        fill_value=layer.fill_value,
    )
    torch.manual_seed(4)
    right, down = torch.randn(3, height, width), torch.randn(3, height, width)
    same(module_of(layer, shape).bent(x, scale, right, down), theirs, layer)


def test_bent_images_stay_within_their_range() -> None:
    x = torch.tensor(picture((6, 6, 1))) * 100
    made = module_of(RandomElasticTransform(fill_mode="constant", fill_value=999.0), (6, 6, 1))(x)
    assert made.min() >= 0
    assert made.max() <= 255
    for still in (RandomElasticTransform(scale=0.0), RandomElasticTransform(factor=0.0)):
        assert torch.equal(module_of(still, (6, 6, 1))(x), x)


def test_one_row_can_be_bent() -> None:
    x = torch.tensor(picture((1, 6, 2)))
    for mode in ("mirror", "reflect", "wrap", "nearest", "constant"):
        layer = RandomElasticTransform.model_validate({"fill_mode": mode})
        assert module_of(layer, (1, 6, 2))(x).isfinite().all()


def test_chosen_are_as_many_images_as_the_factor_says() -> None:
    torch.manual_seed(0)
    x = torch.rand(2000, 4, 4, 3)
    for layer in (
        RandomPerspective(factor=(0.3, 0.3)),
        RandomElasticTransform(factor=(0.3, 0.3), scale=(1.0, 1.0)),
    ):
        changed = (module_of(layer, (4, 4, 3))(x) != x).flatten(1).any(1)
        assert changed.float().mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    "layer",
    [RandomPerspective(factor=(1.0, 1.0)), RandomElasticTransform(factor=(1.0, 1.0))],
    ids=lambda layer: type(layer).__name__,
)
def test_images_change_as_much_as_in_keras(layer: Any) -> None:
    torch.manual_seed(0)
    x = torch.rand(100, 9, 12, 1) * 255
    mine = (module_of(layer, (9, 12, 1))(x) - x).abs().flatten(1).mean(1)
    theirs = (keras_layer(layer)(x, training=True) - x).abs().flatten(1).mean(1)
    if isinstance(layer, RandomElasticTransform):
        # One scale for a batch, from 0 to 1: there are as many as batches.
        batches = range(25)
        mine = torch.stack([(module_of(layer, (9, 12, 1))(x) - x).abs().mean() for _ in batches])
        one = keras_layer(layer)
        theirs = torch.stack([(one(x, training=True) - x).abs().mean() for _ in batches])
    spread = float((mine.var() / len(mine) + theirs.var() / len(theirs)).sqrt())
    assert abs(float(mine.mean() - theirs.mean())) < 4 * spread


@pytest.mark.parametrize(
    "layer",
    [RandomPerspective(seed=3), RandomElasticTransform(seed=3, value_range=(-9.0, 9.0))],
    ids=lambda layer: type(layer).__name__,
)
def test_own_seed_gives_the_same_images_whatever_the_global_state(layer: BaseLayer) -> None:
    x = torch.tensor(picture((5, 6, 3), rows=8))
    one = module_of(layer, (5, 6, 3))(x)
    torch.manual_seed(99)
    assert torch.equal(one, module_of(layer, (5, 6, 3))(x))
    assert not torch.equal(one, x)


@cases
@given(
    limit=st.sampled_from([0, 1, 2, 7]),
    tiles=st.sampled_from([(8, 8), (2, 3), (1, 1)]),
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    value_range=ranges,
    channels=st.integers(1, 3),
)
def test_local_equalization_is_that_of_keras(
    limit: int,
    tiles: tuple[int, int],
    size: tuple[int, int],
    value_range: tuple[float, float],
    channels: int,
) -> None:
    # On torch, and there alone, Keras cuts off parts of a limit, and mirrors nothing where tiles
    # reach beyond an image.
    limit_of_one = 256 * limit / math.prod(size)
    layer = LocalEqualization(
        value_range=value_range, clip_limit=limit_of_one, tile_grid_size=tiles
    )
    shape = (tiles[0] * size[0], tiles[1] * size[1], channels)
    check_layer(layer, [shape], inputs=[tones(shape, value_range)])


@cases
@given(
    layer=st.builds(
        LocalEqualization,
        value_range=ranges,
        clip_limit=st.sampled_from([4.0, 1.0, 30.0]),
        tile_grid_size=st.sampled_from([(8, 8), (2, 3), (1, 1)]),
    ),
    shape=images,
)
def test_local_equalization_is_that_of_keras_on_other_backends(
    layer: LocalEqualization, shape: tuple[int, ...]
) -> None:
    def reference(inputs: list[Any], weights: Any, training: bool) -> Any:
        return equalized(inputs[0], layer.value_range, layer.clip_limit, layer.tile_grid_size)

    check_layer(
        layer, [shape], inputs=[tones(shape, layer.value_range)], reference=reference, batch=3
    )


def tones(shape: tuple[int, ...], value_range: tuple[float, float]) -> np.ndarray[Any, Any]:
    # In the middle of a level, so that no rounding takes a value to another one.
    levels = np.random.default_rng(0).integers(0, 255, (3, *shape)) + 0.5
    low, high = value_range
    return (levels / 255 * (high - low) + low).astype("float32")


def test_tiles_may_be_more_than_pixels() -> None:
    x = torch.rand(2, 1, 3, 1) * 255
    assert module_of(LocalEqualization(), (1, 3, 1))(x).isfinite().all()
