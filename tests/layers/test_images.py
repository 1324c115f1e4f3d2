"""Layers that resize, crop and augment images."""

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
from reference.lanczos import resize

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import keras_layer
from flowengine_nodes.layer.preprocessing.center_crop import CenterCrop
from flowengine_nodes.layer.preprocessing.random_brightness import RandomBrightness
from flowengine_nodes.layer.preprocessing.random_contrast import RandomContrast
from flowengine_nodes.layer.preprocessing.random_flip import RandomFlip
from flowengine_nodes.layer.preprocessing.random_rotation import RandomRotation
from flowengine_nodes.layer.preprocessing.random_translation import RandomTranslation
from flowengine_nodes.layer.preprocessing.random_zoom import RandomZoom
from flowengine_nodes.layer.preprocessing.resizing import Resizing

sizes = st.integers(1, 7)
images = st.tuples(sizes, sizes, st.integers(1, 3))
shares = st.sampled_from([0.0, 0.2, 1.0]) | st.sampled_from([(-0.5, 0.3), (0.1, 0.4)])
parts = st.sampled_from([0.0, 0.2, 1.0]) | st.sampled_from([(0.1, 0.4)])
moving: dict[str, Any] = {
    "fill_mode": st.sampled_from(["reflect", "wrap", "constant", "nearest"]),
    "interpolation": st.sampled_from(["nearest", "bilinear"]),
    "fill_value": st.sampled_from([0.0, 2.5]),
    "seed": st.none() | st.integers(0, 9),
}
seeds = moving["seed"]
ranges = st.sampled_from([(0.0, 255.0), (-1.0, 1.0)])
RANDOM: dict[str, st.SearchStrategy[BaseLayer]] = {
    "flip": st.builds(
        RandomFlip,
        mode=st.sampled_from(["horizontal", "vertical", "horizontal_and_vertical"]),
        seed=seeds,
    ),
    "rotation": st.builds(RandomRotation, factor=shares, **moving),
    "zoom": st.builds(RandomZoom, height_factor=shares, width_factor=st.none() | shares, **moving),
    "translation": st.builds(
        RandomTranslation, height_factor=shares, width_factor=shares, **moving
    ),
    "contrast": st.builds(RandomContrast, factor=parts, value_range=ranges, seed=seeds),
    "brightness": st.builds(RandomBrightness, factor=shares, value_range=ranges, seed=seeds),
}


@cases
@given(
    layer=st.builds(
        Resizing,
        height=sizes,
        width=sizes,
        interpolation=st.sampled_from(["nearest", "bilinear", "bicubic"]),
        crop_to_aspect_ratio=st.booleans(),
        fill_value=st.sampled_from([0.0, 2.0]),
        antialias=st.booleans(),
    ),
    shape=images,
    dtype=st.sampled_from(["float32", "uint8", "int32"]),
)
def test_resizing_is_that_of_keras(layer: Resizing, shape: tuple[int, ...], dtype: str) -> None:
    check_layer(layer, [shape], dtype=dtype)


@cases
@given(
    layer=st.builds(
        Resizing,
        height=sizes,
        width=sizes,
        pad_to_aspect_ratio=st.just(True),
        fill_value=st.sampled_from([0.0, 2.0]),
    ),
    shape=images,
)
def test_padded_resizing_is_that_of_keras(layer: Resizing, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


@cases
@given(height=sizes, width=sizes, shape=images, radius=st.sampled_from([3, 5]))
def test_resizing_by_lanczos_is_that_of_keras_on_other_backends(
    height: int, width: int, shape: tuple[int, ...], radius: int
) -> None:
    layer = Resizing.model_validate(
        {"height": height, "width": width, "interpolation": f"lanczos{radius}"}
    )
    check_layer(layer, [shape], reference=lambda x, w, t: resize(x[0], height, width, radius))


@cases
@given(layer=st.builds(CenterCrop, height=sizes, width=sizes), shape=images)
def test_center_crop_is_that_of_keras(layer: CenterCrop, shape: tuple[int, ...]) -> None:
    check_layer(layer, [shape])


@pytest.mark.parametrize("layers", RANDOM.values(), ids=RANDOM)
@cases
@given(data=st.data(), shape=images)
def test_applied_network_leaves_images_alone_as_in_keras(
    data: st.DataObject, layers: st.SearchStrategy[BaseLayer], shape: tuple[int, ...]
) -> None:
    check_layer(data.draw(layers), [shape])


@cases
@given(layer=st.builds(RandomRotation, factor=st.just(0.1), **moving), shape=images)
def test_rotation_goes_where_keras_goes(layer: RandomRotation, shape: tuple[int, ...]) -> None:
    x, degrees = picture(shape), np.array([17.0, -130.0, 90.0], dtype="float32")
    theirs = keras_layer(layer)
    nothing, whole = torch.zeros(3), torch.ones(3)
    matrix = theirs._compute_affine_matrix(
        center_x=0.5,
        center_y=0.5,
        angle=torch.tensor(degrees),
        translate_x=nothing,
        translate_y=nothing,
        scale=whole,
        shear_x=nothing,
        shear_y=nothing,
        height=shape[0],
        width=shape[1],
    )
    mine = module_of(layer, shape).rotated(torch.tensor(x), torch.tensor(np.radians(degrees)))
    same(mine, theirs.transform_images(torch.tensor(x), {"rotation_matrix": matrix}), layer)


@cases
@given(layer=st.builds(RandomZoom, height_factor=st.just(0.1), **moving), shape=images)
def test_zoom_goes_where_keras_goes(layer: RandomZoom, shape: tuple[int, ...]) -> None:
    x, height, width = picture(shape), torch.tensor([1.3, 0.6, 1.9]), torch.tensor([1.3, 0.7, 2.0])
    transformation = {"height_zoom": height[:, None], "width_zoom": width[:, None]}
    theirs = keras_layer(layer).transform_images(torch.tensor(x), transformation)
    same(module_of(layer, shape).zoomed(torch.tensor(x), height, width), theirs, layer)


@cases
@given(
    layer=st.builds(
        RandomTranslation, height_factor=st.just(0.1), width_factor=st.just(0.1), **moving
    ),
    shape=images,
)
def test_translation_goes_where_keras_goes(
    layer: RandomTranslation, shape: tuple[int, ...]
) -> None:
    x, down, right = picture(shape), torch.tensor([1.3, -2.6, 9.0]), torch.tensor([0.0, 0.7, -2.0])
    transformation = {"translations": torch.stack([right, down], 1)}
    theirs = keras_layer(layer).transform_images(torch.tensor(x), transformation)
    same(module_of(layer, shape).shifted(torch.tensor(x), down, right), theirs, layer)


@cases
@given(value_range=ranges, shape=images)
def test_contrast_and_brightness_change_as_in_keras(
    value_range: tuple[float, float], shape: tuple[int, ...]
) -> None:
    x, factor = torch.tensor(picture(shape)), torch.tensor([0.5, 1.0, 1.8]).view(-1, 1, 1, 1)
    contrast = RandomContrast(factor=0.5, value_range=value_range)
    theirs = keras_layer(contrast).transform_images(x, {"contrast_factor": factor})
    same(module_of(contrast, shape).changed(x, factor), theirs, contrast)
    brightness = RandomBrightness(factor=0.5, value_range=value_range)
    delta = factor * (value_range[1] - value_range[0])
    theirs = keras_layer(brightness).transform_images(x.clone(), {"rgb_delta": delta})
    same(module_of(brightness, shape).changed(x, factor), theirs, brightness)


def test_flip_flips_half_of_the_images_whole() -> None:
    torch.manual_seed(0)
    x = torch.arange(6.0).reshape(1, 2, 3, 1).repeat(400, 1, 1, 1)
    for mode, axes in (
        ("horizontal", (2,)),
        ("vertical", (1,)),
        ("horizontal_and_vertical", (1, 2)),
    ):
        made = module_of(RandomFlip.model_validate({"mode": mode}), (2, 3, 1))(x)
        flipped = (made == x.flip(axes)).flatten(1).all(1)
        assert ((made == x).flatten(1).all(1) ^ flipped).all()
        assert flipped.float().mean().item() == pytest.approx(0.5, abs=0.08)


def test_a_quarter_turn_is_counter_clockwise() -> None:
    x = torch.arange(9.0).reshape(1, 3, 3, 1)
    module = module_of(RandomRotation(factor=0.1), (3, 3, 1))
    turned = module.rotated(x, torch.tensor([math.pi / 2]))
    assert torch.allclose(turned, torch.rot90(x, 1, (1, 2)), atol=1e-4)


def test_factors_are_drawn_within_their_bounds() -> None:
    torch.manual_seed(0)
    x = torch.full((2000, 1, 1, 1), 100.0)
    brighter = (module_of(RandomBrightness(factor=(-0.1, 0.3)), (1, 1, 1))(x) - 100) / 255
    assert -0.1 <= brighter.min() < -0.09
    assert 0.29 < brighter.max() <= 0.3
    assert brighter.mean().item() == pytest.approx(0.1, abs=0.01)


def test_contrast_goes_both_ways_by_one_number() -> None:
    torch.manual_seed(0)
    x = torch.tensor([100.0, 120.0]).reshape(1, 1, 2, 1).repeat(2000, 1, 1, 1)
    made = module_of(RandomContrast(factor=0.2), (1, 2, 1))(x)
    spread = (made[:, 0, 1, 0] - made[:, 0, 0, 0]) / 20
    assert spread.min().item() == pytest.approx(0.8, abs=0.01)
    assert spread.max().item() == pytest.approx(1.2, abs=0.01)


@pytest.mark.parametrize(
    "layer",
    [
        RandomFlip(seed=3),
        RandomRotation(factor=0.2, seed=3),
        RandomZoom(height_factor=0.2, seed=3),
        RandomTranslation(height_factor=0.2, width_factor=0.2, seed=3),
        RandomContrast(factor=0.2, seed=3),
        RandomBrightness(factor=0.2, seed=3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_own_seed_gives_the_same_images_whatever_the_global_state(layer: BaseLayer) -> None:
    x = torch.tensor(picture((5, 6, 2), rows=8))
    one = module_of(layer, (5, 6, 2))(x)
    torch.manual_seed(99)
    assert torch.equal(one, module_of(layer, (5, 6, 2))(x))
    assert not torch.equal(one, x)


def test_images_of_any_size_get_one_size() -> None:
    assert Resizing(height=8, width=9).outputs(TensorSpec((None, None, 3), "uint8")) == TensorSpec(
        (8, 9, 3), "uint8"
    )
    assert CenterCrop(height=8, width=9).outputs(TensorSpec((None, None, 3))).shape == (8, 9, 3)


def test_settings_that_exclude_one_another_are_refused() -> None:
    image = TensorSpec((4, 4, 3))
    with pytest.raises(ConfigureError, match="exclude one another"):
        Resizing(height=2, width=2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True).outputs(
            image
        )
    with pytest.raises(ConfigureError, match='antialias does not go with interpolation "lanczos3"'):
        Resizing(height=2, width=2, interpolation="lanczos3", antialias=True).outputs(image)


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ConfigureError, match=r"3 dimensions \(height, width, channels\)"):
        RandomFlip().outputs(TensorSpec((4, 4)))
