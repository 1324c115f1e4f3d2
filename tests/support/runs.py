"""Workflows and words that several tests of runs share."""

from __future__ import annotations

from collections.abc import Callable

from flowengine.running.result import Result

Run = Callable[..., Result]

DIAMOND = {
    "one": "local.number",
    "left": ("local.add", {"plus": 10}),
    "right": ("local.add", {"plus": 100}),
    "sum": "local.add",
}
DIAMOND_WIRES = [
    "one.out left.numbers",
    "one.out right.numbers",
    "left.out sum.numbers.0",
    "right.out sum.numbers.1",
]


def cached(result: Result) -> dict[str, bool]:
    return {path: node.cached for path, node in result.nodes.items()}
