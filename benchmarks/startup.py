"""Start-up of the command line: ``--help``, ``validate`` of a workflow, the second ``nodes``.

Each turn is a fresh process, Python's bytecode and the catalogue cached as on anybody's second
call. Peers: an interpreter that does nothing, one that imports polars, one that imports torch.

Run: ``python benchmarks/startup.py [--turns 15]``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable

from _measure import FLOWENGINE, ROOT, Turn, interleaved, machine, spread, take_turn, verdict

BAR_SECONDS = 0.6

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    'python -c "import polars"': [sys.executable, "-c", "import polars"],
    'python -c "import torch"': [sys.executable, "-c", "import torch"],
    "flowengine --help": [FLOWENGINE, "--help"],
    "flowengine validate workflows/mnist.json": [FLOWENGINE, "validate", "workflows/mnist.json"],
    "flowengine nodes": [FLOWENGINE, "nodes"],
}


def side(command: list[str]) -> Callable[[], Turn]:
    return lambda: take_turn(command, cwd=ROOT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    sides = {name: side(command) for name, command in COMMANDS.items()}
    interleaved(sides, 1, say=False)
    taken = interleaved(sides, options.turns, say=False)
    print(f"start-up, {options.turns} turns; {machine()}")
    for name, turns in taken.items():
        seconds = [turn.seconds for turn in turns]
        cpu = spread((turn.cpu for turn in turns), "s")
        line = f"  {name}: {spread(seconds, 's')}, of processor time {cpu}"
        if name.startswith("flowengine"):
            met = statistics.median(seconds) <= BAR_SECONDS
            line += f"; bar {BAR_SECONDS} s {verdict(met=met)}"
        print(line)


if __name__ == "__main__":
    main()
