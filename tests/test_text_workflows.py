"""The workflows of text generation, small: one trains and keeps, the other reads and writes on."""

from __future__ import annotations

import math
import runpy
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import flowengine as fe

WORKFLOWS = Path(__file__).parents[1] / "workflows"
LECTURE = runpy.run_path(str(WORKFLOWS / "lecture.py"))
SMALL = {"novel.path": "novel.txt", "lstm.units": 12}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with both workflows and a short novel."""
    (tmp_path / ".flowengine").mkdir()
    for name in ("text_generation_training.json", "text_generation.json"):
        shutil.copy(WORKFLOWS / name, tmp_path)
    sentence = "Call me Ishmael. Some years ago I went to sea."
    (tmp_path / "novel.txt").write_text(f"{sentence}\n\n" * 60)
    return tmp_path


def train(folder: Path, **variables: Any) -> fe.Result:
    given = {"lines": 100, "epochs": 2, **variables}
    return fe.run(folder / "text_generation_training.json", settings=SMALL, variables=given)


def test_what_one_workflow_learned_the_other_writes(folder: Path) -> None:
    train(folder)
    result = fe.run(folder / "text_generation.json", variables={"length": 40})
    texts = result["generator"].out
    assert texts["temperature"].to_list() == [0.5, 1.0]
    assert [len(text) for text in texts["text"]] == [40, 40]
    assert set("".join(texts["text"])) <= set((folder / "novel.txt").read_text())
    written = pl.read_csv(folder / "results" / "moby_dick_texts.csv")
    assert written["text"].to_list() == texts["text"].to_list()
    outcome = LECTURE["text"](result)
    assert "2 texts of 40 characters" in outcome.words
    assert outcome.is_met


def test_the_training_has_a_history_of_its_validation(folder: Path) -> None:
    # An epoch is one step here, and the last step of the schedule moves next to nothing.
    history = train(folder, epochs=3)["learner"].history
    assert history.height == 3
    assert history["val_perplexity"][2] < history["val_perplexity"][0]
    last = history.row(-1, named=True)
    assert last["val_perplexity"] == pytest.approx(math.exp(last["val_loss"]), rel=1e-5)


def test_the_lecture_counts_pairs_of_characters_beside_the_network(folder: Path) -> None:
    result = train(folder)
    outcome = LECTURE["text_training"](result)
    # Of some twenty characters, the one before leaves few open in a sentence said over and over.
    pairs = float(outcome.words.rpartition(" ")[2])
    assert 1.0 < pairs < 5.0
    assert outcome.is_met == (result["learner"].history["val_perplexity"].min() < pairs)


def test_a_variable_picks_how_much_of_the_novel_is_read(folder: Path) -> None:
    windows = [train(folder, lines=lines, epochs=1)["windows"].out.height for lines in (40, 80)]
    assert windows[1] > windows[0]


def test_what_is_wrong_is_known_before_anything_runs(folder: Path) -> None:
    path = folder / "text_generation_training.json"
    found = fe.validate(path, settings={**SMALL, "windows.length": 50}).problems
    assert any("100" in str(problem) and "50" in str(problem) for problem in found)
