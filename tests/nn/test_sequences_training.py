"""Training on sequences: in pieces of a window, and of several lengths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from training_samples import chain, dense, learn, weights

from flowengine.blobs import load_blob
from flowengine.errors import Cancelled, ConfigureError, DataError
from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.network_surgery import call_again
from flowengine.nn.feeds.ragged import RaggedRows
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine_nodes.layer.convolution.conv1d import Conv1D
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.core.rescaling import Rescaling
from flowengine_nodes.layer.merge.concatenate import Concatenate
from flowengine_nodes.layer.normalization.layer_normalization import LayerNormalization
from flowengine_nodes.layer.pooling.global_max_pooling1d import GlobalMaxPooling1D
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN
from flowengine_nodes.layer.reshaping.repeat_vector import RepeatVector
from flowengine_nodes.network.executor import Executor


def windows(rows: int = 20, length: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, length, 2)).astype(np.float32)
    return pl.DataFrame(
        {"x": x, "each": x.cumsum(1).mean(-1)[..., None], "last": x.sum((1, 2)).astype(np.float32)}
    )


def each_step(length: int | None = 12) -> NetworkSpec:
    return chain((length, 2), LSTM(units=5, return_sequences=True), dense(1, "linear"))


def train(spec: NetworkSpec, target: str, folder: Path, **settings: Any) -> Any:
    settings = {"input_columns": ["x"], "target_columns": [target], "epochs": 3, **settings}
    return learn(spec, windows(), folder, settings=settings)


def test_a_piece_as_long_as_the_window_is_the_usual_training(tmp_path: Path) -> None:
    whole = train(each_step(), "each", tmp_path)
    assert weights(train(each_step(), "each", tmp_path, truncated_bptt=12)) == weights(whole)
    assert weights(train(each_step(), "each", tmp_path, truncated_bptt=50)) == weights(whole)


def test_the_weights_move_after_each_piece(tmp_path: Path) -> None:
    learned = train(each_step(), "each", tmp_path, truncated_bptt=5, batch_size=20)
    assert learned.state.settings["steps"] == 3 * 3


def test_states_are_carried_from_piece_to_piece(tmp_path: Path) -> None:
    # Without any movement the losses of pieces are those of the whole window.
    still = {"optimizer": {"type": "sgd", "learning_rate": 0.0}, "epochs": 1}
    whole = train(each_step(), "each", tmp_path, **still)
    parts = train(each_step(), "each", tmp_path, **still, truncated_bptt=5)
    assert parts.history["loss"][0] == pytest.approx(whole.history["loss"][0], rel=1e-5)


def test_an_answer_at_the_end_is_learned_from_the_last_piece(tmp_path: Path) -> None:
    spec = chain((12, 2), GRU(units=5), dense(1, "linear"))
    still = {"optimizer": {"type": "sgd", "learning_rate": 0.0}, "epochs": 1}
    whole = train(spec, "last", tmp_path, **still)
    parts = train(spec, "last", tmp_path, **still, truncated_bptt=5)
    assert parts.history["loss"][0] == pytest.approx(whole.history["loss"][0], rel=1e-5)
    learned = train(spec, "last", tmp_path, truncated_bptt=5, batch_size=20)
    assert learned.state.settings["steps"] == 3


def test_pieces_are_resumed_with_equal_weights(tmp_path: Path) -> None:
    def run(folder: Path, cancel_after: int = 0) -> Any:
        ctx = FakeContext(folder, seed=3, resume=folder / "checkpoints", cancel_after=cancel_after)
        settings = {
            "input_columns": ["x"],
            "target_columns": ["each"],
            "epochs": 3,
            "truncated_bptt": 5,
            "batch_size": 8,
        }
        return weights(learn(each_step(), windows(), folder, ctx=ctx, settings=settings))

    whole = run(tmp_path / "whole")
    with pytest.raises(Cancelled):
        run(tmp_path / "parts", 5)
    assert run(tmp_path / "parts") == whole


@pytest.mark.parametrize(
    ("spec", "target"),
    [
        (each_step(), "each"),
        (chain((12, 2), GRU(units=5), dense(1, "linear")), "last"),
    ],
    ids=["each", "last"],
)
def test_batches_go_through_their_pieces_side_by_side(
    tmp_path: Path, spec: NetworkSpec, target: str
) -> None:
    settings = {"truncated_bptt": 5, "optimizer": {"type": "sgd", "learning_rate": 0.1}}
    whole = train(spec, target, tmp_path, **settings, batch_size=12)
    parts = train(spec, target, tmp_path, **settings, batch_size=4, gradient_accumulation=3)
    assert parts.state.settings["steps"] == whole.state.settings["steps"]
    assert parts.history["loss"].to_list() == pytest.approx(whole.history["loss"].to_list())
    one, other = (
        load_blob(tmp_path / "blobs", weights(learned)["dense_2"]) for learned in (parts, whole)
    )
    np.testing.assert_allclose(one["kernel"], other["kernel"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (chain((12, 2), dense(1, "linear")), "no recurrent layer"),
        (
            chain((12, 2), LSTM(units=5, return_sequences=True, go_backwards=True)),
            "begins at the end",
        ),
        (
            chain((12, 2), LSTM(units=5, return_sequences=True), Flatten(), dense(1, "linear")),
            'layer "flatten_2" needs the whole window',
        ),
    ],
)
def test_networks_that_cannot_be_cut_in_time_are_refused(
    tmp_path: Path, spec: NetworkSpec, words: str
) -> None:
    table = windows().rename({"last": "label"}).select("x", "label")
    if spec.output_spec.shape[0] == 12:
        table = windows().select("x", pl.col("each").alias("label"))
    settings = {"truncated_bptt": 4, "loss": "mean_squared_error", "input_columns": ["x"]}
    if "begins" in words:
        spec = spec.apply("last", dense(1, "linear"))
    with pytest.raises(ConfigureError, match=words):
        learn(spec, table, tmp_path, settings=settings)


def ragged(rows: int = 30) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    lists = [rng.normal(size=rng.integers(1, 9)).astype(np.float32).tolist() for _ in range(rows)]
    return pl.DataFrame(
        {
            "x": pl.Series(lists, dtype=pl.List(pl.Float32)),
            "each": pl.Series(
                [np.cumsum(one).tolist() for one in lists], dtype=pl.List(pl.Float32)
            ),
            "last": pl.Series([float(sum(one)) for one in lists], dtype=pl.Float32),
        }
    )


def predictions(network: Network, folder: Path, batch_size: int) -> np.ndarray:
    node = Executor(batch_size=batch_size)
    made = node.execute(network, ragged().lazy(), FakeContext(folder)).collect()
    return made["prediction"].to_numpy()


@pytest.mark.parametrize(
    ("layers", "target", "words"),
    [
        ((LSTM(units=5, return_sequences=True), GlobalMaxPooling1D()), "last", "max_?pooling"),
        ((Conv1D(filters=3, kernel_size=(3,), padding="same"), LSTM(units=5)), "last", "conv1d_1"),
        (
            (LSTM(units=5), RepeatVector(n=12), LSTM(units=5, return_sequences=True)),
            "each",
            '"lstm_3" goes over other steps than those of the window',
        ),
        ((LSTM(units=5), RepeatVector(n=12)), "each", "does not follow the window step by step"),
    ],
)
def test_what_looks_beyond_a_step_is_not_cut_in_time(
    tmp_path: Path, layers: tuple[BaseLayer, ...], target: str, words: str
) -> None:
    spec = chain((12, 2), *layers, dense(1, "linear"))
    with pytest.raises(ConfigureError, match=words):
        train(spec, target, tmp_path, truncated_bptt=5)


def test_each_call_of_a_shared_layer_carries_its_own_state(tmp_path: Path) -> None:
    start = NetworkSpec.input("x", TensorSpec((12, 2)))
    turned = start.apply("turned", Rescaling(scale=-1.0))
    spec = call_again(turned.apply("one", GRU(units=5), ["x"]).with_output("turned"), "two", "one")
    spec = spec.apply("both", Concatenate(), ["one", "two"]).apply("sum", dense(1, "linear"))
    still = {"optimizer": {"type": "sgd", "learning_rate": 0.0}, "epochs": 1}
    whole = train(spec, "last", tmp_path, **still)
    parts = train(spec, "last", tmp_path, **still, truncated_bptt=5)
    assert parts.history["loss"][0] == pytest.approx(whole.history["loss"][0], rel=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        LSTM(units=4),
        GRU(units=4, reset_after=False),
        SimpleRNN(units=4, activation="relu"),
        LSTM(units=4, zero_output_for_mask=True),
    ],
)
def test_rows_that_end_in_an_early_piece_answer_from_there(
    tmp_path: Path, layer: BaseLayer
) -> None:
    spec = chain((None, 1), LSTM(units=4, return_sequences=True), layer, dense(1, "linear"))
    settings = {
        "input_columns": ["x"],
        "target_columns": ["last"],
        "optimizer": {"type": "sgd", "learning_rate": 0.0},
        "batch_size": 30,
    }
    whole = learn(spec, ragged(), tmp_path, settings=settings)
    parts = learn(spec, ragged(), tmp_path, settings={**settings, "truncated_bptt": 3})
    assert parts.history["loss"][0] == pytest.approx(whole.history["loss"][0], rel=1e-5)


def test_rows_are_padded_to_the_longest_of_a_batch() -> None:
    rows = RaggedRows(pl.Series("x", [[1, 2, 3, 4], [], [5, 6]], dtype=pl.List(pl.Int64)), (2,))
    index = np.array([2, 0, 1])
    assert rows.take(index).tolist() == [[[5, 6], [0, 0]], [[1, 2], [3, 4]], [[0, 0], [0, 0]]]
    assert rows.mask(index).tolist() == [[True, False], [True, True], [False, False]]
    assert rows.take(np.array([2])).shape == (1, 1, 2)
    with pytest.raises(DataError, match="no whole steps of 2"):
        RaggedRows(pl.Series("x", [[1, 2, 3]]), (2,))


@pytest.mark.parametrize("size", [1, 7, 30])
def test_what_is_padded_changes_no_result(tmp_path: Path, size: int) -> None:
    spec = chain((None, 1), LSTM(units=4), dense(1, "linear"))
    settings = {
        "input_columns": ["x"],
        "target_columns": ["last"],
        "epochs": 1,
        "batch_size": 30,
        "validation_batch_size": size,
    }
    learned = learn(spec, ragged(), tmp_path, validation=ragged(), settings=settings)
    alone = learn(
        spec,
        ragged(),
        tmp_path,
        validation=ragged(),
        settings={**settings, "validation_batch_size": 1},
    )
    loss = "val_loss"
    assert learned.history[loss][0] == pytest.approx(alone.history[loss][0], rel=1e-5)
    one, other = (predictions(learned.network, tmp_path, batch) for batch in (1, size))
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_masks_pass_through_layers_between(tmp_path: Path) -> None:
    layers = (LSTM(units=4, return_sequences=True), LayerNormalization(), LSTM(units=4))
    spec = chain((None, 1), *layers, dense(1, "linear"))
    settings = {"input_columns": ["x"], "target_columns": ["last"]}
    learned = learn(spec, ragged(), tmp_path, settings=settings)
    one, other = (predictions(learned.network, tmp_path, batch) for batch in (1, 30))
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_targets_may_have_several_lengths_too(tmp_path: Path) -> None:
    settings = {
        "input_columns": ["x"],
        "target_columns": ["each"],
        "epochs": 30,
        "batch_size": 8,
        "optimizer": {"type": "adam", "learning_rate": 0.02},
    }
    spec = chain((None, 1), LSTM(units=8, return_sequences=True), dense(1, "linear"))
    history = learn(spec, ragged(), tmp_path, settings=settings).history
    assert history["loss"][-1] < history["loss"][0] / 2


@pytest.mark.parametrize(
    ("x", "each", "said"),
    [
        ([[1, 2], [3]], [[1, 2], [3, 4]], '"each" has 2 steps in row 2, and column "x" has 1'),
        ([[1, 2], [3, 4]], [[1, 2, 3], [3, 4, 5]], '"each" has 3 steps in row 1, and column "x"'),
        (pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Float32, 2)), [[1, 2], [3]], "from 1 to 2"),
        (
            pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Float32, 2)),
            [[1, 2, 3], [4, 5, 6]],
            "answers at 2 steps, and its target has 3",
        ),
    ],
)
def test_a_target_of_other_lengths_than_its_input_is_told(
    tmp_path: Path, x: Any, each: list[list[int]], said: str
) -> None:
    lists = pl.List(pl.Float32)
    data = pl.DataFrame({"x": x if isinstance(x, pl.Series) else pl.Series(x, dtype=lists)})
    data = data.with_columns(each=pl.Series(each, dtype=lists))
    spec = chain((None, 1), LSTM(units=4, return_sequences=True), dense(1, "linear"))
    with pytest.raises(DataError, match=said):
        learn(spec, data, tmp_path, settings={"input_columns": ["x"], "target_columns": ["each"]})


def test_an_input_of_one_length_says_how_to_take_several(tmp_path: Path) -> None:
    spec = chain((5, 1), LSTM(units=4), dense(1, "linear"))
    with pytest.raises(DataError, match="leave the first axis"):
        learn(
            spec,
            ragged(),
            tmp_path,
            settings={"input_columns": ["x"], "target_columns": ["last"]},
        )
