"""The lecture's workflows in full: a line for each says what came out and what was asked for.

Results stay in the workspace beside the workflows, so that a second time only shows them.

Run: ``python workflows/lecture.py [NAME …]``; without names all of them, which take about an hour
on two cores.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

import flowengine as fe

FOLDER = Path(__file__).parent
SMOOTHING = 0.1
"""Added to each count of a pair, so that a pair that was never seen is not impossible."""


@dataclass(frozen=True)
class Outcome:
    """What came out of a workflow, in words, and whether that is what was asked for."""

    words: str
    is_met: bool


def text_training(result: fe.Result) -> Outcome:
    """Compare the network's perplexity with that of counting pairs of characters."""
    history = result["learner"].history
    perplexity = history["val_perplexity"].min()
    pairs = pair_perplexity(result["partitioning"].first, result["partitioning"].second)
    return Outcome(
        f"validation perplexity {perplexity:.2f} after {history.height} epochs; "
        f"counting pairs of characters gives {pairs:.2f}",
        perplexity < pairs,
    )


def pair_perplexity(training: pl.DataFrame, validation: pl.DataFrame) -> float:
    """Return the perplexity of the next character where only the one before is looked at."""
    before, after = (training[name].to_numpy().ravel() for name in ("window", "target"))
    asked, right = (validation[name].to_numpy().ravel() for name in ("window", "target"))
    size = int(max(one.max() for one in (before, after, asked, right))) + 1
    counts = np.full((size, size), SMOOTHING)
    np.add.at(counts, (before, after), 1)
    chances = counts / counts.sum(1, keepdims=True)
    return math.exp(-np.log(chances[asked, right]).mean())


def text(result: fe.Result) -> Outcome:
    """Show how the careful text begins."""
    texts = result["generator"].out
    careful = texts["text"][0].split("\n")[0][:60]
    return Outcome(
        f"{texts.height} texts of {len(texts['text'][0])} characters; the first: {careful!r}",
        texts["text"].str.len_chars().min() > 0,
    )


def translation(result: fe.Result) -> Outcome:
    """Say how many of the numbers that were never shown are right to the last letter."""
    rows = result["translator"].out
    right = (rows["german"] == rows["text"]).mean()
    wrong = rows.filter(pl.col("german") != pl.col("text")).select("english", "text").rows()
    example = f"; {wrong[0][0]!r} became {wrong[0][1]!r}" if wrong else ""
    return Outcome(f"{right:.0%} of {rows.height} new numbers are right{example}", right >= 0.9)


def transfer(result: fe.Result) -> Outcome:
    """Say how well the new head reads digits that the rest of the network never saw."""
    statistics = result["scorer"].statistics
    accuracy = statistics.filter(pl.col("class") == "overall")["accuracy"][0]
    before, after = result["low_learner"].network.weights, result["high_learner"].network.weights
    kept = all(before[name] == after[name] for name in ("conv_1", "conv_2"))
    untouched = "untouched" if kept else "CHANGED"
    return Outcome(
        f"accuracy {accuracy:.2%} on the digits 5 to 9, asked for 98 %; the body is {untouched}",
        accuracy >= 0.98 and kept,
    )


def digits(result: fe.Result) -> Outcome:
    """Say how sure another network is of the digits that were made, and how rare the rarest is."""
    judged = result["judge"].out
    sure = judged["probability"].mean()
    counts = judged["prediction"].value_counts()
    rarest = counts["count"].min() / judged.height if counts.height == 10 else 0.0
    return Outcome(
        f"{judged.height:,} digits; mean top probability {sure:.3f}, asked for 0.9; "
        f"the rarest digit {rarest:.1%}, asked for 3 %",
        sure >= 0.9 and rarest >= 0.03,
    )


LECTURE: dict[str, Callable[[fe.Result], Outcome]] = {
    "translation": translation,
    "transfer_learning": transfer,
    "text_generation_training": text_training,
    "text_generation": text,
    "gan": digits,
}
"""What to say of each workflow, in an order in which one finds the files of another."""


def main() -> int:
    """Run the workflows; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(LECTURE))
    names = parser.parse_args().names or list(LECTURE)
    unknown = [name for name in names if name not in LECTURE]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(LECTURE)}")
    missed = 0
    for name in names:
        start = time.monotonic()
        outcome = LECTURE[name](fe.run(FOLDER / f"{name}.json"))
        minutes, seconds = divmod(round(time.monotonic() - start), 60)
        sign = "✓" if outcome.is_met else "✗"
        print(f"{sign} {name}: {outcome.words} ({minutes} min {seconds} s)", flush=True)
        missed += not outcome.is_met
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
