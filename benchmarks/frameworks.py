"""A training step of five networks: flowengine beside PyTorch, Lightning, skorch and Keras.

Every side trains the same network on the same data for two epochs, the second of which is measured,
in a process of its own. Sides take turns. With one thread each is held on one core, and processor
time is what to read: on a busy machine the clock says more about the neighbours. With more threads
read the clock, on a quiet machine. A peer that is not installed is named and left out;
``pip install -r benchmarks/requirements.txt`` brings them, best into an environment of its own, in
which flowengine is installed too.

Run: ``python benchmarks/frameworks.py [--turns 7] [--threads 1] [--networks mlp cnn …]
[--sides "Keras on jax" …]``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from _measure import Turn, interleaved, machine, spread, take_turn
from _peers.tasks import TASKS, THREADS

SIDES: dict[str, tuple[str, ...]] = {
    "flowengine": (),
    "PyTorch": (),
    "PyTorch, by hand": (),
    "Lightning": ("lightning",),
    "skorch": ("skorch",),
    "Keras on torch": ("keras",),
    "Keras on jax": ("keras", "jax"),
    "Keras on tensorflow": ("keras", "tensorflow"),
}
"""What each side needs beside flowengine and PyTorch."""

COUNTS = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
    "POLARS_MAX_THREADS",
)  # fmt: skip


def side(name: str) -> Callable[[str], dict[str, Any]]:
    """Return what trains on a side; imports it."""
    if name == "flowengine":
        from flowengine.process import prepare_process

        prepare_process(threads=THREADS)
        from _peers.flowengine_side import train
    elif name == "PyTorch":
        from _peers.plain_torch import tutorial as train
    elif name == "PyTorch, by hand":
        from _peers.plain_torch import by_hand as train
    elif name == "Lightning":
        from _peers.lightning_side import train
    elif name == "skorch":
        from _peers.skorch_side import train
    else:
        os.environ["KERAS_BACKEND"] = name.rpartition(" ")[2]
        from _peers.keras_side import train
    return train


def missing(name: str) -> list[str]:
    """Return the packages a side lacks."""
    return [package for package in SIDES[name] if importlib.util.find_spec(package) is None]


def turn(name: str, network: str, threads: int) -> Turn:
    """Let one side train in a process of its own."""
    command = [sys.executable, __file__, "--side", name, "--network", network]
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **dict.fromkeys(COUNTS, str(threads))}
    return take_turn(command, cwd=Path(__file__).parent, environment=environment)


def compare(network: str, names: list[str], turns: int, threads: int) -> None:
    """Measure one network on all sides and print a row for each."""
    read = "processor" if threads == 1 else "clock"
    if network == "gan":
        names = [name for name in names if name != "skorch"]
    taken = interleaved({name: partial(turn, name, network, threads) for name in names}, turns)
    task = TASKS[network]
    print(f"\n{task.title}, {task.parameters:,} parameters, batches of {task.batch}:")
    said = {name: [json.loads(one.output.splitlines()[-1]) for one in taken[name]]
            for name in names}  # fmt: skip
    ours = statistics.median(one[read] for one in said["flowengine"])
    for name in names:
        counts = {one["parameters"] for one in said[name]}
        if counts != {task.parameters}:
            raise RuntimeError(f"{name} trained {counts} parameters, not {task.parameters}")
        ratio = statistics.median(one[read] for one in said[name]) / ours
        print(
            f"  {name:20} processor {spread((one['processor'] for one in said[name]), 'ms'):24}"
            f"   clock {spread((one['clock'] for one in said[name]), 'ms'):24}"
            f"   {ratio:5.2f} × flowengine by {read}"
            f"   peak {spread((one.peak for one in taken[name]), 'MB')}"
        )
    ends = spread((one["end"] for one in said["flowengine"]), "ms")
    print(f"  behind its last step flowengine writes for {ends}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--networks", nargs="*", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--sides", nargs="*", choices=list(SIDES), default=list(SIDES))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--side", choices=list(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--network", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        if THREADS == 1:
            # A library that starts threads of its own has to share one core with them.
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(side(arguments.side)(arguments.network)))
        return
    print(machine())
    names = list(dict.fromkeys(["flowengine", *arguments.sides]))
    for name in names:
        if missing(name):
            print(f"{name}: not measured, {' and '.join(missing(name))} not installed")
    names = [name for name in names if not missing(name)]
    for network in arguments.networks:
        compare(network, names, arguments.turns, arguments.threads)


if __name__ == "__main__":
    main()
