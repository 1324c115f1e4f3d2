"""Pictures of all views in light and dark; ``make screenshots`` puts them into the docs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.samples import copy

OpenDesk = Callable[..., Desk]
FOLDER = os.environ.get("FLOWENGINE_SCREENSHOTS")
"""Where the pictures of the docs go. Without it the tests draw the same views of a small table."""


def rest(desk: Desk) -> None:
    """Wait until charts are drawn and nothing fades any more."""
    desk.page.mouse.move(480, 120)
    desk.page.wait_for_timeout(1_200)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_view_is_photographed(
    dark: bool, open_desk: OpenDesk, workspace: Path, tmp_path: Path
) -> None:
    folder = Path(FOLDER).resolve() if FOLDER else tmp_path / "pictures"
    folder.mkdir(exist_ok=True)
    name, reader, layer = ("mnist.json", "images", "conv_1")
    if not FOLDER:
        name, reader, layer = ("iris.json", "reader", "hidden")
    copy(workspace, "iris.json", "data/iris.csv", name, "transfer_learning.json", "gan.json")
    theme = "dark" if dark else "light"

    def photograph(desk: Desk, view: str) -> None:
        rest(desk)
        path = folder / f"{view}_{theme}.png"
        desk.page.screenshot(path=path)
        assert path.stat().st_size > 20_000, f"the picture of {view} is blank"

    desk = open_desk(dark=dark)
    expect(desk.page.get_by_text("Iris flowers").first).to_be_visible()
    photograph(desk, "start")
    desk = open_desk(name, dark=dark)
    photograph(desk, "workflow")
    desk.press("Shift+F7")
    desk.wait_until(lambda: desk.state("learner") in ("running", "done"), "it does not run", 120)
    desk.select("learner")
    desk.tab("Learning")
    desk.wait_until(lambda: desk.curve(), "no curve is drawn", 120)
    desk.page.wait_for_timeout(15_000 if FOLDER else 500)
    photograph(desk, "training")
    desk.wait_until(lambda: desk.state("scorer") == "done", "it does not end", 600)
    for node, tab, view in (
        ("scorer", "Chart", "confusion"),
        (reader, "Table", "table"),
        ("learner", "Network", "network"),
        (layer, "Inside", "inside"),
    ):
        desk.select(node)
        desk.tab(tab)
        if view == "inside":
            expect(desk.results.locator(".fe-inside-layer")).to_be_visible(timeout=60_000)
        photograph(desk, view)
    desk.press("Control+k")
    photograph(desk, "commands")
