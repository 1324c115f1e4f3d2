"""A training goes on where it was, bit for bit; what cannot be used is left aside with a word."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from training_samples import (
    chain,
    convolutional,
    dense,
    images,
    iris_like,
    learn,
    perceptron,
    weights,
)

from flowengine.errors import Cancelled
from flowengine.nn.checkpoint import Checkpoint, Checkpoints
from flowengine.testing import FakeContext
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.network.learner import Learned

SETTINGS = {"epochs": 4, "batch_size": 8, "optimizer": {"type": "sgd", "momentum": 0.9}}


def train(
    folder: Path, *, settings: dict[str, Any] | None = None, **options: Any
) -> tuple[Learned, FakeContext]:
    ctx = FakeContext(folder, seed=3, resume=folder / "checkpoints", **options)
    return learn(convolutional(), images(), folder, ctx=ctx, settings=settings or SETTINGS), ctx


def interrupt(folder: Path, *, after: int, settings: dict[str, Any] | None = None) -> None:
    with pytest.raises(Cancelled):
        train(folder, settings=settings, cancel_after=after)


@pytest.mark.parametrize("after", [1, 3, 5, 6, 12, 19])
def test_an_interrupted_training_ends_with_the_same_weights(tmp_path: Path, after: int) -> None:
    whole, _ = train(tmp_path / "whole")
    interrupt(tmp_path / "broken", after=after)
    resumed, ctx = train(tmp_path / "broken")
    assert weights(resumed) == weights(whole)
    assert resumed.history.drop("seconds").equals(whole.history.drop("seconds"))
    assert resumed.state.settings == whole.state.settings
    assert ctx.warnings == []


def test_a_training_may_be_interrupted_again_and_again(tmp_path: Path) -> None:
    whole, _ = train(tmp_path / "whole")
    for _ in range(6):
        interrupt(tmp_path / "broken", after=3)
    resumed, ctx = train(tmp_path / "broken")
    assert weights(resumed) == weights(whole)
    assert ctx.points < 4 * 5


def test_a_layers_own_random_numbers_go_on(tmp_path: Path) -> None:
    def run(folder: Path, **options: Any) -> Learned:
        spec = chain((2,), Dropout(rate=0.4, seed=5), dense(3, "softmax"))
        ctx = FakeContext(folder, resume=folder / "checkpoints", **options)
        return learn(spec, iris_like(), folder, ctx=ctx, settings={"epochs": 3})

    whole = run(tmp_path / "whole")
    with pytest.raises(Cancelled):
        run(tmp_path / "broken", cancel_after=3)
    assert weights(run(tmp_path / "broken")) == weights(whole)


def test_more_epochs_train_only_those(tmp_path: Path) -> None:
    whole, _ = train(tmp_path / "whole", settings={**SETTINGS, "epochs": 6})
    train(tmp_path / "longer")
    longer, ctx = train(tmp_path / "longer", settings={**SETTINGS, "epochs": 6})
    assert weights(longer) == weights(whole)
    assert longer.history.height == 6
    assert ctx.points == 2 * 5
    assert ctx.warnings == []


def test_more_epochs_with_one_cycle_train_anew_and_say_why(tmp_path: Path) -> None:
    settings = {**SETTINGS, "schedule": "one_cycle"}
    train(tmp_path / "longer", settings=settings)
    longer, ctx = train(tmp_path / "longer", settings={**settings, "epochs": 6})
    whole, _ = train(tmp_path / "whole", settings={**settings, "epochs": 6})
    assert weights(longer) == weights(whole)
    assert "one_cycle" in ctx.warnings[0] and "anew" in ctx.warnings[0]


def test_one_cycle_of_the_same_length_goes_on(tmp_path: Path) -> None:
    settings = {**SETTINGS, "schedule": "one_cycle"}
    whole, _ = train(tmp_path / "whole", settings=settings)
    interrupt(tmp_path / "broken", after=7, settings=settings)
    resumed, ctx = train(tmp_path / "broken", settings=settings)
    assert weights(resumed) == weights(whole)
    assert ctx.points < 20


def test_fewer_epochs_train_anew_and_say_why(tmp_path: Path) -> None:
    train(tmp_path / "shorter")
    shorter, ctx = train(tmp_path / "shorter", settings={**SETTINGS, "epochs": 2})
    assert shorter.history.height == 2
    assert "beyond 2 epochs" in ctx.warnings[0]


def test_a_finished_training_is_not_done_again(tmp_path: Path) -> None:
    first, _ = train(tmp_path)
    again, ctx = train(tmp_path)
    assert weights(first) == weights(again)
    assert ctx.points == 0


def test_what_was_stopped_goes_on_in_the_next_run(tmp_path: Path) -> None:
    whole, _ = train(tmp_path / "whole")
    stopped, _ = train(tmp_path / "stopped", stop_after=7)
    assert weights(stopped) != weights(whole)
    resumed, _ = train(tmp_path / "stopped")
    assert weights(resumed) == weights(whole)
    assert resumed.history.height == 4


def test_a_damaged_checkpoint_is_left_aside_for_the_older_one(tmp_path: Path) -> None:
    whole, _ = train(tmp_path / "whole")
    interrupt(tmp_path / "broken", after=4)
    interrupt(tmp_path / "broken", after=4)
    files = sorted((tmp_path / "broken" / "checkpoints").glob("*.safetensors"))
    data = bytearray(files[-1].read_bytes())
    data[-5] ^= 1
    files[-1].write_bytes(data)
    resumed, ctx = train(tmp_path / "broken")
    assert weights(resumed) == weights(whole)
    assert "damaged" in ctx.warnings[0]


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", b"\xff" * 64])
def test_foreign_files_are_no_checkpoints(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "00000007-0123456789abcdef.safetensors").write_bytes(content)
    (folder / "notes.txt").write_text("mine")
    learned, ctx = train(tmp_path)
    assert learned.history.height == 4
    assert len(ctx.warnings) == 1


def test_another_number_of_threads_is_said(tmp_path: Path) -> None:
    interrupt(tmp_path, after=4)
    _, ctx = train(tmp_path, threads=2)
    assert "threads 1 → 2" in ctx.warnings[0]


def test_only_the_last_two_checkpoints_stay(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for step in range(5):
        checkpoints.save(Checkpoint({"a": torch.tensor([step])}, {"step": step}))
    found = list(checkpoints.newest_first(pytest.fail))
    assert [one.facts["step"] for one in found] == [4, 3]
    assert found[0].tensors["a"].tolist() == [4]
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"] * 2


def test_checkpoints_pause_at_least_two_seconds(tmp_path: Path) -> None:
    now = 0.0
    checkpoints = Checkpoints(tmp_path, clock=lambda: now)
    assert not checkpoints.is_due()
    now = 2.0
    assert checkpoints.is_due()
    checkpoints.save(Checkpoint({}, {}))
    assert not checkpoints.is_due()


def test_dear_checkpoints_pause_longer(tmp_path: Path) -> None:
    times = iter([0.0, 10.0, 11.0, 40.0, 60.9, 61.0])
    checkpoints = Checkpoints(tmp_path, clock=lambda: next(times))
    checkpoints.save(Checkpoint({}, {}))  # takes from 10 to 11: one second
    assert not checkpoints.is_due()
    assert not checkpoints.is_due(soon=True)
    assert checkpoints.is_due()
    assert not checkpoints.is_cheap


def test_without_a_folder_nothing_is_kept() -> None:
    checkpoints = Checkpoints(None)
    checkpoints.save(Checkpoint({}, {}))
    assert not checkpoints.is_due(soon=True)
    assert list(checkpoints.newest_first(pytest.fail)) == []


def test_a_batch_normalized_network_goes_on_with_its_moving_averages(tmp_path: Path) -> None:
    def run(folder: Path, **options: Any) -> Learned:
        spec = chain((2,), BatchNormalization(), dense(3, "softmax"))
        ctx = FakeContext(folder, resume=folder / "checkpoints", **options)
        return learn(spec, iris_like(), folder, ctx=ctx, settings={"epochs": 3})

    whole = run(tmp_path / "whole")
    with pytest.raises(Cancelled):
        run(tmp_path / "broken", cancel_after=3)
    assert weights(run(tmp_path / "broken")) == weights(whole)


def test_perceptrons_with_state_of_adam_go_on(tmp_path: Path) -> None:
    def run(folder: Path, **options: Any) -> Learned:
        ctx = FakeContext(folder, resume=folder / "checkpoints", **options)
        return learn(perceptron(2, 3), iris_like(), folder, ctx=ctx, settings={"epochs": 3})

    whole = run(tmp_path / "whole")
    with pytest.raises(Cancelled):
        run(tmp_path / "broken", cancel_after=4)
    assert weights(run(tmp_path / "broken")) == weights(whole)


def test_a_training_that_begins_in_the_same_folder_costs_no_other_one_its_work(
    tmp_path: Path,
) -> None:
    over = threading.Event()

    def begin_while_it_is_written() -> None:
        while not (over.is_set() or list(tmp_path.glob(".writing-*"))):
            pass
        next(Checkpoints(tmp_path).newest_first(print), None)

    other = threading.Thread(target=begin_while_it_is_written)
    other.start()
    tensors = {"a": torch.zeros(5_000_000)}
    try:
        Checkpoints(tmp_path).save(Checkpoint(tensors, {"epoch": 7}))
    finally:
        over.set()
        other.join()
    [newest] = Checkpoints(tmp_path).newest_first(print)
    assert newest.facts == {"epoch": 7}
