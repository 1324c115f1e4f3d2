"""Seconds to 99 % on MNIST's 10,000 test images, from the start of a fresh process.

Ours is ``flowengine run workflows/mnist.json``: everything from start-up to the file of statistics.
The peer is the network of Keras' MNIST example with a constant Adam of 1e-3, batches of 128 and
dropout .5 in plain PyTorch; it stops at the first epoch with 99 %, its evaluations but the last not
counted. If 15 epochs do not get there their time counts, marked ">". The two differ in recipe as
well as in speed; ``training_step.py`` compares the speed alone.

Run: ``python benchmarks/time_to_accuracy.py [--seeds 3] [--peer-seeds 1]``; fetch the data first:
``flowengine data fetch mnist``.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from _measure import machine, spread, verdict
from _mnist import Training, run_tutorial, run_workflow

GOAL, BAR, EPOCHS = 0.99, 0.35, 15


def course(training: Training) -> str:
    """Return the accuracies as text."""
    return " ".join(f"{accuracy:.2%}" for accuracy in training.accuracies)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peer-seeds", type=int, default=1)
    options = parser.parse_args()
    ours, theirs = [], []
    for seed in range(max(options.seeds, options.peer_seeds)):
        if seed < options.seeds:
            ours.append(run_workflow(seed=seed))
            print(f"seed {seed}: {ours[-1].seconds:.1f} s, {course(ours[-1])}", file=sys.stderr)
        if seed < options.peer_seeds:
            stop = ("--until", str(GOAL), "--epochs", str(EPOCHS))
            theirs.append(run_tutorial(*stop, seed=seed))
            print(f"peer: {theirs[-1].seconds:.1f} s, {course(theirs[-1])}", file=sys.stderr)
    print(f"time to {GOAL:.0%} on MNIST; {machine()}")
    seconds = [training.seconds for training in ours]
    reached = sum(training.accuracies[-1] >= GOAL for training in ours)
    shown = ", ".join(course(training) for training in ours)
    print(f"  flowengine: {spread(seconds, 's')}; {shown}: {reached} of {len(ours)} seeds there")
    for training in theirs:
        sign = "" if training.accuracies[-1] >= GOAL else ">"
        epochs = len(training.accuracies)
        print(f"  peer: {sign}{training.seconds:.0f} s, {epochs} epochs: {course(training)}")
    ratio = statistics.median(seconds) / statistics.median(one.seconds for one in theirs)
    met = ratio <= BAR and reached == len(ours)
    print(f"  {ratio:.2f} of the peer's time; bar {BAR} {verdict(met=met)}")


if __name__ == "__main__":
    main()
