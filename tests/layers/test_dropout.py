from __future__ import annotations

import pytest
import torch

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.regularization.dropout import Dropout


def train(layer: Dropout, x: torch.Tensor) -> torch.Tensor:
    module = layer.build(TensorSpec(tuple(x.shape[1:])))
    result: torch.Tensor = module.train()(x)
    return result


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_dropout_is_that_of_keras_where_it_is_not_random(rate: float) -> None:
    check_layer(Dropout(rate=rate), [(4, 3)])


def test_share_and_scale_are_right() -> None:
    torch.manual_seed(0)
    x = torch.ones(1, 100_000)
    y = train(Dropout(rate=0.3), x)
    assert y.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert (y == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)


def test_noise_shape_drops_whole_columns() -> None:
    torch.manual_seed(0)
    y = train(Dropout(rate=0.5, noise_shape=(None, 1, 6)), torch.ones(4, 5, 6))
    assert torch.equal(y, y[:, :1].expand_as(y))
    assert 0 < (y == 0).float().mean() < 1


def test_own_seed_gives_the_same_masks_whatever_the_global_state() -> None:
    x = torch.ones(2, 50)
    one = train(Dropout(rate=0.5, seed=7), x)
    torch.manual_seed(99)
    assert torch.equal(one, train(Dropout(rate=0.5, seed=7), x))
    module = Dropout(rate=0.5, seed=7).build(TensorSpec((50,)))
    assert not torch.equal(module(x), module(x))


def test_noise_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigureError, match="it needs 3 numbers, each null, 1 or the input's"):
        Dropout(rate=0.5, noise_shape=(None, 4)).outputs(TensorSpec((4, 5)))
