"""The loop: what it learns, what it writes into the history, when it ends."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import polars as pl
import pytest
import torch
from torch import nn
from training_samples import (
    chain,
    convolutional,
    dense,
    images,
    iris_like,
    learn,
    perceptron,
    two_headed,
    weights,
)

from flowengine.blobs import load_blob, save_blob
from flowengine.errors import Cancelled, ConfigureError, DataError
from flowengine.network import Network
from flowengine.nn.build import initial_weights
from flowengine.testing import FakeContext
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.core.rescaling import Rescaling
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D


def test_a_perceptron_learns_three_kinds_of_flowers(tmp_path: Path) -> None:
    learned = learn(
        perceptron(2, 3),
        iris_like(),
        tmp_path,
        settings={"epochs": 40, "optimizer": {"type": "adam", "learning_rate": 0.02}},
    )
    history = learned.history
    assert history.columns == ["epoch", "loss", "accuracy", "learning_rate", "seconds"]
    assert history["epoch"].to_list() == list(range(1, 41))
    assert history["accuracy"][-1] > 0.9
    assert learned.network.is_trained
    assert learned.network.binding is not None
    assert learned.network.binding.targets["dense_2"].categories == (
        "setosa",
        "versicolor",
        "virginica",
    )


def test_validation_has_its_own_columns(tmp_path: Path) -> None:
    learned = learn(perceptron(2, 3), iris_like(), tmp_path, validation=iris_like(20, 9))
    assert learned.history.columns == [
        "epoch",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "learning_rate",
        "seconds",
    ]
    assert learned.history["val_loss"].null_count() == 0


def test_validation_without_rows_leaves_its_columns_empty(tmp_path: Path) -> None:
    learned = learn(perceptron(2, 3), iris_like(), tmp_path, validation=iris_like(0))
    assert learned.history["val_loss"].to_list() == [None]


def test_the_size_of_a_validation_batch_does_not_change_its_result(tmp_path: Path) -> None:
    results = [
        learn(
            perceptron(2, 3),
            iris_like(),
            tmp_path,
            validation=iris_like(23, 9),
            settings={"validation_batch_size": size},
        ).history["val_loss"][0]
        for size in (1, 7, 100)
    ]
    assert results == pytest.approx([results[0]] * 3, rel=1e-5)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, two, other = (
        learn(convolutional(), images(), tmp_path, ctx=FakeContext(tmp_path, seed=seed))
        for seed in (1, 1, 2)
    )
    assert weights(one) == weights(two)
    assert weights(one) != weights(other)


def test_nothing_leaks_into_the_global_random_state_or_threads(tmp_path: Path) -> None:
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    learn(convolutional(), images(), tmp_path, ctx=FakeContext(tmp_path, threads=threads + 1))
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == threads


def test_a_random_state_from_outside_changes_nothing(tmp_path: Path) -> None:
    torch.manual_seed(1)
    one = learn(convolutional(), images(), tmp_path)
    torch.manual_seed(2)
    assert weights(one) == weights(learn(convolutional(), images(), tmp_path))


def test_the_rows_are_in_order_without_shuffle(tmp_path: Path) -> None:
    table = iris_like()
    settings = {"shuffle": False, "epochs": 2}
    one = learn(perceptron(2, 3), table, tmp_path, settings=settings)
    shuffled = learn(perceptron(2, 3), table, tmp_path, settings={"epochs": 2})
    assert weights(one) != weights(shuffled)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_two_epochs_are_those_of_keras(tmp_path: Path, optimizer: str) -> None:
    import keras

    table, spec = iris_like(37), perceptron(2, 3)
    start = {
        name: {
            k: w.initializer.sample(w.shape, np.random.default_rng(1)).astype("float32")
            for k, w in spec.weights_of(name).items()
        }
        for name in spec.layers
    }
    blobs = tmp_path / "blobs"
    network = Network(spec, {n: save_blob(blobs, a) for n, a in start.items()}, blobs=blobs)
    learned = learn(
        network,
        table,
        tmp_path,
        settings={"epochs": 2, "batch_size": 8, "shuffle": False, "optimizer": optimizer},
    )
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.set_weights([array for layer in start.values() for array in layer.values()])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    inputs = table.select("length", "width").to_numpy().astype("float32")
    target = table["species"].cast(pl.Enum(["setosa", "versicolor", "virginica"])).to_physical()
    fitted = model.fit(inputs, target.to_numpy(), epochs=2, batch_size=8, shuffle=False, verbose=0)
    assert learned.history["loss"].to_list() == pytest.approx(
        [float(value) for value in fitted.history["loss"]], rel=1e-5
    )
    assert learned.history["accuracy"].to_list() == pytest.approx(
        [float(value) for value in fitted.history["accuracy"]]
    )
    for layer, theirs in zip(spec.layers, model.layers, strict=True):
        mine = load_blob(blobs, learned.network.weights[layer])
        for name, variable in zip(("kernel", "bias"), theirs.weights, strict=True):
            assert np.abs(mine[name] - variable.value.detach().numpy()).max() < 1e-5


def test_several_outputs_are_learned_together(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(80, 2)), rng.normal(size=80)
    table = pl.DataFrame(
        {
            "left": left,
            "right": right,
            "kind": np.where(left[:, 0] > 0, "warm", "cold"),
            "size": 3 * right + 1,
        }
    )
    learned = learn(
        two_headed(),
        table,
        tmp_path,
        settings={
            "epochs": 30,
            "optimizer": {"type": "adam", "learning_rate": 0.03},
            "metrics": ["mean_squared_error"],
        },
    )
    last = learned.history.row(-1, named=True)
    assert last["loss"] == pytest.approx(last["kind_loss"] + last["size_loss"], rel=1e-4)
    assert last["size_mean_squared_error"] < 0.2
    assert last["kind_loss"] < 0.3


def test_progress_says_epoch_values_and_time_left(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    learn(
        perceptron(2, 3),
        iris_like(4000),
        tmp_path,
        ctx=ctx,
        settings={"epochs": 3, "batch_size": 16},
    )
    assert ctx.messages[0].startswith("epoch 1/3 · loss")
    assert "accuracy" in ctx.messages[0] and "%" in ctx.messages[0]
    assert ctx.fractions == sorted(ctx.fractions)
    assert {name for name, _, _ in ctx.metrics} == {"loss", "accuracy"}


def test_a_cancelled_training_ends_at_once(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, cancel_after=5)
    with pytest.raises(Cancelled):
        learn(perceptron(2, 3), iris_like(), tmp_path, ctx=ctx, settings={"epochs": 1000})
    assert ctx.points == 5


def test_stop_and_keep_gives_what_is_learned_so_far(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, stop_after=5)
    learned = learn(
        perceptron(2, 3), iris_like(), tmp_path, ctx=ctx, settings={"epochs": 100, "batch_size": 20}
    )
    assert learned.network.is_trained
    assert learned.history["epoch"].to_list() == [1, 2]
    assert any("stopped" in warning for warning in ctx.warnings)


def test_nothing_is_learned_from_no_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the training data has no rows"):
        learn(perceptron(2, 3), iris_like(0), tmp_path)


def test_a_loss_that_is_no_number_is_said(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    table = iris_like().with_columns(length=pl.lit(float("nan")))
    learn(perceptron(2, 3), table, tmp_path, ctx=ctx)
    assert "nan" in ctx.warnings[-1]


def test_logits_are_as_accurate_as_probabilities(tmp_path: Path) -> None:
    table = iris_like(200).with_columns(species=pl.col("species") == "setosa")
    both = [
        learn(perceptron(2, 1, end), table, tmp_path, settings={"epochs": 20, "loss": loss})
        for end, loss in (
            ("sigmoid", "binary_crossentropy"),
            ("linear", {"type": "binary_crossentropy", "from_logits": True}),
        )
    ]
    whole, bare = (one.history["accuracy"].to_list() for one in both)
    assert bare == pytest.approx(whole, abs=0.011)


@pytest.mark.parametrize("no", [-1.0, 0.0])
def test_margins_are_accurate_on_their_side_of_zero(tmp_path: Path, no: float) -> None:
    table = iris_like(200).with_columns(
        species=pl.when(pl.col("species") == "setosa").then(1.0).otherwise(no)
    )
    rate = {"type": "adam", "learning_rate": 0.02}
    settings = {"epochs": 10, "loss": "hinge", "optimizer": rate}
    learned = learn(perceptron(2, 1, "tanh"), table, tmp_path, settings=settings)
    assert learned.history["accuracy"][-1] > 0.9


def test_a_training_gone_astray_ends_with_a_sentence(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    table = iris_like().with_columns(length=pl.lit(float("nan")), species=pl.col("width") > 1)
    learn(perceptron(2, 1, "sigmoid"), table, tmp_path, ctx=ctx)
    assert "a smaller learning rate" in ctx.warnings[-1]


def test_terminate_on_nan_ends_the_training(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    table = iris_like().with_columns(length=pl.lit(float("nan")))
    settings = {"epochs": 500, "terminate_on_nan": True}
    learned = learn(perceptron(2, 3), table, tmp_path, ctx=ctx, settings=settings)
    assert learned.history.height < 500
    assert any("0 of 500 epochs" in warning for warning in ctx.warnings)


def test_frozen_layers_keep_their_weights(tmp_path: Path) -> None:
    first = learn(perceptron(2, 3), iris_like(), tmp_path)
    frozen = first.network.with_spec(replace(first.network.spec, frozen=frozenset({"dense_1"})))
    second = learn(frozen, iris_like(), tmp_path)
    assert second.network.weights["dense_1"] == first.network.weights["dense_1"]
    assert second.network.weights["dense_2"] != first.network.weights["dense_2"]


def test_a_network_without_weights_is_refused(tmp_path: Path) -> None:
    table = pl.DataFrame({"x": np.ones((3, 2, 2)), "y": np.ones((3, 4))})
    with pytest.raises(ConfigureError, match="no weights"):
        learn(chain((2, 2), Flatten()), table, tmp_path, settings={"target_columns": ("y",)})


def test_a_trained_network_is_trained_further(tmp_path: Path) -> None:
    first = learn(perceptron(2, 3), iris_like(), tmp_path, settings={"epochs": 20})
    second = learn(first.network, iris_like(), tmp_path)
    assert second.history["loss"][0] < first.history["loss"][0]


def test_the_optimizers_state_goes_on_in_another_learner(tmp_path: Path) -> None:
    settings = {"shuffle": False}
    whole = learn(perceptron(2, 3), iris_like(), tmp_path, settings={**settings, "epochs": 2})
    first = learn(perceptron(2, 3), iris_like(), tmp_path, settings=settings)
    second = learn(first.network, iris_like(), tmp_path, settings=settings, state=first.state)
    assert weights(second) == weights(whole)
    without = learn(first.network, iris_like(), tmp_path, settings=settings)
    assert weights(without) != weights(whole)


def test_the_state_of_another_network_is_refused(tmp_path: Path) -> None:
    first = learn(perceptron(2, 3), iris_like(), tmp_path)
    with pytest.raises(ConfigureError, match="another network"):
        learn(chain((2,), dense(3, "softmax")), iris_like(), tmp_path, state=first.state)


def test_missing_values_are_refused_by_name(tmp_path: Path) -> None:
    table = iris_like().with_columns(pl.when(pl.col("width") > 0).then(pl.col("width")))
    with pytest.raises(DataError, match='"width"'):
        learn(perceptron(2, 3), table, tmp_path)


def test_one_cycle_ends_with_a_small_rate(tmp_path: Path) -> None:
    learned = learn(
        perceptron(2, 3), iris_like(), tmp_path, settings={"epochs": 4, "schedule": "one_cycle"}
    )
    rates = learned.history["learning_rate"].to_list()
    assert max(rates) <= 0.001
    assert rates[-1] == pytest.approx(0.001 / 25 / 1e4)


def test_losses_are_those_of_plain_torch_for_200_steps(tmp_path: Path) -> None:
    table = images(800, 5)
    spec = chain(
        (8, 8, 1),
        Rescaling(scale=1 / 255),
        Conv2D(filters=4, kernel_size=(3, 3), activation="relu"),
        MaxPooling2D(),
        Flatten(),
        dense(3, "softmax"),
    )
    ctx = FakeContext(tmp_path, seed=3)
    sgd = {"type": "sgd", "momentum": 0.9, "learning_rate": 0.02}
    settings = {"epochs": 2, "batch_size": 8, "shuffle": False, "optimizer": sgd}
    learned = learn(spec, table, tmp_path, ctx=ctx, settings=settings)

    first = {name: list(arrays.values()) for name, arrays in initial_weights(spec, 3).items()}
    conv, linear = nn.Conv2d(1, 4, 3), nn.Linear(36, 3)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor(first["conv2d_2"][0]).permute(3, 2, 0, 1))
        conv.bias.copy_(torch.tensor(first["conv2d_2"][1]))
        # The plain model flattens channels first, Keras (and ours) channels last.
        kernel = torch.tensor(first["dense_5"][0]).reshape(3, 3, 4, 3)
        linear.weight.copy_(kernel.permute(3, 2, 0, 1).reshape(3, 36))
        linear.bias.copy_(torch.tensor(first["dense_5"][1]))
    plain = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), linear, nn.Softmax(1))
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.02, momentum=0.9)
    pixels = torch.tensor(table["image"].to_numpy()).permute(0, 3, 1, 2).float() / 255
    target = torch.tensor(table["label"].to_numpy()).long()
    losses = []
    for start in [*range(0, 800, 8)] * 2:
        output = plain(pixels[start : start + 8])
        loss = -output.clamp(1e-7, 1 - 1e-7)[range(8), target[start : start + 8]].log().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    expected = [sum(losses[:100]) / 100, sum(losses[100:]) / 100]
    assert learned.history["loss"].to_list() == pytest.approx(expected, rel=1e-4)
