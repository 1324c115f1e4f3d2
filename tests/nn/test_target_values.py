"""Targets that are numbers already: what a loss cannot compare is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from training_samples import chain, dense, learn, perceptron, weights

from flowengine.binding import Feed
from flowengine.errors import DataError
from flowengine.nn.feeds.target_values import check_target
from flowengine.nn.losses.overlap import Circle
from flowengine.nn.losses.probability import SparseCategoricalCrossentropy
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN

STEPS = chain(
    (4, 2),
    SimpleRNN.model_validate({"units": 3, "return_sequences": True}),
    dense(3, "softmax"),
)


def sequences(odd: float | None = None, *, ragged: bool = False) -> pl.DataFrame:
    """Return windows with a class of 0 to 2 at each step, but one."""
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, (8, 4)).astype("float64")
    if odd is not None:
        target[5, 1] = odd
    whole = (target == np.floor(target)).all()
    values = pl.Int64 if whole else pl.Float64
    dtype: Any = pl.List(values) if ragged else pl.Array(values, 4)
    inputs = rng.normal(size=(8, 4, 2)).astype("float32")
    rows = (target.astype("int64") if whole else target).tolist()
    return pl.DataFrame({"x": pl.Series(inputs), "y": pl.Series(rows, dtype=dtype)})


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("odd", [3, -1, 0.5, float("nan")])
def test_a_step_whose_class_is_no_unit_is_refused(tmp_path: Path, odd: float, ragged: bool) -> None:
    settings = {"loss": "sparse_categorical_crossentropy", "class_weight": {"0": 2.0}}
    with pytest.raises(DataError, match=f'"y" holds {odd:g}, .* from 0 to 2.*ignore_class'):
        learn(STEPS, sequences(odd, ragged=ragged), tmp_path, settings=settings)


@pytest.mark.parametrize(
    ("dtype", "values", "ignored", "odd"),
    [
        (pl.UInt8, [2, 255], None, None),
        (pl.Int8, [2, -1], None, "-1"),
        (pl.UInt8, [2, 255], -1, None),
        (pl.Int8, [2, -1], 300, "-1"),
        (pl.Int64, [2, 1_234_567], None, "1234567"),
        (pl.Decimal(4, 1), ["2.0", "0.5"], None, r"0\.5"),
    ],
)
def test_classes_are_compared_whatever_their_type_can_hold(
    dtype: Any, values: list[Any], ignored: int | None, odd: str | None
) -> None:
    column = pl.Series("y", [values], dtype=pl.List(pl.String if odd == r"0\.5" else pl.Int64))
    table = column.cast(pl.List(dtype)).to_frame()
    loss = SparseCategoricalCrossentropy(ignore_class=ignored)
    feed = Feed(("y",), "list")
    if odd is None:
        check_target(table, feed, 300, loss)
        return
    with pytest.raises(DataError, match=f'"y" holds {odd}, .* from 0 to 299'):
        check_target(table, feed, 300, loss)


@pytest.mark.parametrize("ignored", [-1, 255])
def test_a_class_that_does_not_count_may_be_no_unit(tmp_path: Path, ignored: int) -> None:
    metrics = ["accuracy", "perplexity", "f1_score", "precision", "auc"]
    loss = {"type": "sparse_categorical_crossentropy", "ignore_class": ignored}
    settings = {"loss": loss, "metrics": metrics, "batch_size": 8, "class_weight": {"0": 2.0}}
    learned = learn(STEPS, sequences(ignored), tmp_path, settings=settings)
    # 31 of the 32 steps are judged.
    assert learned.history["accuracy"][0] * 31 == pytest.approx(
        round(learned.history["accuracy"][0] * 31)
    )
    # An ignored class that is a unit is judged, as in Keras.
    loss["ignore_class"] = 1
    learned = learn(STEPS, sequences(), tmp_path, settings={**settings, "loss": loss})
    assert learned.history["accuracy"][0] * 32 == pytest.approx(
        round(learned.history["accuracy"][0] * 32)
    )


def test_a_number_beyond_zero_and_one_has_no_binary_cross_entropy(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": [0.1, 0.2], "b": [1.0, 2.0], "y": [0.3, 1.5]})
    network = perceptron(2, 1, "sigmoid")
    with pytest.raises(DataError, match=r'"y" holds 1\.5, .* numbers from 0 to 1'):
        learn(network, table, tmp_path, settings={"target_columns": ["y"]})
    good = table.with_columns(y=pl.col("y") / 2)
    learned = learn(network, good, tmp_path, settings={"target_columns": ["y"]})
    assert weights(learned)


def test_classes_of_embeddings_may_be_any() -> None:
    assert Circle().bounds(2) is None
