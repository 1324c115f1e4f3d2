"""Layers that change colours and tones at random, against Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from image_samples import module_of, picture, same
from layer_strategies import cases

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import keras_layer, load_keras
from flowengine_nodes.layer.preprocessing.auto_contrast import AutoContrast
from flowengine_nodes.layer.preprocessing.equalization import Equalization
from flowengine_nodes.layer.preprocessing.random_color_degeneration import RandomColorDegeneration
from flowengine_nodes.layer.preprocessing.random_color_jitter import RandomColorJitter
from flowengine_nodes.layer.preprocessing.random_crop import RandomCrop
from flowengine_nodes.layer.preprocessing.random_erasing import RandomErasing
from flowengine_nodes.layer.preprocessing.random_gaussian_blur import RandomGaussianBlur
from flowengine_nodes.layer.preprocessing.random_grayscale import RandomGrayscale
from flowengine_nodes.layer.preprocessing.random_hue import RandomHue
from flowengine_nodes.layer.preprocessing.random_invert import RandomInvert
from flowengine_nodes.layer.preprocessing.random_posterization import RandomPosterization
from flowengine_nodes.layer.preprocessing.random_saturation import RandomSaturation
from flowengine_nodes.layer.preprocessing.random_sharpness import RandomSharpness
from flowengine_nodes.layer.preprocessing.random_shear import RandomShear
from flowengine_nodes.layer.preprocessing.solarization import Solarization

sides = st.integers(1, 7)
shapes = st.tuples(sides, sides, st.just(3))
ranges = st.sampled_from([(0.0, 255.0), (0.0, 1.0), (-1.0, 1.0)])
share = st.sampled_from([0.0, 0.3, 1.0])
part = share | st.tuples(share, share)
seeds = st.none() | st.integers(0, 9)
coloured = {"value_range": ranges, "seed": seeds}

APPLIED = [
    st.builds(AutoContrast, value_range=ranges),
    st.builds(Equalization, value_range=ranges, bins=st.sampled_from([256, 16])),
    st.builds(RandomColorDegeneration, factor=part, **coloured),
    st.builds(
        RandomColorJitter,
        brightness_factor=st.none() | part,
        contrast_factor=st.none() | st.just(0.5),
        saturation_factor=st.none() | part,
        hue_factor=st.none() | part,
        **coloured,
    ),
    st.builds(
        RandomErasing,
        factor=part,
        scale=part,
        fill_value=st.sampled_from([None, 0.5, (0.1, 0.2, 0.3)]),
        **coloured,
    ),
    st.builds(
        RandomGaussianBlur,
        factor=part,
        kernel_size=st.sampled_from([(3, 3), (1, 5)]),
        sigma=part,
        **coloured,
    ),
    st.builds(RandomGrayscale, factor=share, seed=seeds),
    st.builds(RandomHue, factor=part, **coloured),
    st.builds(RandomInvert, factor=part, **coloured),
    st.builds(RandomPosterization, factor=st.sampled_from([1, 8, (2, 5)]), **coloured),
    st.builds(RandomSaturation, factor=part, **coloured),
    st.builds(RandomSharpness, factor=part, **coloured),
    st.builds(RandomShear, x_factor=part, y_factor=part, seed=seeds),
    st.builds(Solarization, addition_factor=part, threshold_factor=part, **coloured),
]


@pytest.mark.parametrize("number", range(len(APPLIED)))
@cases
@given(data=st.data(), shape=shapes)
def test_applied_network_is_that_of_keras(
    data: st.DataObject, number: int, shape: tuple[int, ...]
) -> None:
    layer = data.draw(APPLIED[number])
    if isinstance(layer, AutoContrast):
        # Of a channel of one value Keras' gradient is not a number.
        shape = (shape[0] + 1, *shape[1:])
    rng = np.random.default_rng(0)
    low, high = getattr(layer, "value_range", (0.0, 255.0))
    x = rng.uniform(low, high, (3, *shape)).astype("float32")
    check_layer(layer, [shape], inputs=[x])


def trained(layer: BaseLayer, x: torch.Tensor, transformation: Any) -> torch.Tensor:
    made: torch.Tensor = keras_layer(layer).transform_images(x, transformation, training=True)
    return made


FACTORS = torch.tensor([0.0, 0.4, 1.0])
FLAT, BY_IMAGE = FACTORS.view(-1), FACTORS.view(-1, 1, 1, 1)


@cases
@given(shape=shapes, value_range=ranges)
def test_a_factor_changes_an_image_as_in_keras(
    shape: tuple[int, ...], value_range: tuple[float, float]
) -> None:
    low, high = value_range
    x = torch.tensor(picture(shape)) / 10 * (high - low) + low
    given: list[tuple[BaseLayer, torch.Tensor, Any]] = [
        (RandomColorDegeneration(factor=1.0), BY_IMAGE, {"factor": BY_IMAGE}),
        (RandomHue(factor=1.0), BY_IMAGE, {"factor": FLAT}),
        (RandomHue(factor=1.0), -BY_IMAGE / 2, {"factor": -FLAT / 2}),
        (RandomSaturation(factor=1.0), 3 * BY_IMAGE, {"factor": 3 * FLAT}),
        (RandomSharpness(factor=1.0), BY_IMAGE, {"factor": FLAT}),
    ]
    for layer, factor, theirs in given:
        mine = layer.model_copy(update={"value_range": value_range})
        if isinstance(layer, RandomSaturation) and low < 0:
            # Keras takes colours below 0 for colours, whose hue it then gets wrong.
            continue
        same(module_of(mine, shape).changed(x, factor), trained(mine, x, theirs), mine)


@cases
@given(shape=shapes, value_range=ranges, bits=st.integers(1, 8))
def test_posterization_leaves_the_bits_that_keras_leaves(
    shape: tuple[int, ...], value_range: tuple[float, float], bits: int
) -> None:
    low, high = value_range
    # In the middle between two of 256 values, where rounding errors change nothing.
    levels = np.random.default_rng(0).integers(0, 255, (3, *shape)) + 0.5
    x = torch.tensor((levels / 255 * (high - low) + low).astype("float32"))
    layer = RandomPosterization(factor=8, value_range=value_range)
    theirs = trained(layer, x, {"shift_factor": torch.tensor([8 - bits] * 3, dtype=torch.uint8)})
    mine = module_of(layer, shape).changed(x, torch.full((3, 1, 1, 1), float(bits)))
    same(mine, theirs, layer)


@cases
@given(shape=shapes, value_range=ranges)
def test_solarization_inverts_what_keras_inverts(
    shape: tuple[int, ...], value_range: tuple[float, float]
) -> None:
    low, high = value_range
    x = torch.tensor(np.random.default_rng(0).uniform(low, high, (3, *shape)).astype("float32"))
    layer = Solarization(value_range=value_range)
    addition, threshold = 90 * BY_IMAGE, 255 * BY_IMAGE.flip(0)
    theirs = trained(layer, x, {"additions": addition, "thresholds": threshold})
    same(module_of(layer, shape).solarized(x, addition, threshold), theirs, layer)


@cases
@given(shape=shapes, sigma=st.tuples(st.floats(0.2, 1.0), st.floats(0.2, 1.0)))
def test_blur_is_that_of_keras(shape: tuple[int, ...], sigma: tuple[float, float]) -> None:
    x, deviation = torch.tensor(picture(shape)), torch.tensor(sigma)
    layer = RandomGaussianBlur(kernel_size=(3, 3))
    whole = {"should_apply_blur": torch.tensor([True] * 3), "blur_factor": deviation}
    mine = module_of(layer, shape)
    same(mine.within(mine.blurred(x, deviation)), trained(layer, x, whole), layer)


@cases
@given(shape=shapes)
def test_erased_is_the_rectangle_that_keras_erases(shape: tuple[int, ...]) -> None:
    x = torch.tensor(picture(shape))
    layer = RandomErasing(fill_value=7.0)
    rng = np.random.default_rng(0)
    sizes, places = torch.tensor(rng.uniform(size=(2, 3, 1, 1, 2)).astype("float32"))
    bounds = []
    for number, length in enumerate((shape[1], shape[0])):
        size = sizes[:, 0, 0, number] * length
        start = places[:, 0, 0, number] * (length - size)
        bounds += [start, start + size]
    masks = keras_layer(layer)._generate_batch_mask((3, *shape), bounds)
    chosen = {"apply_erasing": torch.tensor([True] * 3), "batch_masks": masks, "fill_value": 7.0}
    same(module_of(layer, shape).erased(x, sizes, places), trained(layer, x, chosen), layer)


@cases
@given(shape=shapes, interpolation=st.sampled_from(["nearest", "bilinear"]))
def test_shear_goes_where_keras_goes(shape: tuple[int, ...], interpolation: Any) -> None:
    x, layer = torch.tensor(picture(shape)), RandomShear(interpolation=interpolation)
    right, down = torch.tensor([0.3, -0.7, 0.0]), torch.tensor([0.1, 0.0, 0.9])
    theirs = keras_layer(layer)._transform_images(
        x, {"shear_factor": torch.stack([right, down], 1)}, interpolation
    )
    same(module_of(layer, shape).sheared(x, right, down), theirs, layer)


# Keras looks for the first value by way of what torch has deprecated.
@pytest.mark.filterwarnings("ignore:Tensor.T is deprecated:UserWarning")
@cases
@given(shape=shapes, value_range=ranges, bins=st.sampled_from([256, 8]))
def test_values_are_equalized_as_in_keras(
    shape: tuple[int, ...], value_range: tuple[float, float], bins: int
) -> None:
    low, high = value_range
    levels = np.random.default_rng(0).integers(0, 255, (3, *shape)) + 0.5
    x = torch.tensor((levels / 255 * (high - low) + low).astype("float32"))
    layer = Equalization(value_range=value_range, bins=bins)
    same(module_of(layer, shape)(x), trained(layer, x, None), layer)


def test_a_crop_takes_every_place_and_no_other() -> None:
    torch.manual_seed(0)
    x = torch.arange(12.0).reshape(1, 3, 4, 1).repeat(2, 1, 1, 1)
    module = module_of(RandomCrop(height=2, width=2), (3, 4, 1))
    made = [module(x) for _ in range(100)]
    assert all(torch.equal(one[0], one[1]) for one in made)
    assert {int(one[0, 0, 0, 0]) for one in made} == {0, 1, 2, 4, 5, 6}


@cases
@given(shape=shapes, height=sides, width=sides)
def test_a_crop_of_an_applied_network_is_the_largest_part_of_the_right_proportions(
    shape: tuple[int, ...], height: int, width: int
) -> None:
    # Keras says so, but gives images as they are.
    resized = load_keras().layers.Resizing(height, width, crop_to_aspect_ratio=True)
    check_layer(RandomCrop(height=height, width=width, seed=1), [shape], reference=resized)


def test_chosen_are_as_many_images_as_the_factor_says() -> None:
    torch.manual_seed(0)
    x = torch.rand(2000, 2, 2, 3)
    for layer in (RandomInvert(factor=(0.3, 0.3)), RandomGrayscale(factor=0.3)):
        changed = (module_of(layer, (2, 2, 3))(x) != x).flatten(1).any(1)
        assert changed.float().mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    "layer",
    [
        RandomHue(factor=0.5, seed=3),
        RandomSaturation(factor=0.9, seed=3),
        RandomPosterization(factor=(1, 8), seed=3),
        RandomSharpness(factor=1.0, seed=3),
        RandomErasing(seed=3, scale=(0.2, 0.5)),
        RandomGaussianBlur(seed=3),
        Solarization(addition_factor=0.5, seed=3),
        RandomShear(x_factor=0.5, seed=3),
        RandomColorJitter(brightness_factor=0.5, hue_factor=0.5, seed=3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_own_seed_gives_the_same_images_whatever_the_global_state(layer: BaseLayer) -> None:
    x = torch.tensor(picture((5, 6, 3), rows=8)).abs() * 50
    one = module_of(layer, (5, 6, 3))(x)
    torch.manual_seed(99)
    assert torch.equal(one, module_of(layer, (5, 6, 3))(x))
    assert not torch.equal(one, x)


def test_colours_need_three_channels() -> None:
    for layer in (RandomHue(factor=0.1), RandomSaturation(factor=0.1), RandomGrayscale()):
        with pytest.raises(ConfigureError, match="images of red, green and blue"):
            layer.outputs(TensorSpec((4, 4, 2)))
    assert RandomGrayscale().outputs(TensorSpec((4, 4, 1))).shape == (4, 4, 1)
    with pytest.raises(ValueError, match="expected an odd number"):
        RandomGaussianBlur(kernel_size=(4, 3))
