"""Perplexity on the last tenth of the novel: counting letters against the trained network.

The references count single characters, pairs and triples in the first nine tenths, on the very
characters and the very split of ``workflows/text_generation_training.json``. A triple that was
rarely seen leans on its pair. With ``--train`` the workflow is run as it stands, and the network's
perplexity on the same part is printed beside them with the time it took.

Run: ``python benchmarks/text_perplexity.py [--train] [--lines 6000]``.
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

WORKFLOW = Path(__file__).parents[1] / "workflows" / "text_generation_training.json"
WINDOW, TRAINED, SMOOTHING, LEANING = 100, 0.9, 0.1, 3.0


def references(lines: int) -> dict[str, float]:
    from flowengine.data import data_path

    text = data_path("moby-dick", fetch=True).read_text()
    text = "\n".join(text.removesuffix("\n").split("\n")[:lines])
    letters = {letter: place for place, (letter, _) in enumerate(Counter(text).most_common())}
    items, size = np.array([letters[letter] for letter in text]), len(letters)
    windows = (len(items) - 1) // WINDOW
    border = round(windows * TRAINED) * WINDOW
    seen, asked = items[: border + 1], items[border : windows * WINDOW + 1]

    singles = np.bincount(seen, minlength=size) + SMOOTHING
    pairs = np.full((size, size), SMOOTHING)
    np.add.at(pairs, (seen[:-1], seen[1:]), 1)
    pairs /= pairs.sum(1, keepdims=True)
    triples = np.zeros((size, size, size))
    np.add.at(triples, (seen[:-2], seen[1:-1], seen[2:]), 1)
    triples += LEANING * pairs
    triples /= triples.sum(2, keepdims=True)
    chances = {
        "single characters": singles[asked] / singles.sum(),
        "pairs (bigram)": pairs[asked[:-1], asked[1:]],
        "triples (trigram)": triples[asked[:-2], asked[1:-1], asked[2:]],
    }
    return {name: math.exp(-np.log(chance).mean()) for name, chance in chances.items()}


def trained(lines: int) -> tuple[float, float]:
    import flowengine as fe

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(WORKFLOW, folder))
        start = time.perf_counter()
        result = fe.run(copy, variables={"lines": lines})
        seconds = time.perf_counter() - start
        history = result["learner"].history
    return history["val_perplexity"].min(), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--lines", type=int, default=6000)
    arguments = parser.parse_args()
    print("perplexity on the last tenth")
    for name, value in references(arguments.lines).items():
        print(f"{name:20} {value:7.2f}")
    if arguments.train:
        value, seconds = trained(arguments.lines)
        print(f"{'the network':20} {value:7.2f}   after {seconds:,.0f} s")


if __name__ == "__main__":
    main()
