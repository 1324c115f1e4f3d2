"""Where the cards of a workflow stand in its picture."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from flowengine.diagram_layout import layered
from flowengine.document import Document

WIDTH, HEIGHT = 176.0, 56.0
STEP = 240.0
"""From one rank of cards to the next, where they have no places."""
ROOM = 72.0
"""Height that a card takes within its rank."""
PORT_STEP = 18.0

Place = tuple[float, float]
Ports = Mapping[str, tuple[list[str], list[str]]]
"""Inputs and outputs of each node."""


def height_of(inputs: int, outputs: int) -> float:
    """Return how high a card with so many ports is."""
    return max(HEIGHT, PORT_STEP * (max(inputs, outputs) + 1))


def places_of(document: Document) -> dict[str, Place]:
    """Return the upper left corner of each card: as people put them, else in layers."""
    if all(name in document.layout for name in document.nodes):
        return {name: (place[0], place[1]) for name, place in _known(document).items()}
    lines = [
        (item.from_.partition(".")[0], item.to.partition(".")[0]) for item in document.connections
    ]
    lines = [line for line in lines if all(end in document.nodes for end in line)]
    before: dict[str, list[str]] = {name: [] for name in document.nodes}
    for start, end in lines:
        before[end].append(start)
    try:
        names = list(TopologicalSorter(before).static_order())
    except CycleError:
        # A workflow in a circle does not run; its cards stand in a row.
        names, lines = list(document.nodes), []
    layout = layered(names, lines, ROOM - 24)
    # Layers go from above to below; a workflow is read from left to right.
    return {name: (rank * STEP, x) for name, (x, rank) in layout.places.items()}


def _known(document: Document) -> dict[str, list[float]]:
    return {name: document.layout[name] for name in document.nodes}
