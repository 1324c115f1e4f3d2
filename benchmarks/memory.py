"""Peak memory of the MNIST workflow against the tutorial's loop on the same data and network.

Ours is ``flowengine run workflows/mnist.json`` with one epoch: reading, partitioning, training
with checkpoints, testing, scoring, the store. The tutorial reads the same files into float tensors
and trains by a ``DataLoader`` over a ``TensorDataset``. The peak is the largest resident set of a
fresh process as the system counts it; its anonymous part and the pages of mapped files (which the
system may take back) are sampled every 20 ms.

Run: ``python benchmarks/memory.py [--turns 7]``; fetch the data first: ``flowengine data fetch
mnist``.
"""

from __future__ import annotations

import argparse
import statistics

from _measure import Turn, interleaved, machine, spread, verdict
from _mnist import run_tutorial, run_workflow


def ours() -> Turn:
    return run_workflow("--var", "epochs=1").turn


def tutorial() -> Turn:
    return run_tutorial("--epochs", "1", "--batch-size", "64").turn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args()
    taken = interleaved({"flowengine": ours, "tutorial": tutorial}, options.turns)
    print(f"memory of the MNIST run, one epoch, {options.turns} turns; {machine()}")
    for name, turns in taken.items():
        parts = ", ".join(
            f"{part} {spread((turn.parts[part] for turn in turns), 'MB')}"
            for part in ("anonymous", "file")
        )
        print(f"  {name}: peak {spread((turn.peak for turn in turns), 'MB')}; {parts}")
    peak = {name: statistics.median(turn.peak for turn in turns) for name, turns in taken.items()}
    ratio = peak["flowengine"] / peak["tutorial"]
    print(f"  {ratio:.2f} times the tutorial's peak; bar: not more {verdict(met=ratio <= 1)}")


if __name__ == "__main__":
    main()
