"""The workflows that prove the training nodes by use, on few small pictures."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import flowengine as fe

WORKFLOWS = Path(__file__).parents[1] / "workflows"
LECTURE = runpy.run_path(str(WORKFLOWS / "lecture.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a workspace with both workflows and digits that are bright in one place each."""
    rng = np.random.default_rng(0)
    for name in ("train", "test"):
        labels = np.repeat(np.arange(10), 20)
        images = rng.integers(0, 40, (len(labels), 28, 28))
        for image, label in zip(images, labels, strict=True):
            image[2 * label : 2 * label + 6, 4:24] += 180
        _write_idx(tmp_path / f"{name}-images.idx", images)
        _write_idx(tmp_path / f"{name}-labels.idx", labels)
    for name in ("gan", "transfer_learning"):
        shutil.copy(WORKFLOWS / f"{name}.json", tmp_path)
    return tmp_path


def _write_idx(path: Path, values: np.ndarray) -> None:
    head = bytes([0, 0, 8, values.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    path.write_bytes(head + sizes + values.astype(np.uint8).tobytes())


def _data(node: str, name: str) -> dict[str, str]:
    return {f"{node}.images": f"{name}-images.idx", f"{node}.labels": f"{name}-labels.idx"}


@pytest.mark.timeout(300)
def test_a_new_head_alone_learns_other_digits(folder: Path) -> None:
    result = fe.run(
        folder / "transfer_learning.json",
        settings={**_data("images", "train"), **_data("test_images", "test")},
        variables={"share": 0.9, "low_epochs": 3, "high_epochs": 6},
        workspace=folder,
    )
    before, after = result["low_learner"].network, result["high_learner"].network
    assert after.weights["conv_1"] == before.weights["conv_1"]
    assert after.weights["conv_2"] == before.weights["conv_2"]
    assert "low_head" not in after.weights
    statistics = result["scorer"].statistics
    accuracy = statistics.filter(pl.col("class") == "overall")["accuracy"][0]
    assert accuracy > 0.5
    outcome = LECTURE["transfer"](result)
    assert f"accuracy {accuracy:.2%}" in outcome.words
    assert outcome.is_met == (accuracy >= 0.98)


@pytest.mark.timeout(300)
def test_digits_are_made_of_noise_and_judged(folder: Path) -> None:
    result = fe.run(
        folder / "gan.json",
        settings=_data("images", "train"),
        variables={"share": 0.5, "epochs": 2, "samples": 5, "judge_epochs": 1},
        workspace=folder,
    )
    judged = result["judge"].out
    assert judged.height == 5
    assert judged.schema["made"] == pl.Array(pl.UInt8, (28, 28, 1))
    assert judged["probability"].is_between(0, 1).all()
    assert result["gan"].history.height == 2
    outcome = LECTURE["digits"](result)
    assert f"mean top probability {judged['probability'].mean():.3f}" in outcome.words
    assert not outcome.is_met, "five digits cannot be of ten kinds"
