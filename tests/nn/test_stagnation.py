"""Early stopping and the plateau rule, against Keras' callbacks and in a training."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
from training_samples import iris_like, learn, perceptron, weights

from flowengine.errors import Cancelled, ConfigureError
from flowengine.nn.position import Watch
from flowengine.nn.stagnation import Direction, EarlyStopping, ReduceOnPlateau
from flowengine.testing import FakeContext


def values(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return np.round(1 / np.arange(1, 25) + rng.normal(0, 0.1, 24), 2).tolist()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("patience", [0, 1, 3])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_early_stopping_ends_where_keras_does(seed: int, patience: int, mode: str) -> None:
    import keras

    theirs = keras.callbacks.EarlyStopping(
        "loss", min_delta=0.02, patience=patience, mode=mode, start_from_epoch=2
    )
    model = SimpleNamespace(stop_training=False, optimizer=None)
    theirs.set_model(model)
    theirs.on_train_begin()
    ours = EarlyStopping.model_validate(
        {"min_delta": 0.02, "patience": patience, "mode": mode, "start_from_epoch": 2}
    )
    watch = Watch()
    for epoch, value in enumerate(values(seed)):
        theirs.on_epoch_end(epoch, {"loss": value})
        ours.look(watch, epoch + 1, value, "down")
        assert ours.is_over(watch) == model.stop_training
        if model.stop_training:
            return


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("patience", "cooldown"), [(0, 0), (1, 0), (2, 3), (3, 1)])
def test_the_rate_falls_where_keras_lowers_it(seed: int, patience: int, cooldown: int) -> None:
    import keras

    theirs = keras.callbacks.ReduceLROnPlateau(
        "loss", factor=0.5, patience=patience, cooldown=cooldown, min_lr=0.01, mode="min"
    )
    optimizer = SimpleNamespace(learning_rate=0.1)
    theirs.set_model(SimpleNamespace(optimizer=optimizer))
    theirs.on_train_begin()
    ours = ReduceOnPlateau(factor=0.5, patience=patience, cooldown=cooldown, min_learning_rate=0.01)
    watch, rate = Watch(), 0.1
    for epoch, value in enumerate(values(seed)):
        theirs.on_epoch_end(epoch, {"loss": value})
        rate = ours.look(watch, value, rate, "down")
        assert rate == pytest.approx(float(optimizer.learning_rate))


@pytest.mark.parametrize(("direction", "is_better"), [("down", False), ("up", True)])
def test_auto_knows_what_is_better(direction: Direction, is_better: bool) -> None:
    assert EarlyStopping().is_better(2.0, 1.0, direction) == is_better


SETTINGS = {
    "epochs": 30,
    "batch_size": 16,
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "early_stopping": {"patience": 2, "min_delta": 0.02, "restore_best_weights": True},
    "reduce_on_plateau": {"patience": 1, "min_delta": 0.02, "factor": 0.5},
}


def test_a_training_ends_when_validation_gets_no_better(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, seed=3)
    validation = iris_like(20, 9)
    learned = learn(
        perceptron(2, 3), iris_like(), tmp_path, ctx=ctx, validation=validation, settings=SETTINGS
    )
    history = learned.history
    assert history.height < 30
    assert not [one for one in ctx.warnings if "ended" in one]
    assert history["learning_rate"].to_list()[-1] < 0.05
    best = history.height - 2
    settings = {**SETTINGS, "epochs": best, "early_stopping": None}
    shorter = learn(
        perceptron(2, 3), iris_like(), tmp_path, validation=validation, settings=settings
    )
    assert weights(learned) == weights(shorter)


def test_an_interrupted_training_ends_where_a_whole_one_does(tmp_path: Path) -> None:
    validation = iris_like(20, 9)
    settings = {**SETTINGS, "gradient_accumulation": 3}

    def run(folder: Path, cancel_after: int = 0) -> object:
        ctx = FakeContext(folder, seed=3, resume=folder / "checkpoints", cancel_after=cancel_after)
        learned = learn(
            perceptron(2, 3),
            iris_like(),
            folder,
            ctx=ctx,
            validation=validation,
            settings=settings,
        )
        return weights(learned), learned.history.drop("seconds").rows()

    whole = run(tmp_path / "whole")
    for moment in (3, 5, 6, 9):
        with pytest.raises(Cancelled):
            run(tmp_path / "parts", moment)
    assert run(tmp_path / "parts") == whole
    assert run(tmp_path / "parts") == whole


def test_a_column_the_history_will_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="connect validation data"):
        learn(
            perceptron(2, 3),
            iris_like(),
            tmp_path,
            settings={"early_stopping": {"monitor": "val_loss"}},
        )
    with pytest.raises(ConfigureError, match='Did you mean "accuracy"'):
        learn(
            perceptron(2, 3),
            iris_like(),
            tmp_path,
            settings={"reduce_on_plateau": {"monitor": "acuracy"}},
        )
