"""Final accuracy with dropout: the learner's own masks must cost none against plain PyTorch's.

Both train the same network with the same recipe (batches of 128, dropout .5, constant Adam of 1e-3,
all 60,000 images) under several seeds. The learner draws its masks another way, which is faster and
gives another random stream of the same distribution, so only means can be compared.

Run: ``python benchmarks/dropout_accuracy.py [--seeds 5] [--epochs 3] [--threads 2]``; fetch the
data first: ``flowengine data fetch mnist``.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from _measure import machine, verdict
from _mnist import run_tutorial, run_workflow

BAR_POINTS = 0.1

SAME_RECIPE = (
    ("partitioning.fraction", "1.0"),
    ("rescaling.scale", str(1 / 255)),
    ("rescaling.offset", "0.0"),
    ("dropout.rate", "0.5"),
    ("learner.schedule", '"constant"'),
    ("learner.optimizer", '{"type": "adam", "learning_rate": 0.001}'),
    ("learner.batch_size", "128"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    environment = {"OMP_NUM_THREADS": str(options.threads)}
    settings = [word for name, value in SAME_RECIPE for word in ("--set", f"{name}={value}")]
    ours, theirs = [], []
    for seed in range(options.seeds):
        learned = run_workflow(
            *settings, "--var", f"epochs={options.epochs}", seed=seed, environment=environment
        )
        ours.append(100 * learned.accuracies[-1])
        followed = run_tutorial("--epochs", str(options.epochs), seed=seed, environment=environment)
        theirs.append(100 * followed.accuracies[-1])
        print(f"seed {seed}: learner {ours[-1]:.2f}, tutorial {theirs[-1]:.2f}", file=sys.stderr)
    print(f"accuracy after {options.epochs} epochs, {options.seeds} seeds; {machine()}")
    for name, values in (("learner", ours), ("tutorial", theirs)):
        print(
            f"  {name}: mean {statistics.mean(values):.2f} %"
            f" ({', '.join(f'{value:.2f}' for value in values)})"
        )
    difference = statistics.mean(ours) - statistics.mean(theirs)
    met = difference >= -BAR_POINTS
    print(f"  difference {difference:+.2f} points; bar {-BAR_POINTS} points {verdict(met=met)}")


if __name__ == "__main__":
    main()
