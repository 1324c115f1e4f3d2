"""Numbers in German: the table, and the workflow that learns to translate them, small."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

import flowengine as fe

WORKFLOWS = Path(__file__).parents[1] / "workflows"
LECTURE = runpy.run_path(str(WORKFLOWS / "lecture.py"))
NUMBERS = runpy.run_path(str(WORKFLOWS / "data" / "numbers.py"))


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        (0, "zero", "null"),
        (1, "one", "eins"),
        (16, "sixteen", "sechzehn"),
        (21, "twenty-one", "einundzwanzig"),
        (77, "seventy-seven", "siebenundsiebzig"),
        (100, "one hundred", "einhundert"),
        (301, "three hundred and one", "dreihunderteins"),
        (738, "seven hundred and thirty-eight", "siebenhundertachtunddreißig"),
    ],
)
def test_numbers_have_their_names(number: int, english: str, german: str) -> None:
    assert NUMBERS["english"](number) == english
    assert NUMBERS["german"](number) == german
    rows = (WORKFLOWS / "data" / "numbers.csv").read_text(encoding="utf-8").splitlines()
    assert rows[number + 1] == f"{english},{german}"
    assert len(rows) == 1001


def test_an_encoder_and_a_decoder_learn_to_translate(tmp_path: Path) -> None:
    (tmp_path / ".flowengine").mkdir()
    shutil.copy(WORKFLOWS / "translation.json", tmp_path)
    table = (WORKFLOWS / "data" / "numbers.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "data").mkdir()
    # Ten numbers over and over: the part that is held out holds the same ones.
    rows = [table[0], *(table[number + 1] for number in range(10) for _ in range(40))]
    (tmp_path / "data" / "numbers.csv").write_text("\n".join(rows), encoding="utf-8")
    result = fe.run(tmp_path / "translation.json", variables={"units": 32, "epochs": 12})
    rows_out = result["translator"].out
    assert rows_out.height == 40
    assert (rows_out["german"] == rows_out["text"]).mean() > 0.9
    outcome = LECTURE["translation"](result)
    assert outcome.is_met
    assert "of 40 new numbers are right" in outcome.words
    written = (tmp_path / "results" / "translations.csv").read_text(encoding="utf-8")
    assert written.startswith("english,german,text\n")
