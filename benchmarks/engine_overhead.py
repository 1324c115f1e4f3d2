"""What the engine costs: graphs of nodes that do nothing, against Dask's threaded scheduler.

Three shapes (a chain, a fan out and in, a random graph) of 100, 1,000 and 10,000 nodes.
*Scheduling* is the scheduler without a store, which does what Dask does; *with the record* is a
whole run, every result durable; *all in the store* is loading, planning, looking up and running
when nothing has to be computed. Each turn is a fresh process, start-up not counted.

Run: ``python benchmarks/engine_overhead.py [--turns 7] [--nodes 100 1000 10000]``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from _measure import Turn, interleaved, machine, spread, take_turn, verdict

SHAPES = ("chain", "fan", "random")
DASK_BAR = 0.5
NODE_BAR = 150e-6
GROWTH_BAR = 12.0
CACHED_BAR = 0.1

Figures = dict[tuple[str, int], dict[str, list[float]]]


def side(name: str, shape: str, nodes: int) -> Callable[[], Turn]:
    script = str(Path(__file__).with_name("_overhead.py"))
    return lambda: take_turn([sys.executable, script, name, shape, str(nodes)])


def measure(shape: str, nodes: int, turns: int) -> dict[str, list[float]]:
    """Return the seconds of each turn by what was measured."""
    names = ("dask", "scheduler", "engine")
    taken = interleaved({name: side(name, shape, nodes) for name in names}, turns, say=False)
    said = {name: [json.loads(turn.output) for turn in taken[name]] for name in names}
    return {
        "dask": [turn["run"] for turn in said["dask"]],
        "scheduling": [turn["run"] for turn in said["scheduler"]],
        "record": [turn["run"] for turn in said["engine"]],
        "plan": [turn["plan"] for turn in said["engine"]],
        "cached": [turn["cached"] for turn in said["engine"]],
    }


def show(figures: Figures) -> None:
    print("µs a node, median (range)")
    for (shape, nodes), taken in figures.items():
        each = {name: [1e6 * value / nodes for value in values] for name, values in taken.items()}
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(taken["scheduling"], taken["dask"], strict=True)
        )
        whole = statistics.median(taken["record"]) / nodes
        print(f"  {shape}, {nodes:,} nodes")
        print(f"    Dask's threaded scheduler  {spread(each['dask'], '')}")
        print(
            f"    scheduling                 {spread(each['scheduling'], '')}; "
            f"{ratio:.2f} of Dask; bar {DASK_BAR} {verdict(met=ratio <= DASK_BAR)}"
        )
        print(
            f"    with the record            {spread(each['record'], '')}; bar "
            f"{NODE_BAR * 1e6:.0f} {verdict(met=whole <= NODE_BAR)}"
        )
        print(f"    planning                   {spread(each['plan'], '')}")


def show_growth(figures: Figures, small: int, large: int) -> None:
    for shape in SHAPES:
        one = statistics.median(figures[shape, small]["record"])
        many = statistics.median(figures[shape, large]["record"])
        met = verdict(met=many <= GROWTH_BAR * one)
        print(f"  {shape}: {large:,} nodes take {many / one:.1f} times {small:,}; bar 12 {met}")


def show_cached(figures: Figures, nodes: int) -> None:
    for shape in SHAPES:
        seconds = figures[shape, nodes]["cached"]
        met = verdict(met=statistics.median(seconds) <= CACHED_BAR)
        print(
            f"  {shape}, {nodes:,} nodes, all in the store: {spread(seconds, 's')}; "
            f"bar {CACHED_BAR} s {met}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1_000, 10_000])
    options = parser.parse_args(arguments)
    print(f"engine overhead, {options.turns} turns; {machine()}")
    figures = {
        (shape, nodes): measure(shape, nodes, options.turns)
        for nodes in options.nodes
        for shape in SHAPES
    }
    show(figures)
    if {1_000, 10_000} <= set(options.nodes):
        show_growth(figures, 1_000, 10_000)
    if 1_000 in options.nodes:
        show_cached(figures, 1_000)


if __name__ == "__main__":
    main()
