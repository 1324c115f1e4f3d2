"""Every sample workflow opens as people expect: all its nodes are there, none upon another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.samples import copy
from support.tree import ROOT

OpenDesk = Callable[..., Desk]
SAMPLES = sorted(
    path.relative_to(ROOT / "workflows").as_posix()
    for path in (ROOT / "workflows").rglob("*.json")
    if "data" not in path.parts and "results" not in path.parts
)


def overlap(one: dict[str, float], two: dict[str, float]) -> bool:
    return abs(one["x"] - two["x"]) < min(one["width"], two["width"]) and abs(
        one["y"] - two["y"]
    ) < min(one["height"], two["height"])


@pytest.mark.parametrize("name", SAMPLES)
def test_its_nodes_and_wires_are_seen_and_none_covers_another(
    name: str, open_desk: OpenDesk, workspace: Path
) -> None:
    for other in SAMPLES:
        copy(workspace, other)
    copy(workspace, "data/iris.csv")
    desk = open_desk(name)
    cards = desk.page.locator(".react-flow__node-card").all()
    assert len(cards) == len(desk.document()["nodes"])
    wires = desk.page.locator(".react-flow__edge path.react-flow__edge-path")
    expect(wires).to_have_count(len(desk.document()["connections"]))
    boxes = [card.bounding_box() for card in cards]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert all(card.inner_text().strip() for card in cards), "a card is blank"
