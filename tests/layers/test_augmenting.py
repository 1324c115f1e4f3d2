"""Layers that choose among others by chance, against Keras."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from image_samples import module_of, picture, same
from layer_strategies import cases
from torch import nn

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import keras_layer
from flowengine_nodes.layer.preprocessing.aug_mix import AugMix
from flowengine_nodes.layer.preprocessing.rand_augment import RandAugment

# Keras looks for the first value of a histogram by way of what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Tensor.T is deprecated:UserWarning")

AUTO_CONTRAST, EQUALIZATION, NONE = 5, 6, 99
"""Places of the layers that draw nothing."""
sides = st.integers(2, 7)
shapes = st.tuples(sides, sides, st.just(3))
chosen: dict[str, Any] = {
    "factor": st.sampled_from([0.0, 0.3, 1.0, (0.2, 0.6)]),
    "interpolation": st.sampled_from(["nearest", "bilinear"]),
    "value_range": st.sampled_from([(0.0, 255.0), (0.0, 1.0)]),
    "seed": st.none() | st.integers(0, 9),
}
LAYERS: dict[str, st.SearchStrategy[BaseLayer]] = {
    "rand_augment": st.builds(RandAugment, num_ops=st.integers(1, 3), **chosen),
    "aug_mix": st.builds(
        AugMix,
        num_chains=st.integers(1, 3),
        chain_depth=st.integers(1, 3),
        alpha=st.sampled_from([0.5, 1.0]),
        all_ops=st.booleans(),
        **chosen,
    ),
}


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
@cases
@given(data=st.data(), shape=shapes)
def test_applied_network_leaves_images_alone_as_in_keras(
    data: st.DataObject, layers: st.SearchStrategy[BaseLayer], shape: tuple[int, ...]
) -> None:
    check_layer(data.draw(layers), [shape])


def test_chains_are_mixed_as_in_keras() -> None:
    x, layer = torch.tensor(picture((5, 6, 3))) * 40 + 128, AugMix()
    numbers = [[AUTO_CONTRAST, NONE], [EQUALIZATION, AUTO_CONTRAST], [NONE]]
    weights, kept = [0.5, 0.2, 0.3], 0.25
    names = {AUTO_CONTRAST: "auto_contrast", EQUALIZATION: "equalization"}
    transformation = {
        "chain_mixing_weights": torch.tensor(weights),
        "weight_sample": torch.tensor(kept),
        "chain_transforms": [
            [{"layer_name": names[one], "transformation": None} for one in chain if one in names]
            for chain in numbers
        ],
    }
    theirs = keras_layer(layer).transform_images(x, transformation)
    same(module_of(layer, (5, 6, 3)).mixed(x, numbers, weights, kept), theirs, layer)


def keras_side(layer: BaseLayer) -> Any:
    """Return Keras' layer, without its parts changing on torch the images that they are given."""
    theirs = keras_layer(layer)
    for part in theirs._flatten_layers(include_self=False):
        part.transform_images = on_a_copy(part.transform_images)
    return theirs


def on_a_copy(transform: Any) -> Any:
    return lambda images, transformation: transform(images.clone(), transformation)


def test_layers_follow_one_another_as_in_keras() -> None:
    x, layer = torch.tensor(picture((5, 6, 3))) * 40 + 128, RandAugment()
    theirs = keras_side(layer)
    transformation = theirs.get_random_transformation(x)
    names = list(transformation["transforms"])
    order = [names.index("equalization"), names.index("auto_contrast")]
    transformation["layer_idxes"] = torch.tensor(order)
    mine = module_of(layer, (5, 6, 3)).chained(x, [EQUALIZATION, AUTO_CONTRAST])
    same(mine, theirs.transform_images(x, transformation), layer)


class Times(nn.Module):
    """Multiply, so that a product tells which parts were chosen."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


def test_every_layer_is_chosen_equally_often() -> None:
    torch.manual_seed(0)
    module = module_of(RandAugment(num_ops=1), (2, 2, 3))
    count = len(module.parts)
    assert count == 11
    module.parts = nn.ModuleList([Times(number) for number in range(count)])
    drawn = torch.stack([module(torch.ones(1, 1, 1, 3))[0, 0, 0, 0] for _ in range(4400)])
    shares = drawn.long().bincount(minlength=count) / len(drawn)
    assert (shares - 1 / count).abs().max() < 0.015


def test_the_place_of_a_layer_in_a_chain_may_stay_empty() -> None:
    torch.manual_seed(0)
    layer = AugMix(num_chains=1, chain_depth=1, all_ops=False, value_range=(-9.0, 9.0))
    module = module_of(layer, (2, 2, 2))
    assert len(module.parts) == 7
    module.parts = nn.ModuleList([Times(-1.0) for _ in module.parts])
    kept = torch.stack([module(torch.ones(1, 1, 1, 2))[0, 0, 0, 0] for _ in range(4000)])
    # One of eight chains is empty and leaves all as it is; the others give m - (1 - m).
    assert (kept == 1).float().mean().item() == pytest.approx(1 / 8, abs=0.02)
    rest = (kept[kept != 1] + 1) / 2
    assert rest.mean().item() == pytest.approx(0.5, abs=0.02)
    assert rest.var().item() == pytest.approx(1 / 12, abs=0.01)


@pytest.mark.parametrize(
    "layer", [RandAugment(), AugMix(alpha=0.5)], ids=lambda layer: type(layer).__name__
)
def test_images_change_as_much_as_in_keras(layer: Any) -> None:
    import random

    import keras

    torch.manual_seed(0)
    random.seed(0)
    keras.utils.set_random_seed(0)
    x = torch.rand(4, 8, 8, 3) * 255
    module, theirs = module_of(layer, (8, 8, 3)), keras_side(layer)
    one = torch.stack([(module(x) - x).abs().mean() for _ in range(150)])
    two = torch.stack([(theirs(x, training=True) - x).abs().mean() for _ in range(150)])
    spread = float((one.var() / len(one) + two.var() / len(two)).sqrt())
    assert abs(float(one.mean() - two.mean())) < 4 * spread


@pytest.mark.parametrize(
    "layer", [RandAugment(seed=3), AugMix(seed=3)], ids=lambda layer: type(layer).__name__
)
def test_own_seed_gives_the_same_images_whatever_the_global_state(layer: BaseLayer) -> None:
    x = torch.rand(8, 5, 6, 3) * 255
    module, again = module_of(layer, (5, 6, 3)), module_of(layer, (5, 6, 3))
    one = [module(x) for _ in range(3)]
    torch.manual_seed(99)
    for made in one:
        assert torch.equal(made, again(x))
    assert not torch.equal(one[0], one[1])


def test_colours_need_three_channels() -> None:
    for layer in (RandAugment(), AugMix()):
        with pytest.raises(ConfigureError, match="images of red, green and blue"):
            layer.outputs(TensorSpec((4, 4, 2)))
    assert AugMix(all_ops=False).outputs(TensorSpec((4, 4, 2))).shape == (4, 4, 2)
