from __future__ import annotations

import math
import os
import re
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel

from flowengine.family import names_of
from flowengine.nn import initializers
from flowengine.nn.fading import Window
from flowengine.nn.initializers import (
    STFT,
    TRUNCATED_DEVIATION,
    Constant,
    Identity,
    InitializerSetting,
    Orthogonal,
    RandomUniform,
    VarianceScaling,
    fans,
)
from flowengine.testing.parity import record

SHAPE = (3, 3, 40, 60)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


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
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*", member.__name__)
    assert name == "_".join(words).lower()


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


EXACT = ("constant", "identity", "ones", "stft", "zeros")

CASES: list[dict[str, Any]] = [
    *({"type": name} for name in names_of(initializers.MEMBERS)),
    {"type": "constant", "value": 0.3},
    {"type": "random_normal", "mean": 1.0, "stddev": 0.5},
    {"type": "random_uniform", "minval": -2.0, "maxval": 1.0},
    {"type": "truncated_normal", "mean": 1.0, "stddev": 0.5},
    {"type": "orthogonal", "gain": 2.0},
    {"type": "identity", "gain": 3.0},
    *({"type": "stft", "window": window, "periodic": True} for window in get_args(Window)),
    *({"type": "stft", "window": window, "side": "imag"} for window in get_args(Window)),
    {"type": "stft", "scaling": "spectrum"},
    {"type": "stft", "scaling": None},
    {"type": "stft", "window": None},
    {"type": "stft", "window": tuple(range(40))},
    *(
        {"type": "variance_scaling", "scale": 2.0, "mode": mode, "distribution": distribution}
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("uniform", "truncated_normal", "untruncated_normal")
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_statistics_are_those_of_keras(case: dict[str, Any]) -> None:
    """Mean, deviation, kurtosis and quantiles, in units of the deviation."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    settings = {name: value for name, value in case.items() if name != "type"}
    ours = Holder.model_validate({"value": case}).value
    shape = {"identity": (40, 60), "stft": (40, 1, 17)}.get(case["type"], SHAPE)
    keras.utils.set_random_seed(3)
    theirs = getattr(keras.initializers, type(ours).__name__)(**settings)
    mine, other = sample(ours, shape), np.asarray(theirs(shape))
    scale = float(other.std()) or 1.0
    apart = np.abs(figures(mine, scale) - figures(other, scale))
    assert apart.max() < (1e-5 if case["type"] in EXACT else 0.06)
    record("initializer", case["type"], settings=settings, difference=float(apart.max()))


def test_waves_are_those_of_keras() -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    for side in ("real", "imag"):
        theirs = keras.initializers.STFT(side=side, window="hamming", periodic=True)((40, 1, 33))
        mine = sample(STFT(side=side, window="hamming", periodic=True), (40, 1, 33))
        assert np.abs(mine - np.asarray(theirs)).max() < 1e-5


def test_waves_need_a_kernel_over_one_channel() -> None:
    with pytest.raises(ValueError, match=r"one axis and one channel"):
        sample(STFT(), (4, 2, 3))
    with pytest.raises(ValueError, match=r"the window has 2 values; the frame needs 4"):
        sample(STFT(window=(1.0, 1.0)), (4, 1, 3))


def figures(values: np.ndarray, scale: float) -> np.ndarray:
    """Return what describes a distribution, in units of a deviation."""
    values = values.astype(np.float64) / scale
    centred = values - values.mean()
    moments = [values.mean(), values.std(), (centred**4).mean() ** 0.25]
    return np.array([*moments, *np.quantile(values, QUANTILES)])


def test_unknown_initializer_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r'no initializer "glorot_unifrom"\. Did you mean'):
        Holder.model_validate({"value": "glorot_unifrom"})
