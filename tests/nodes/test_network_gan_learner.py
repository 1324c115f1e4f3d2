"""The GAN learner: two networks against one another, resumable, with samples of each epoch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from flowengine.errors import Cancelled, ConfigureError
from flowengine.network import Network, NetworkSpec
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.layer.reshaping.reshape import Reshape
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.gan_learner import GanLearner, Learned


def generator(units: int = 2) -> NetworkSpec:
    spec = NetworkSpec.input("noise", TensorSpec((3,)))
    spec = spec.apply("hidden", Dense(units=16, activation="relu"))
    return spec.apply("made", Dense(units=units))


def discriminator(activation: Any = "sigmoid", *, dtype: str = "float32") -> NetworkSpec:
    spec = NetworkSpec.input("row", TensorSpec((2,), dtype))
    spec = spec.apply("hidden", Dense(units=16, activation="relu"))
    spec = spec.apply("drop", Dropout(rate=0.2))
    return spec.apply("real", Dense(units=1, activation=activation))


def table(rows: int = 64) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame({"a": rng.normal(3, 0.3, rows), "b": rng.normal(-2, 0.3, rows)})


def run(folder: Path, *, cancel_after: int = 0, **settings: Any) -> Learned:
    node = GanLearner.model_validate_json(json.dumps({"batch_size": 16, **settings}))
    ctx = FakeContext(folder, seed=5, resume=folder / "checkpoints", cancel_after=cancel_after)
    return node.execute(Network(generator()), Network(discriminator()), table(), ctx)


def test_keeps_what_every_node_promises(tmp_path: Path) -> None:
    outputs = check_node(
        GanLearner,
        folder=tmp_path,
        settings={"epochs": 2, "samples": 4, "discriminator_steps": 2},
        inputs={
            "generator": Network(generator()),
            "discriminator": Network(discriminator()),
            "training_data": table(),
        },
        varying=("history.seconds",),
        seed=4,
    )
    assert outputs["generator"].is_trained
    assert outputs["discriminator"].is_trained
    assert outputs["samples"]["epoch"].to_list() == [1] * 4 + [2] * 4


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_what_is_made_comes_near_what_is_real(tmp_path: Path, activation: str) -> None:
    rate = {"type": "adam", "learning_rate": 0.01, "beta_1": 0.5}
    settings = {
        "epochs": 60,
        "batch_size": 16,
        "label_smoothing": 0.1,
        "generator_optimizer": rate,
        "discriminator_optimizer": rate,
    }
    node = GanLearner.model_validate_json(json.dumps(settings))
    ctx = FakeContext(tmp_path, seed=5)
    learned = node.execute(Network(generator()), Network(discriminator(activation)), table(), ctx)
    made = learned.samples.filter(pl.col("epoch") == 60)["made"].to_numpy()
    assert abs(made.mean(0) - [3, -2]).max() < 1.2
    assert learned.history.select("real_score", "fake_score").to_numpy().min() > 0
    assert {name for name, _, _ in ctx.metrics} >= {"real_score", "fake_score"}


def test_a_probability_that_is_put_into_another_shape_stays_one(tmp_path: Path) -> None:
    judge = discriminator("sigmoid")
    # of the registry, so that it bears its type also where no test before has looked there
    layer = Registry.default().load_layer("layer.reshape", 1, {"target_shape": [1, 1]})
    shaped = judge.apply("shaped", layer)
    histories = [
        GanLearner(epochs=2)
        .execute(Network(generator()), Network(one), table(), FakeContext(tmp_path))
        .history.drop("seconds")
        for one in (judge, shaped)
    ]
    assert histories[0].equals(histories[1])


def test_an_interrupted_training_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", epochs=4)
    for moment in (3, 4, 6):
        with pytest.raises(Cancelled):
            run(tmp_path / "parts", epochs=4, cancel_after=moment)
    parts = run(tmp_path / "parts", epochs=4)
    assert parts.generator.weights == whole.generator.weights
    assert parts.discriminator.weights == whole.discriminator.weights
    assert parts.samples.equals(whole.samples)
    assert parts.history.drop("seconds").equals(whole.history.drop("seconds"))


def test_the_schedule_moves_both_learning_rates(tmp_path: Path) -> None:
    # four steps an epoch; after the first epoch nothing is learned any more
    schedule = {"type": "polynomial_decay", "decay_steps": 4, "end_learning_rate": 0}
    once = run(tmp_path / "once", epochs=1, schedule=schedule)
    thrice = run(tmp_path / "thrice", epochs=3, schedule=schedule)
    assert once.generator.weights == thrice.generator.weights
    assert once.discriminator.weights == thrice.discriminator.weights
    assert once.generator.weights != run(tmp_path / "constant").generator.weights


def test_more_epochs_begin_anew_where_the_schedule_depends_on_their_number(
    tmp_path: Path,
) -> None:
    run(tmp_path, epochs=1, schedule="cosine_decay")
    longer = run(tmp_path, epochs=2, schedule="cosine_decay")
    anew = run(tmp_path / "anew", epochs=2, schedule="cosine_decay")
    assert longer.generator.weights == anew.generator.weights


def test_the_discriminator_knows_its_columns(tmp_path: Path) -> None:
    learned = run(tmp_path)
    said = Executor().execute(learned.discriminator, table().lazy(), FakeContext(tmp_path))
    assert said.collect()["prediction"].is_between(0, 1).all()


def test_samples_of_bytes_are_bytes(tmp_path: Path) -> None:
    rows = pl.DataFrame({"image": np.full((20, 2), 200, np.uint8)})
    learned = GanLearner(samples=3).execute(
        Network(generator()), Network(discriminator()), rows, FakeContext(tmp_path)
    )
    assert learned.samples.schema["made"] == pl.Array(pl.UInt8, 2)


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("sigmoid", 'ends with "sigmoid" and makes numbers from 0 to 1, but "image" holds bytes'),
        ("tanh", "a Rescaling layer with scale 127.5 and offset 127.5 behind it"),
        ("linear", ""),
    ],
)
def test_a_generator_that_cannot_make_bytes_is_told_before_the_run(
    tmp_path: Path, ending: Any, words: str
) -> None:
    made = NetworkSpec.input("noise", TensorSpec((3,)))
    made = made.apply("made", Dense(units=2, activation=ending))
    bytes_, numbers = (pl.Schema({"image": pl.Array(kind, 2)}) for kind in (pl.UInt8, pl.Float32))

    def told(made: NetworkSpec, rows: pl.Schema) -> str:
        ctx = FakeContext(tmp_path)
        GanLearner().configure(made, discriminator(), rows, ctx)
        return " ".join(ctx.warnings)

    assert words in told(made, bytes_)
    assert bool(told(made, bytes_)) == bool(words)
    assert told(made, numbers) == ""
    rescaling = Registry.default().load_layer("layer.rescaling", 1, {"scale": 255})
    assert told(made.apply("scaled", rescaling), bytes_) == ""


def test_the_curves_end_with_the_last_row_of_the_history(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    learned = GanLearner(epochs=3, batch_size=16).execute(
        Network(generator()), Network(discriminator()), table(), ctx
    )
    ends = {name: (step, value) for name, step, value in ctx.metrics}
    last = learned.history.drop("epoch", "seconds").row(-1, named=True)
    assert ends == {name: (12, value) for name, value in last.items()}


def test_pictures_are_shown_after_each_epoch(tmp_path: Path) -> None:
    made = generator(6).apply("picture", Reshape(target_shape=(2, 3, 1)))
    judge = NetworkSpec.input("row", TensorSpec((2, 3, 1))).apply(
        "flat", Reshape(target_shape=(6,))
    )
    judge = judge.apply("real", Dense(units=1))
    rows = pl.DataFrame({"image": np.zeros((20, 2, 3, 1), np.uint8)})
    ctx = FakeContext(tmp_path)
    GanLearner(samples=4, epochs=2).execute(Network(made), Network(judge), rows, ctx)
    # two rows and two columns, with a line between
    assert [(step, image.shape) for _, step, image in ctx.previews] == [
        (1, (5, 7, 1)),
        (2, (5, 7, 1)),
    ]


@pytest.mark.parametrize(
    ("made", "judge", "words"),
    [
        (generator(3), discriminator(), "makes 3, the input"),
        (generator(), discriminator(dtype="int64"), "no gradient passes"),
        (generator(), generator(), "makes 2, the input"),
        (generator(), discriminator().apply("more", Dense(units=2)), "one unit at its end"),
        (generator(), discriminator("softmax"), 'ends with "softmax"'),
    ],
)
def test_networks_that_do_not_match_are_refused(
    tmp_path: Path, made: NetworkSpec, judge: NetworkSpec, words: str
) -> None:
    with pytest.raises(ConfigureError, match=words):
        GanLearner().configure(made, judge, table().schema, FakeContext(tmp_path))


def test_columns_that_do_not_fit_are_told_with_the_setting_of_this_node(tmp_path: Path) -> None:
    schema = pl.Schema({"a": pl.Float64(), "b": pl.Float64(), "c": pl.Float64()})
    with pytest.raises(ConfigureError, match="choose with the setting columns, or") as raised:
        GanLearner().configure(generator(), discriminator(), schema, FakeContext(tmp_path))
    assert raised.value.setting == "columns"


@pytest.mark.parametrize("use_ema", [False, True])
def test_the_last_samples_are_what_the_trained_generator_makes(
    tmp_path: Path, use_ema: bool
) -> None:
    optimizer = {"type": "adam", "learning_rate": 0.01, "use_ema": use_ema}
    learned = run(tmp_path, epochs=2, samples=4, generator_optimizer=optimizer)
    noise = torch.randn((4, 3), generator=torch.Generator().manual_seed(5)).numpy()
    made = Executor(input_columns=("noise",), output="list").execute(
        learned.generator, pl.LazyFrame({"noise": noise}), FakeContext(tmp_path)
    )
    last = learned.samples.filter(pl.col("epoch") == 2)["made"].to_numpy()
    assert np.allclose(made.collect()["prediction"].to_numpy(), last, atol=1e-5)
