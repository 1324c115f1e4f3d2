"""A workflow in thumbnail: places of its nodes and wires."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from flowengine.document import Document
from flowengine.server.wire import Sketch

WIDTH, HEIGHT = 176.0, 56.0
STEP_X, STEP_Y = 240.0, 100.0
MOST = 300
"""Nodes that a sketch shows."""

Point = tuple[float, float]


def sketch_of(document: Document) -> Sketch:
    """Return the sketch of a workflow; nodes without a place stand in the order of their wires."""
    names = list(document.nodes)[:MOST]
    wires = [
        (item.from_.partition(".")[0], item.to.partition(".")[0]) for item in document.connections
    ]
    wires = [wire for wire in wires if set(wire) <= set(names)]
    places = _places(names, wires, document.layout)
    return Sketch(
        nodes=tuple((*places[name], document.nodes[name].type.partition(".")[0]) for name in names),
        wires=tuple(
            (
                places[start][0] + WIDTH,
                places[start][1] + HEIGHT / 2,
                places[end][0],
                places[end][1] + HEIGHT / 2,
            )
            for start, end in wires
        ),
    )


def _places(
    names: list[str], wires: list[tuple[str, str]], layout: Mapping[str, list[float]]
) -> dict[str, Point]:
    places: dict[str, Point] = {
        name: (layout[name][0], layout[name][1]) for name in names if name in layout
    }
    below = max((y for _, y in places.values()), default=-STEP_Y) + STEP_Y
    before: dict[str, list[str]] = {name: [] for name in names}
    for start, end in wires:
        before[end].append(start)
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        order, before = names, {name: [] for name in names}
    ranks: dict[str, int] = {}
    taken: dict[int, int] = {}
    for name in order:
        ranks[name] = 1 + max((ranks[item] for item in before[name]), default=-1)
        if name not in places:
            row = taken.get(ranks[name], 0)
            taken[ranks[name]] = row + 1
            places[name] = (ranks[name] * STEP_X, below + row * STEP_Y)
    return places
