"""Each family has all that Keras has of it, under Keras' names."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, get_args

import pytest

from flowengine.family import Member, names_of
from flowengine.nn import constraints, initializers, regularizers
from flowengine.nn.activations import Activation
from flowengine.nn.losses.family import LOSSES
from flowengine.nn.metrics.members import METRICS
from flowengine.nn.optimizers.family import OPTIMIZERS
from flowengine.nn.schedules import SCHEDULES
from flowengine.testing.keras_reference import load_keras

FAMILIES: dict[str, Sequence[type[Member]]] = {
    "losses": LOSSES,
    "metrics": METRICS,
    "optimizers": OPTIMIZERS,
    "optimizers.schedules": SCHEDULES,
    "initializers": initializers.MEMBERS,
    "regularizers": regularizers.MEMBERS,
    "constraints": constraints.MEMBERS,
}

BASES = {
    "Constraint",
    "Initializer",
    "LearningRateSchedule",
    "Loss",
    "Metric",
    "Optimizer",
    "Regularizer",
}
"""What members of a family derive from, in Keras."""

NO_MEMBERS = {
    "LossScaleOptimizer": "mixed precision is a setting of the learner, which scales losses itself",
    "MeanMetricWrapper": "it holds a function, which is code",
    "MultiOptimizer": "it gives each layer an optimizer of its own; a learner has one",
    "OptimizerMap": "no optimizer: what MultiOptimizer looks layers up in",
}
"""Classes of Keras that are no members of ours, and why."""

NO_NAMES = {
    "threshold": "it needs two numbers, and a name has none; the layer relu has a threshold",
    "deserialize": "no activation",
    "get": "no activation",
    "serialize": "no activation",
}
"""Functions in keras.activations that are no activations of ours, and why."""


def plain(name: str) -> str:
    return name.replace("_", "").lower().removesuffix("regularizer")


def theirs(module: Any) -> set[str]:
    found = (getattr(module, name) for name in dir(module))
    return {one.__name__ for one in found if inspect.isclass(one)}


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_that_keras_has_is_missing(family: str) -> None:
    module = load_keras()
    for part in family.split("."):
        module = getattr(module, part)
    ours = {plain(name) for name in names_of(FAMILIES[family])}
    lacking = {
        name for name in theirs(module) - BASES - NO_MEMBERS.keys() if plain(name) not in ours
    }
    assert not lacking


def test_no_activation_that_keras_has_is_missing() -> None:
    names = {name for name in dir(load_keras().activations) if name[0].islower()}
    assert names - set(get_args(Activation)) == NO_NAMES.keys()


def test_what_is_told_to_be_no_member_is_none() -> None:
    keras = load_keras()
    known = theirs(keras.losses) | theirs(keras.metrics) | theirs(keras.optimizers)
    assert known >= NO_MEMBERS.keys()
