"""Pictures of all views in light and dark; ``make screenshots`` puts them into the docs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.digits import IMAGES, LABELS, write_digits
from support.samples import copy, edit

OpenDesk = Callable[..., Desk]
Photograph = Callable[[Desk, str], None]
FOLDER = os.environ.get("FLOWENGINE_SCREENSHOTS")
"""Where the pictures of the docs go. Without it the tests draw the same views of a small table."""


def look_at(desk: Desk, node: str) -> None:
    """Go to a node by its link: in a wide workflow it may be out of sight."""
    desk.page.evaluate(
        "node => location.hash = location.hash.replace(/&node=.*/, '') + `&node=${node}`", node
    )
    expect(desk.settings.get_by_label("Name of the node")).to_have_value(node)


def wait_done(desk: Desk) -> None:
    """Wait for the end of the run."""
    ended = desk.page.get_by_role("status", name="Run: done")
    desk.wait_until(lambda: ended.count(), "it does not end", 600)


def rest(desk: Desk) -> None:
    """Wait until charts are drawn and nothing fades any more."""
    # over no card, which would show its tools
    desk.page.mouse.move(300, 20)
    desk.page.wait_for_timeout(1_200)


@pytest.fixture
def photograph(tmp_path: Path) -> Photograph:
    """Take a picture of a view, for the docs or to be thrown away."""
    folder = Path(FOLDER).resolve() if FOLDER else tmp_path / "pictures"
    folder.mkdir(exist_ok=True)

    def take(desk: Desk, view: str) -> None:
        rest(desk)
        theme = desk.page.evaluate("document.documentElement.dataset.theme")
        path = folder / f"{view}_{theme}.png"
        desk.page.screenshot(path=path)
        assert path.stat().st_size > 20_000, f"the picture of {view} is blank"

    return take


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_view_is_photographed(
    dark: bool, open_desk: OpenDesk, workspace: Path, photograph: Photograph
) -> None:
    name, reader, layer = ("mnist.json", "images", "conv_1")
    if not FOLDER:
        name, reader, layer = ("iris.json", "reader", "hidden")
    copy(workspace, "iris.json", "data/iris.csv", name, "transfer_learning.json", "gan.json")
    desk = open_desk(dark=dark)
    expect(desk.page.get_by_text("Iris flowers").first).to_be_visible()
    photograph(desk, "start")
    desk = open_desk(name, dark=dark)
    photograph(desk, "workflow")
    desk.press("Shift+F7")
    look_at(desk, "learner")
    learning = desk.results.get_by_role("tab", name="Learning", exact=True)
    expect(learning).to_be_visible(timeout=120_000)
    learning.click()
    desk.wait_until(lambda: desk.curve(), "no curve is drawn", 120)
    desk.page.wait_for_timeout(15_000 if FOLDER else 500)
    photograph(desk, "training")
    wait_done(desk)
    for node, tab, view in (
        ("scorer", "Chart", "confusion"),
        (reader, "Table", "table"),
        ("learner", "Network", "network"),
        (layer, "Inside", "inside"),
    ):
        look_at(desk, node)
        desk.tab(tab)
        if view == "inside":
            expect(desk.results.locator(".fe-inside-layer")).to_be_visible(timeout=60_000)
        photograph(desk, view)
    # another run with fewer units, to be compared
    look_at(desk, layer)
    desk.write("Filters" if FOLDER else "Units", "8")
    desk.wait_saved()
    desk.press("Shift+F7")
    desk.button("Runs").click()
    done = desk.results.get_by_role("table").get_by_text("done", exact=True)
    expect(done).to_have_count(2, timeout=600_000)
    photograph(desk, "runs")
    desk.press("Control+k")
    photograph(desk, "commands")


def make_small(data: dict[str, Any]) -> None:
    """Let the sample train with few pictures of its own, or for the docs with a part of MNIST."""
    data["variables"].update(epochs=600, share=0.05)
    if not FOLDER:
        data["variables"].update(epochs=400, share=0.5, samples=16)
        data["nodes"]["images"]["settings"].update(images=IMAGES, labels=LABELS)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_generator_is_photographed_while_it_learns(
    dark: bool, open_desk: OpenDesk, workspace: Path, photograph: Photograph
) -> None:
    copy(workspace, "gan.json")
    write_digits(workspace, 200)
    edit(workspace / "gan.json", make_small)
    desk = open_desk("gan.json", dark=dark)
    look_at(desk, "gan")
    desk.press("F7")
    learning = desk.results.get_by_role("tab", name="Learning", exact=True)
    expect(learning).to_be_visible(timeout=120_000)
    learning.click()
    expect(desk.results.locator(".fe-preview img")).to_be_visible(timeout=120_000)
    desk.page.wait_for_timeout(90_000 if FOLDER else 500)
    photograph(desk, "gan")
    desk.cancel()


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_inside_of_a_component_is_photographed(
    dark: bool, open_desk: OpenDesk, workspace: Path, photograph: Photograph
) -> None:
    copy(workspace, "mnist.json")
    desk = open_desk("mnist.json", dark=dark)
    first, *others = ("conv_1", "pool_1", "conv_2", "pool_2")
    desk.go(first)
    for name in others:
        desk.go_too(name)
    desk.press("Control+j")
    desk.write_in("Name of component", "features")
    expect(desk.node("features")).to_be_focused()
    desk.wait_saved()
    desk.press("Enter")
    expect(desk.node("conv_1")).to_be_visible()
    desk.press("Alt+Shift+a")
    desk.show_all()
    desk.select("conv_1")
    photograph(desk, "component")
