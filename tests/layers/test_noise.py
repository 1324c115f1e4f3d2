"""Layers that change values at random while training, and penalties on activations."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import check_layer
from flowengine_nodes.layer.regularization.activity_regularization import ActivityRegularization
from flowengine_nodes.layer.regularization.alpha_dropout import AlphaDropout
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.layer.regularization.gaussian_dropout import GaussianDropout
from flowengine_nodes.layer.regularization.gaussian_noise import GaussianNoise
from flowengine_nodes.layer.regularization.spatial_dropout1d import SpatialDropout1D
from flowengine_nodes.layer.regularization.spatial_dropout2d import SpatialDropout2D
from flowengine_nodes.layer.regularization.spatial_dropout3d import SpatialDropout3D

SPATIAL: list[Any] = [SpatialDropout1D, SpatialDropout2D, SpatialDropout3D]
rates = st.sampled_from([0.0, 0.3, 0.9])
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
seeds = st.none() | st.integers(0, 9)
NOISE: list[st.SearchStrategy[BaseLayer]] = [
    st.builds(GaussianNoise, stddev=rates, seed=seeds),
    st.builds(GaussianDropout, rate=rates, seed=seeds),
    st.builds(AlphaDropout, rate=rates, seed=seeds),
]


def train(layer: BaseLayer, x: torch.Tensor) -> torch.Tensor:
    module = layer.build(TensorSpec(tuple(x.shape[1:])))
    result: torch.Tensor = module.train()(x)
    return result


@pytest.mark.parametrize("layers", NOISE, ids=["noise", "dropout", "alpha dropout"])
@cases
@given(data=st.data(), shape=shapes)
def test_noise_is_that_of_keras_where_it_is_not_random(
    data: st.DataObject, layers: st.SearchStrategy[BaseLayer], shape: tuple[int, ...]
) -> None:
    check_layer(data.draw(layers), [shape])


@pytest.mark.parametrize("cls", [Dropout, AlphaDropout])
@cases
@given(data=st.data(), shape=shapes, rate=rates, seed=seeds)
def test_noise_shape_is_that_of_keras_where_it_is_not_random(
    data: st.DataObject, cls: Any, shape: tuple[int, ...], rate: float, seed: int | None
) -> None:
    sizes = [st.none() | st.just(1) | st.just(size) for size in shape]
    noise_shape = data.draw(st.none() | st.tuples(st.none(), *sizes))
    check_layer(cls(rate=rate, noise_shape=noise_shape, seed=seed), [shape])


@pytest.mark.parametrize("cls", SPATIAL)
@cases
@given(data=st.data(), rate=st.sampled_from([0.0, 0.4, 1.0]), seed=seeds)
def test_spatial_dropout_is_that_of_keras_where_it_is_not_random(
    data: st.DataObject, cls: Any, rate: float, seed: int | None
) -> None:
    axes = len(cls.axes.split(", "))
    sizes = st.integers(1, 3)
    check_layer(cls(rate=rate, seed=seed), [data.draw(st.tuples(*[sizes] * axes))])


@cases
@given(
    layer=st.builds(ActivityRegularization, l1=rates, l2=rates),
    shape=shapes,
)
def test_activity_regularization_is_that_of_keras(
    layer: ActivityRegularization, shape: tuple[int, ...]
) -> None:
    check_layer(layer, [shape])


@pytest.mark.parametrize("cls", SPATIAL)
def test_spatial_dropout_drops_whole_channels(cls: Any) -> None:
    torch.manual_seed(0)
    places = (3,) * (len(cls.axes.split(", ")) - 1)
    dropped = train(cls(rate=0.3), torch.ones(100, *places, 50)).flatten(1, -2)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert (dropped == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert dropped.max().item() == pytest.approx(1 / 0.7)


def test_gaussian_noise_has_mean_0_and_its_deviation() -> None:
    torch.manual_seed(0)
    added = train(GaussianNoise(stddev=0.5), torch.full((1, 100_000), 7.0)) - 7
    assert added.mean().item() == pytest.approx(0, abs=0.01)
    assert added.std().item() == pytest.approx(0.5, rel=0.01)


def test_gaussian_dropout_has_mean_1_and_the_variance_of_dropout() -> None:
    torch.manual_seed(0)
    factors = train(GaussianDropout(rate=0.2), torch.ones(1, 100_000))
    assert factors.mean().item() == pytest.approx(1, abs=0.01)
    assert factors.var().item() == pytest.approx(0.2 / 0.8, rel=0.02)


def test_alpha_dropout_keeps_mean_0_and_variance_1() -> None:
    torch.manual_seed(0)
    values = train(AlphaDropout(rate=0.3), torch.randn(1, 100_000))
    assert values.mean().item() == pytest.approx(0, abs=0.02)
    assert values.var().item() == pytest.approx(1, abs=0.02)


def test_alpha_dropout_has_two_values_for_one() -> None:
    torch.manual_seed(0)
    floor, rate = -1.7580993408473766, 0.3
    scale = ((1 - rate) * (1 + rate * floor**2)) ** -0.5
    values = train(AlphaDropout(rate=rate), torch.full((1, 1000), 2.0))
    dropped, kept = (scale * value - scale * floor * rate for value in (floor, 2.0))
    assert values.unique().tolist() == pytest.approx([dropped, kept])
    assert (values == values.min()).float().mean().item() == pytest.approx(rate, abs=0.05)


def test_alpha_dropout_takes_a_noise_shape() -> None:
    torch.manual_seed(0)
    values = train(AlphaDropout(rate=0.5, noise_shape=(None, 1, 6)), torch.ones(4, 5, 6))
    assert torch.equal(values, values[:, :1].expand_as(values))
    with pytest.raises(ConfigureError, match="noise_shape"):
        AlphaDropout(rate=0.5, noise_shape=(2, 3)).outputs(TensorSpec((5, 6)))


@pytest.mark.parametrize(
    "layer",
    [
        GaussianNoise(stddev=1.0, seed=7),
        GaussianDropout(rate=0.5, seed=7),
        AlphaDropout(rate=0.5, seed=7),
        SpatialDropout1D(rate=0.5, seed=7),
    ],
)
def test_own_seed_gives_the_same_numbers_whatever_the_global_state(layer: BaseLayer) -> None:
    x = torch.ones(2, 5, 8)
    one = train(layer, x)
    torch.manual_seed(99)
    assert torch.equal(one, train(layer, x))


def test_numbers_follow_from_the_seed_of_the_run() -> None:
    x = torch.ones(2, 50)
    results = []
    for _ in range(2):
        torch.manual_seed(3)
        results.append(train(GaussianNoise(stddev=1.0), x))
    assert torch.equal(*results)


def test_spatial_dropout_of_another_rank_is_refused() -> None:
    with pytest.raises(ConfigureError, match=r"3 dimensions \(height, width, channels\)"):
        SpatialDropout2D(rate=0.5).outputs(TensorSpec((4, 5)))
