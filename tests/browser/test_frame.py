"""What the editor looks like: panels around the canvas, cards, states, what is seen from far."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect
from support.desk import Desk
from support.engine import component, document

OpenDesk = Callable[..., Desk]


def size(what: Locator) -> tuple[int, int]:
    box = what.bounding_box()
    assert box is not None
    return round(box["width"]), round(box["height"])


def test_panels_stand_around_the_canvas_and_remember_their_size(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    assert size(desk.page.locator(".fe-top"))[1] == 44
    assert size(desk.page.locator(".fe-side-palette"))[0] == 240
    assert size(desk.page.locator(".fe-side-settings"))[0] == 320
    below = desk.page.locator(".fe-bottom")
    before = size(below)[1]
    line = desk.middle(desk.page.get_by_role("separator", name="Height of the results panel"))
    desk.drag(line, (line[0], line[1] - 80))
    desk.wait_until(lambda: size(below)[1] > before + 60, "it does not grow")
    desk.button("Show the palette").click()
    expect(desk.page.get_by_role("button", name="Show Layer", exact=True)).to_be_visible()
    grown = size(below)[1]
    desk.page.reload()
    expect(below).to_be_visible()
    assert size(below)[1] == grown
    assert size(desk.page.locator(".fe-side-palette"))[0] == 44


def test_in_a_narrow_window_the_palette_folds_and_comes_back(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    palette = desk.page.locator(".fe-side-palette")
    desk.page.set_viewport_size({"width": 720, "height": 450})
    desk.wait_until(lambda: size(palette)[0] == 44, "the palette does not fold")
    desk.button("Show Layer").click()
    desk.wait_until(lambda: size(palette)[0] == 240, "the palette does not open")
    desk.page.reload()
    desk.wait_until(lambda: size(palette)[0] == 44, "the palette is not folded")
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    desk.wait_until(lambda: size(palette)[0] == 240, "the palette does not come back")


def test_in_a_narrow_window_the_settings_stand_below_and_nothing_moves_away(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    desk.button("Runs").click()
    desk.page.set_viewport_size({"width": 900, "height": 700})
    expect(desk.results.get_by_role("region", name="Settings", exact=True)).to_be_visible()
    desk.show_all()
    stage = size(desk.stage)
    assert stage[0] > 840
    desk.select("learner")
    assert size(desk.stage) == stage
    # everything that asks for settings or results finds them
    desk.press("F6")
    expect(desk.settings.locator(":focus")).to_have_count(1)
    desk.press("Escape", "Alt+3")
    expect(desk.settings).to_have_count(0)
    desk.press("Enter")
    expect(desk.settings.locator(":focus")).to_have_count(1)
    desk.press("Escape", "F10")
    expect(desk.results.get_by_role("tab", name="Network", exact=True)).to_be_visible()
    desk.press("Alt+3")
    desk.set("Batch size", 7)
    assert desk.wait_saved()["nodes"]["learner"]["settings"]["batch_size"] == 7
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    expect(desk.settings).to_be_visible()
    assert size(desk.page.locator(".fe-side-settings"))[0] == 320
    expect(desk.results.get_by_role("tab", name="Network", exact=True)).to_be_visible()


def test_a_card_tells_title_essence_and_state_and_from_far_only_the_title(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    desk.press("Control+1")
    card = desk.node("hidden").locator(".fe-node")
    desk.wait_until(lambda: size(card) == (176, 56), "the card is not drawn in full size")
    expect(card).to_contain_text("16 · relu")
    assert desk.state("hidden") == "ready"
    shapes = {
        port: desk.port(port, direction).locator("path").first.get_attribute("d")
        for port, direction in (("hidden.network", "in"), ("hidden.out", "out"))
    }
    assert len(set(shapes.values())) == 1
    desk.page.mouse.move(*desk.middle(desk.stage))
    for _ in range(4):
        desk.page.mouse.wheel(0, 300)
    expect(card).not_to_contain_text("16 · relu")
    expect(card).to_contain_text("Dense")


def test_keys_of_knime_run_reset_and_cancel(open_desk: OpenDesk, endless: str) -> None:
    desk = open_desk(endless)
    desk.select("partitioning")
    desk.press("F7")
    desk.wait_state("partitioning", "done")
    assert desk.state("learner") == "ready"
    desk.press("F8")
    desk.wait_state("partitioning", "ready")
    desk.press("Shift+F7")
    desk.wait_state("learner", "running")
    desk.press("F9")
    desk.wait_state("learner", "stopped", "cancelled", "ready")
    desk.expect_gone()


def test_reset_of_a_component_without_outputs_leaves_what_stands_beside_it(
    open_desk: OpenDesk, workspace: Path
) -> None:
    for name in ("a.csv", "b.csv"):
        (workspace / name).write_text(f"{name}\n1\n")
    inner = component({"inner": ("io.file_reader", {"path": "a.csv"})})
    nodes = {"block": inner, "beside": ("io.file_reader", {"path": "b.csv"})}
    (workspace / "two.json").write_text(json.dumps(document(nodes)))
    desk = open_desk("two.json")
    desk.select("block")
    desk.press("F7")
    desk.wait_state("block", "done")
    assert desk.state("beside") == "ready"
    desk.press("Shift+F7")
    desk.wait_state("beside", "done")
    desk.press("F8")
    desk.wait_state("block", "ready")
    assert desk.state("beside") == "done"
