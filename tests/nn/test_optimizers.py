"""Every optimizer moves weights as Keras 3 does."""

from __future__ import annotations

import inspect
import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch
from pydantic import BaseModel, TypeAdapter, ValidationError

from flowengine.errors import StoreError
from flowengine.nn.optimizers.family import OPTIMIZERS, OptimizerSetting
from flowengine.nn.optimizers.optimizer import Optimizer, Stepper
from flowengine.testing.parity import record

STEPS = 20
SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "conv/kernel": (5, 2, 3, 3)}

CASES: list[dict[str, Any]] = [
    *({"type": member.model_fields["type"].default} for member in OPTIMIZERS),
    {"type": "sgd", "momentum": 0.9},
    {"type": "sgd", "momentum": 0.9, "nesterov": True, "clipnorm": 0.5},
    {"type": "sgd", "weight_decay": 0.1, "global_clipnorm": 0.5},
    {"type": "rmsprop", "momentum": 0.5},
    {"type": "rmsprop", "momentum": 0.5, "centered": True},
    {"type": "adam", "amsgrad": True},
    {"type": "adam", "clipvalue": 0.1, "weight_decay": 0.01},
    {"type": "adam", "epsilon": 0.1},
    {"type": "adamw", "amsgrad": True, "weight_decay": 0.1},
    {"type": "lamb", "weight_decay": 0.1, "beta_1": 0.8},
    {"type": "muon", "nesterov": False, "rms_rate": None, "ns_steps": 3},
    {"type": "muon", "exclude_layers": ["den.e"], "adam_lr_ratio": 0.5},
    {"type": "schedule_free_adamw", "warmup_steps": 5, "weight_decay": 0.1, "beta_1": 0.8},
    {"type": "adafactor", "relative_step": False, "clip_threshold": 0.5},
    {"type": "ftrl", "beta": 0.1, "l2_shrinkage_regularization_strength": 0.2},
    {
        "type": "ftrl",
        "learning_rate_power": -0.7,
        "l1_regularization_strength": 0.01,
        "l2_regularization_strength": 0.1,
    },
]


NAMES = {
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "schedule_free_adamw": "ScheduleFreeAdamW",
}
"""Names of classes that are not their type with a capital."""

TURNED = (3, 2, 0, 1)


def turned(array: np.ndarray) -> np.ndarray:
    """Return an array of Keras in torch's order of axes."""
    return np.ascontiguousarray(array.transpose(TURNED))


def subtract(variable: Any, value: Any) -> None:
    """Give a variable of Keras a new tensor.

    On torch Keras changes the tensor in place, and ScheduleFreeAdamW then reads what it was before;
    on TensorFlow and JAX that is still there.
    """
    variable._value = variable.value - value


class Setting(BaseModel):
    optimizer: OptimizerSetting


def optimizer(data: Any) -> Optimizer:
    return TypeAdapter(Setting).validate_python({"optimizer": data}).optimizer


def gradients(step: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(step)
    return {name: rng.normal(size=shape).astype("float32") for name, shape in SHAPES.items()}


# Keras' own Nadam reads its tensors through an interface that numpy has deprecated.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_twenty_steps_are_those_of_keras(case: dict[str, Any]) -> None:
    import keras

    keras_class = NAMES.get(case["type"], case["type"].capitalize())
    settings = {**{k: v for k, v in case.items() if k != "type"}, "learning_rate": 0.02}
    theirs = getattr(keras.optimizers, keras_class)(**settings)
    if case["type"] == "schedule_free_adamw":
        theirs.assign_sub = subtract
    start = gradients(1000)
    variables = [keras.Variable(a, name=name.replace("/", "_")) for name, a in start.items()]
    ours = {name: torch.nn.Parameter(torch.tensor(array)) for name, array in start.items()}
    # Convolutions keep their weights channels last; the fused steps must not care.
    ours["conv/kernel"].data = ours["conv/kernel"].data.to(memory_format=torch.channels_last)
    stepper = Stepper(optimizer({**case, **settings}), ours)
    for step in range(STEPS):
        for name, array in gradients(step).items():
            grad = torch.tensor(array)
            last = grad.dim() == 4
            ours[name].grad = grad.to(memory_format=torch.channels_last) if last else grad
        theirs.apply([torch.tensor(array) for array in gradients(step).values()], variables)
        stepper.step(0.02)
    apart = max(
        float(np.abs(mine.detach().numpy() - variable.value.detach().numpy()).max())
        for mine, variable in zip(ours.values(), variables, strict=True)
    )
    assert apart < 1e-5
    given = {name: setting for name, setting in case.items() if name != "type"}
    record("optimizer", case["type"], settings=given, difference=apart)


@pytest.mark.parametrize("member", OPTIMIZERS, ids=lambda one: one.__name__)
def test_order_of_axes_changes_nothing(member: type[Optimizer]) -> None:
    # Kernels of convolutions have their axes in another order than in Keras.
    straight, other = (gradients(1000)["conv/kernel"] for _ in range(2))
    one = torch.nn.Parameter(torch.tensor(straight))
    two = torch.nn.Parameter(torch.tensor(turned(other)))
    steppers = Stepper(member(), {"w": one}), Stepper(member(), {"w": two}, {"w": TURNED})
    for step in range(5):
        one.grad = torch.tensor(gradients(step)["conv/kernel"])
        two.grad = torch.tensor(turned(gradients(step)["conv/kernel"]))
        for stepper in steppers:
            stepper.step(0.02)
    assert np.abs(turned(one.detach().numpy()) - two.detach().numpy()).max() < 1e-6


@pytest.mark.parametrize("member", OPTIMIZERS, ids=lambda one: one.__name__)
def test_defaults_are_those_of_keras(member: type[Optimizer]) -> None:
    import keras

    theirs = inspect.signature(getattr(keras.optimizers, member.__name__)).parameters
    for name, field in member.model_fields.items():
        if name != "type":
            assert theirs[name].default == field.default, name


@pytest.mark.parametrize("member", OPTIMIZERS, ids=lambda one: one.__name__)
def test_a_stepper_continues_from_what_another_exported(member: type[Optimizer]) -> None:
    def parameters() -> dict[str, torch.nn.Parameter]:
        return {name: torch.nn.Parameter(torch.ones(shape)) for name, shape in SHAPES.items()}

    def move(stepper: Stepper, steps: range) -> None:
        for step in steps:
            for name, array in gradients(step).items():
                stepper.parameters[name].grad = torch.tensor(array)
            stepper.step(0.01 * (1 + step))

    whole = Stepper(member(), parameters())
    move(whole, range(6))
    first = Stepper(member(), parameters())
    move(first, range(3))
    second = Stepper(member(), parameters())
    with torch.no_grad():
        for name, parameter in second.parameters.items():
            parameter.copy_(first.parameters[name])
    second.load({name: tensor.clone() for name, tensor in first.export().items()}, first.steps)
    move(second, range(3, 6))
    for name, parameter in whole.parameters.items():
        assert torch.equal(parameter, second.parameters[name])


def test_a_parameter_without_gradient_stays() -> None:
    parameters = {
        "a/w": torch.nn.Parameter(torch.ones(2)),
        "b/w": torch.nn.Parameter(torch.ones(2)),
    }
    stepper = Stepper(optimizer("adamw"), parameters)
    parameters["a/w"].grad = torch.ones(2)
    stepper.step(0.1)
    assert not torch.equal(parameters["a/w"], torch.ones(2))
    assert torch.equal(parameters["b/w"], torch.ones(2))


@pytest.mark.parametrize("member", OPTIMIZERS)
def test_without_a_rate_nothing_moves(member: type[Optimizer]) -> None:
    parameter = torch.nn.Parameter(torch.tensor([[0.5, -2.0], [1.0, 3.0]]))
    before = parameter.detach().clone()
    stepper = Stepper(member(), {"layer/kernel": parameter})
    parameter.grad = torch.full_like(before, 0.3)
    stepper.step(0.0)
    assert parameter.tolist() == before.tolist()
    stepper.step(0.001)
    assert parameter.abs().max() <= 3.01


def test_state_of_another_network_is_refused_by_name() -> None:
    stepper = Stepper(optimizer("adam"), {"a/w": torch.nn.Parameter(torch.ones(2))})
    with pytest.raises(StoreError, match='"a/w/momentum"'):
        stepper.load({}, 3)


def test_two_ways_of_clipping_are_refused() -> None:
    with pytest.raises(ValidationError, match="clipnorm and clipvalue exclude one another"):
        optimizer({"type": "adam", "clipnorm": 1.0, "clipvalue": 1.0})


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match='Did you mean "adam"'):
        optimizer("adan")
