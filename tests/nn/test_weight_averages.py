"""Running averages of the weights: kept as in Keras, taken at the end of a training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter
from training_samples import iris_like, learn, perceptron, weights

from flowengine.blobs import load_blob
from flowengine.errors import Cancelled
from flowengine.nn.optimizers.family import OptimizerSetting
from flowengine.nn.optimizers.optimizer import Optimizer, Stepper
from flowengine.testing import FakeContext

AVERAGED = {"type": "sgd", "learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.9}


def optimizer(settings: dict[str, Any]) -> Optimizer:
    adapter: TypeAdapter[Optimizer] = TypeAdapter(OptimizerSetting)
    return adapter.validate_python(settings)


def gradient(step: int) -> np.ndarray:
    return np.random.default_rng(step).normal(size=(4, 3)).astype("float32")


@pytest.mark.parametrize("frequency", [None, 6])
def test_twenty_steps_and_the_end_are_those_of_keras(frequency: int | None) -> None:
    import keras

    settings = {**AVERAGED, "momentum": 0.5, "ema_overwrite_frequency": frequency}
    theirs = keras.optimizers.SGD(**{k: v for k, v in settings.items() if k != "type"})
    variable = keras.Variable(gradient(1000), name="w")
    parameter = torch.nn.Parameter(torch.tensor(gradient(1000)))
    stepper = Stepper(optimizer(settings), {"w": parameter})
    for step in range(20):
        parameter.grad = torch.tensor(gradient(step))
        theirs.apply([torch.tensor(gradient(step))], [variable])
        stepper.step(0.1)
    assert torch.allclose(parameter, variable.value, atol=1e-6)
    stepper.take_averages()
    theirs.finalize_variable_values([variable])
    assert torch.allclose(parameter, variable.value, atol=1e-6)


def test_weights_are_their_averages_for_a_while_only() -> None:
    parameter = torch.nn.Parameter(torch.zeros(2))
    stepper = Stepper(optimizer(AVERAGED), {"w": parameter})
    for _ in range(5):
        parameter.grad = torch.ones(2)
        stepper.step(0.1)
    before = parameter.detach().clone()
    with stepper.averaged():
        assert parameter.detach()[0] > before[0]
    assert torch.equal(parameter, before)


def test_a_learner_ends_with_the_averages(tmp_path: Path) -> None:
    plain = {**AVERAGED, "use_ema": False}
    runs = [
        learn(perceptron(2, 3), iris_like(), tmp_path, settings={"epochs": 3, "optimizer": one})
        for one in (AVERAGED, plain)
    ]
    averaged, last = (load_blob(tmp_path / "blobs", weights(run)["dense_2"]) for run in runs)
    kept = runs[0].state.tensors["dense_2/bias/average"]
    assert np.array_equal(averaged["bias"], kept)
    assert not np.array_equal(averaged["bias"], last["bias"])


def test_an_interrupted_training_ends_with_the_same_averages(tmp_path: Path) -> None:
    def run(folder: str, cancel_after: int = 0) -> Any:
        place = tmp_path / folder
        ctx = FakeContext(place, seed=3, resume=place / "resume", cancel_after=cancel_after)
        settings = {"epochs": 6, "optimizer": AVERAGED}
        return learn(perceptron(2, 3), iris_like(), place, ctx=ctx, settings=settings)

    with pytest.raises(Cancelled):
        run("parts", cancel_after=5)
    assert weights(run("parts")) == weights(run("whole"))


def test_more_epochs_go_on_from_the_weights_behind_the_averages(tmp_path: Path) -> None:
    def run(folder: str, epochs: int) -> Any:
        place = tmp_path / folder
        ctx = FakeContext(place, seed=3, resume=place / "resume")
        settings = {"epochs": epochs, "optimizer": AVERAGED}
        return learn(perceptron(2, 3), iris_like(), place, ctx=ctx, settings=settings)

    run("parts", 2)
    assert weights(run("parts", 5)) == weights(run("whole", 5))


def test_the_weights_of_the_best_epoch_win_over_averages(tmp_path: Path) -> None:
    stopping = {"monitor": "loss", "restore_best_weights": True, "patience": 100}
    runs = [
        learn(
            perceptron(2, 3),
            iris_like(),
            tmp_path,
            settings={
                "epochs": 3,
                "optimizer": {**AVERAGED, "use_ema": use_ema},
                "early_stopping": stopping,
            },
        )
        for use_ema in (True, False)
    ]
    assert weights(runs[0]) == weights(runs[1])
