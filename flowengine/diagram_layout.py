"""Places for the boxes of a layered diagram: ranks from top to bottom, few crossings, near lines.

Lines that pass a rank get a point in it, so that boxes make room for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 6
"""How often the order within ranks, and then the places, are improved from top and bottom."""
POINT = 14.0
"""Room for a line that passes a rank."""
GAP = 24.0
"""Space between two boxes of a rank."""

Line = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """Where everything lies.

    Args:
        places: Centre (x) and rank of each box; x starts at 0 on the left edge.
        lines: For each line the points between its ends, as x and rank.
        width: Width of it all.
        ranks: Number of ranks.
    """

    places: Mapping[str, tuple[float, int]]
    lines: Mapping[Line, list[tuple[float, int]]]
    width: float
    ranks: int


def layered(boxes: Sequence[str], lines: Sequence[Line], width: float) -> Layout:
    """Return a layout of boxes of one width.

    Args:
        boxes: Their names, each before those that its lines lead to.
        lines: Pairs of names, from above to below.
        width: Width of a box.
    """
    ranks = _ranks(boxes, lines)
    levels: list[list[str]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for box in boxes:
        levels[ranks[box]].append(box)
    sizes = dict.fromkeys(boxes, width)
    chains: dict[Line, list[str]] = {}
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(dict.fromkeys(lines)):
        start, end = line
        chains[line] = [f"\0{number}\0{rank}" for rank in range(ranks[start] + 1, ranks[end])]
        for rank, point in enumerate(chains[line], ranks[start] + 1):
            levels[rank].append(point)
            sizes[point] = POINT
        path = [start, *chains[line], end]
        for one, two in pairwise(path):
            below[one].append(two)
            above[two].append(one)
    _sort(levels, above, below)
    x = _places(levels, sizes, above, below)
    left = min((x[name] - sizes[name] / 2 for name in x), default=0.0)
    right = max((x[name] + sizes[name] / 2 for name in x), default=0.0)
    level_of = {name: rank for rank, level in enumerate(levels) for name in level}
    return Layout(
        places={box: (x[box] - left, ranks[box]) for box in boxes},
        lines={
            line: [(x[point] - left, level_of[point]) for point in chain]
            for line, chain in chains.items()
        },
        width=right - left,
        ranks=len(levels),
    )


def _ranks(boxes: Sequence[str], lines: Sequence[Line]) -> dict[str, int]:
    before, after = defaultdict(list), defaultdict(list)
    for start, end in lines:
        before[end].append(start)
        after[start].append(end)
    ranks: dict[str, int] = {}
    for box in boxes:
        ranks[box] = max((ranks[one] + 1 for one in before[box]), default=0)
    for box in boxes:
        # A start stands just above what it leads to.
        if not before[box] and after[box]:
            ranks[box] = min(ranks[one] for one in after[box]) - 1
    return ranks


def _sort(
    levels: list[list[str]], above: Mapping[str, list[str]], below: Mapping[str, list[str]]
) -> None:
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for level in levels if down else reversed(levels):
            at = {name: place for other in levels for place, name in enumerate(other)}
            wanted = {
                name: _mean([float(at[one]) for one in neighbours.get(name, ())], float(at[name]))
                for name in level
            }
            level.sort(key=wanted.__getitem__)


def _places(
    levels: list[list[str]],
    sizes: Mapping[str, float],
    above: Mapping[str, list[str]],
    below: Mapping[str, list[str]],
) -> dict[str, float]:
    x: dict[str, float] = {}
    for level in levels:
        edge = 0.0
        for name in level:
            x[name] = edge + sizes[name] / 2
            edge += sizes[name] + GAP
        for name in level:
            x[name] -= (edge - GAP) / 2
    for sweep in range(SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for level in levels if sweep % 2 == 0 else reversed(levels):
            wanted = [
                _mean([x[one] for one in neighbours.get(name, ())], x[name]) for name in level
            ]
            for name, place in zip(level, _apart(level, wanted, sizes), strict=True):
                x[name] = place
    return x


def _apart(level: list[str], wanted: list[float], sizes: Mapping[str, float]) -> list[float]:
    """Return places in order and apart, in the mean where they are wanted."""
    if not level:
        return []
    placed = [wanted[0]]
    for number in range(1, len(level)):
        room = (sizes[level[number - 1]] + sizes[level[number]]) / 2 + GAP
        placed.append(max(wanted[number], placed[-1] + room))
    shift = _mean([one - two for one, two in zip(placed, wanted, strict=True)], 0.0)
    return [place - shift for place in placed]


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
