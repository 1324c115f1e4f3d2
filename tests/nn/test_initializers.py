from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import BaseModel

from flowengine.nn import initializers
from flowengine.nn.initializers import (
    TRUNCATED_DEVIATION,
    Constant,
    Identity,
    InitializerSetting,
    Orthogonal,
    RandomUniform,
    VarianceScaling,
    fans,
)

SHAPE = (3, 3, 40, 60)


class Holder(BaseModel):
    value: InitializerSetting


def sample(initializer: initializers.Initializer, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    values = initializer.sample(shape, np.random.default_rng(3))
    assert values.shape == shape
    assert values.dtype == np.float32
    return values


@pytest.mark.parametrize("member", initializers.MEMBERS, ids=lambda member: member.__name__)
def test_every_initializer_is_named_as_in_keras(member: type[initializers.Initializer]) -> None:
    name = member.model_fields["type"].default
    assert isinstance(Holder.model_validate_json(f'{{"value": "{name}"}}').value, member)
    assert name == "".join("_" + c.lower() if c.isupper() else c for c in member.__name__)[1:]


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [
        ("glorot_uniform", 2 / (360 + 540), math.sqrt(3)),
        ("glorot_normal", 2 / (360 + 540), 2 / TRUNCATED_DEVIATION),
        ("he_uniform", 2 / 360, math.sqrt(3)),
        ("he_normal", 2 / 360, 2 / TRUNCATED_DEVIATION),
        ("lecun_uniform", 1 / 360, math.sqrt(3)),
        ("lecun_normal", 1 / 360, 2 / TRUNCATED_DEVIATION),
        ("random_normal", 0.05**2, math.inf),
        ("random_uniform", 0.1**2 / 12, math.sqrt(3)),
        ("truncated_normal", (0.05 * TRUNCATED_DEVIATION) ** 2, 2 / TRUNCATED_DEVIATION),
        ("variance_scaling", 1 / 360, 2 / TRUNCATED_DEVIATION),
    ],
)
def test_moments_and_bounds(name: str, variance: float, bound: float) -> None:
    values = sample(Holder.model_validate({"value": name}).value)
    assert values.mean() == pytest.approx(0, abs=4 * math.sqrt(variance / values.size))
    assert values.var() == pytest.approx(variance, rel=0.03)
    assert np.abs(values).max() <= bound * math.sqrt(variance) * (1 + 1e-6)


def test_variance_scaling_knows_all_modes() -> None:
    for mode, count in (("fan_in", 360), ("fan_out", 540), ("fan_avg", 450)):
        values = sample(VarianceScaling(scale=3.0, mode=mode, distribution="untruncated_normal"))
        assert values.var() == pytest.approx(3 / count, rel=0.03)


def test_fans_are_counted_as_keras_does() -> None:
    assert fans(()) == (1, 1)
    assert fans((5,)) == (5, 5)
    assert fans((4, 6)) == (4, 6)
    assert fans((3, 3, 4, 6)) == (36, 54)


def test_orthogonal_columns_are_orthogonal() -> None:
    for shape in ((6, 4), (4, 6), (2, 3, 5)):
        values = sample(Orthogonal(gain=2.0), shape).reshape(-1, shape[-1])
        product = values.T @ values if len(values) >= values.shape[1] else values @ values.T
        assert np.allclose(product, 4 * np.eye(len(product)), atol=1e-5)
    with pytest.raises(ValueError, match="2 dimensions or more"):
        sample(Orthogonal(), (3,))


def test_constants() -> None:
    assert (sample(Constant(value=0.5), (2,)) == 0.5).all()
    assert np.array_equal(sample(Identity(gain=3.0), (2, 3)), 3 * np.eye(2, 3))
    with pytest.raises(ValueError, match="needs a matrix"):
        sample(Identity(), (2, 2, 2))


def test_bounds_of_a_uniform_are_kept() -> None:
    values = sample(RandomUniform(minval=2.0, maxval=3.0))
    assert values.min() >= 2
    assert values.max() <= 3


def test_unknown_initializer_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r'no initializer "glorot_unifrom"\. Did you mean'):
        Holder.model_validate({"value": "glorot_unifrom"})
