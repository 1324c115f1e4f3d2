"""What a person does on the canvas: tools on a card, replacing, feeding settings, going along."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.desk import Desk
from support.samples import copy, edit

OpenDesk = Callable[..., Desk]


@pytest.mark.parametrize(
    "name", ["mnist.json", "gan.json", "transfer_learning.json", "networks/resnet50.json"]
)
def test_a_workflow_opens_so_that_all_of_it_can_be_read(
    name: str, open_desk: OpenDesk, workspace: Path
) -> None:
    copy(workspace, name)
    desk = open_desk()
    desk.page.goto(f"http://127.0.0.1:{desk.server.port}/#workflow={name}")
    zoom = desk.page.get_by_role("button", name="back to 100 %")
    expect(desk.page.locator(".react-flow__node-card").first).to_be_visible(timeout=60_000)
    assert int(zoom.inner_text().split()[0]) >= 55
    stage = desk.stage.bounding_box()
    assert stage is not None
    for card in desk.page.locator(".react-flow__node-card").all():
        box = card.bounding_box()
        assert box is not None
        assert stage["x"] <= box["x"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"]
        title = card.locator(".fe-node-title")
        assert title.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), title.inner_text()


def test_titles_stay_whole_from_far_away(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    for _ in range(5):
        desk.press("-")
        desk.page.wait_for_timeout(250)
    title = desk.node("learner").locator(".fe-node-title")
    assert desk.state("learner") == "ready"
    assert title.inner_text() == "Network Learner"
    size = title.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 20
    assert title.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_a_card_on_which_the_pointer_rests_shows_its_commands(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.node("partitioning").hover()
    tools = desk.page.get_by_role("toolbar", name="Commands for partitioning")
    tools.get_by_role("button", name="Rename").click()
    desk.page.get_by_label("Name of partitioning").fill("parts")
    desk.press("Enter")
    expect(desk.node("parts")).to_be_visible()
    desk.page.mouse.move(5, 5)
    expect(desk.page.get_by_role("toolbar", name="Commands for")).to_have_count(0)


@pytest.mark.parametrize("name", ["scorer", "reader"])
def test_the_commands_of_a_card_at_the_edge_are_seen_as_a_whole(
    open_desk: OpenDesk, iris: str, name: str
) -> None:
    desk = open_desk(iris)
    stage = desk.stage.bounding_box()
    card = desk.node(name).bounding_box()
    assert stage is not None
    assert card is not None
    at_end = name == "scorer"
    # to a corner, where a third of the card sticks out
    goal = stage["x"] + stage["width"] - 0.67 * card["width"] if at_end else stage["x"]
    empty = desk.point(stage["width"] / 2, stage["height"] - 120)
    shift = (goal - card["x"], stage["y"] + 4 - card["y"])
    desk.drag(empty, (empty[0] + shift[0], empty[1] + shift[1]))
    desk.wait_rest()
    desk.node(name).hover(position={"x": 24, "y": 20})
    tools = desk.page.get_by_role("toolbar", name=f"Commands for {name}")
    expect(tools).to_be_visible()
    box = tools.bounding_box()
    assert box is not None
    assert stage["x"] <= box["x"] <= box["x"] + box["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= box["y"]
    assert (box["width"], box["height"]) == (150, 30)
    tools.get_by_role("button", name="Rename").click()
    expect(desk.page.get_by_label(f"Name of {name}")).to_be_focused()


def test_a_node_dropped_on_another_takes_its_place_and_its_wires(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    before = desk.document()
    name = desk.take_onto("layer.dropout", "Dropout", desk.node("hidden"))
    expect(desk.node("hidden")).to_have_count(0)
    expect(desk.wire("input.out", f"{name}.network")).to_have_count(1)
    expect(desk.wire(f"{name}.out", "output.network")).to_have_count(1)
    after = desk.wait_saved()
    assert after["layout"][name] == before["layout"]["hidden"]
    desk.press("Control+z")
    expect(desk.node("hidden")).to_be_visible()
    assert desk.wait_saved()["nodes"] == before["nodes"]


def test_a_variable_is_wired_into_a_setting(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    count = desk.take("text.dictionary", "Dictionary", 80, 60)
    menu = desk.page.get_by_role("menu", name=f"Which setting of hidden takes {count}.size?")
    desk.drag(desk.middle(desk.port(f"{count}.size", "out")), desk.middle(desk.node("hidden")))
    menu.get_by_role("menuitem", name="Units").click()
    expect(desk.wire(f"{count}.size", "hidden.units")).to_have_count(1)
    expect(desk.port("hidden.units", "in")).to_be_visible()
    desk.press("Control+z")
    expect(desk.wire(f"{count}.size", "hidden.units")).to_have_count(0)
    # the same by keyboard
    desk.select(count)
    desk.page.keyboard.down("Shift")
    desk.node("hidden").click(position={"x": 24, "y": 12})
    desk.page.keyboard.up("Shift")
    desk.press("Control+l")
    menu.get_by_role("menuitem", name="Units").press("Enter")
    expect(desk.wire(f"{count}.size", "hidden.units")).to_have_count(1)
    assert {"from": f"{count}.size", "to": "hidden.units"} in desk.wait_saved()["connections"]


def test_a_variable_is_dropped_on_a_row_of_the_settings(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    count = desk.take("text.dictionary", "Dictionary", 80, 60)
    out = desk.port(f"{count}.size", "out")
    place = out.bounding_box()
    # what takes it is marked, what does not is faint, and the canvas stays where it is
    desk.select("input")
    shape = desk.settings.locator("[data-setting=shape]")
    desk.hold(out)
    desk.page.mouse.move(*desk.middle(shape), steps=8)
    expect(shape).to_have_attribute("data-wire", "no")
    desk.let_go()
    assert "more than one value" in desk.toasts()
    assert out.bounding_box() == place
    desk.select("hidden")
    units = desk.settings.get_by_label("Units", exact=True)
    row = desk.settings.locator("[data-setting=units]")
    desk.hold(out)
    desk.page.mouse.move(*desk.middle(units), steps=8)
    expect(row).to_have_attribute("data-wire", "fits")
    desk.let_go()
    expect(desk.wire(f"{count}.size", "hidden.units")).to_have_count(1)
    expect(desk.settings.get_by_text(f"comes from {count}.size")).to_be_visible()
    assert {"from": f"{count}.size", "to": "hidden.units"} in desk.wait_saved()["connections"]
    desk.press("Control+z")
    expect(units).to_have_value("16")
    # a table is none
    desk.drag(desk.middle(desk.port("reader.out", "out")), desk.middle(units))
    assert "gives a table" in desk.toasts()
    expect(desk.wire("reader.out", "hidden.units")).to_have_count(0)


def test_the_list_of_nodes_goes_through_the_ports(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("learner")
    desk.press("Control+Space")
    field = desk.page.get_by_role("combobox", name="Search nodes to add")
    ports = []
    for _ in range(3):
        ports.append(field.get_attribute("placeholder"))
        desk.press("Control+Space")
    assert len(set(ports)) == 3
    assert all(str(port).startswith("For learner.") for port in ports)


def test_what_feeds_a_node_and_what_it_feeds_is_selected(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("output")
    desk.press("Alt+,")
    expect(desk.page.locator(".react-flow__node.selected")).to_have_count(3)
    desk.select("executor")
    desk.press("Alt+.")
    expect(desk.page.locator(".react-flow__node.selected")).to_have_count(2)


def test_connecting_again_takes_the_next_ports(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("partitioning")
    desk.page.keyboard.down("Shift")
    desk.node("learner").click(position={"x": 40, "y": 12})
    desk.page.keyboard.up("Shift")
    desk.press("Control+l")
    expect(desk.wire("partitioning.first", "learner.validation_data")).to_have_count(1)
    desk.press("Control+l")
    expect(desk.page.locator(".fe-toast")).to_contain_text("free input")


def test_the_overview_is_there_while_something_is_out_of_sight(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    overview = desk.page.locator(".react-flow__minimap")
    expect(overview).to_have_count(0)
    for _ in range(5):
        desk.press("+")
    expect(overview).to_be_visible()
    desk.press("Alt+o")
    expect(overview).to_have_count(0)


def test_keys_are_listed_once(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.press("?")
    listed = desk.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed.locator("kbd").first).to_be_visible()
    keys = listed.locator("kbd").all_inner_texts()
    assert len(keys) == len(set(keys)), "one key is listed twice"
    assert {"F7", "Shift+F7", "Ctrl+Z", "Ctrl+K", "Alt+O", "Delete"} <= set(keys)


def close_unsaved(desk: Desk) -> Page:
    """Set 33 units without a server, close the page, and return another of the same browser."""
    desk.server.kill()
    desk.select("hidden")
    desk.set("Units", 33)
    expect(desk.page.locator("[data-saving]")).to_have_attribute("data-saving", "offline")
    other = desk.page.context.new_page()
    desk.page.close(run_before_unload=False)
    return other


def test_work_that_was_not_saved_comes_back(
    open_desk: OpenDesk, iris: str, workspace: Path
) -> None:
    desk = open_desk(iris)
    other = close_unsaved(desk)
    assert desk.document()["nodes"]["hidden"]["settings"]["units"] != 33
    edit(workspace / iris, lambda data: data.update(name="Changed meanwhile"))
    desk.server.start()
    again = Desk(other, desk.server, desk.complaints).open(iris)
    again.wait_until(
        lambda: again.document()["nodes"]["hidden"]["settings"]["units"] == 33, "it is not saved"
    )
    assert again.wait_saved()["name"] == "Changed meanwhile"
    desk.expect_complaints("ERR_CONNECTION_REFUSED", "WebSocket", "Failed to load resource")


def test_what_does_not_apply_any_more_is_told_with_its_value(
    open_desk: OpenDesk, iris: str, workspace: Path
) -> None:
    desk = open_desk(iris)
    other = close_unsaved(desk)
    edit(workspace / iris, lambda data: data["nodes"]["hidden"]["settings"].update(units=7))
    desk.server.start()
    again = Desk(other, desk.server, desk.complaints).open(iris)
    told = again.button("1 change did not apply")
    told.hover()
    expect(again.page.get_by_role("tooltip")).to_contain_text("yours: 33")
    assert again.document()["nodes"]["hidden"]["settings"]["units"] == 7
    told.click()
    expect(told).to_have_count(0)
    desk.expect_complaints("ERR_CONNECTION_REFUSED", "WebSocket", "Failed to load resource")


def test_a_link_to_a_node_that_is_gone_says_so(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.page.goto(f"{desk.page.url.split('#')[0]}#workflow={iris}&node=hiden")
    expect(desk.page.locator(".fe-toast")).to_contain_text("“hiden”, which is not here any more")
    desk.page.goto(f"{desk.page.url.split('#')[0]}#workflow={iris}&node=hidden")
    expect(desk.node("hidden")).to_have_class(re.compile("selected"))


def test_what_is_shown_as_a_whole_keeps_off_the_tools(open_desk: OpenDesk, workspace: Path) -> None:
    copy(workspace, "text_generation_training.json")
    desk = open_desk()
    desk.page.set_viewport_size({"width": 900, "height": 700})
    desk.go_to("text_generation_training.json")
    tools = desk.page.locator(".fe-view-tools").bounding_box()
    assert tools is not None
    for name in desk.nodes():
        card = desk.node(name).bounding_box()
        assert card is not None
        aside = card["x"] > tools["x"] + tools["width"]
        assert aside or card["y"] + card["height"] <= tools["y"] + 1, name


def test_a_comment_stands_below_the_curve_of_a_learner_that_runs(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    def change(data: dict[str, Any]) -> None:
        data["variables"]["epochs"] = 100_000
        data["nodes"]["learner"]["comment"] = "three species"

    edit(workspace / iris, change)
    desk = open_desk(iris)
    desk.press("Shift+F7")
    curve = desk.node("learner").locator(".fe-sparkline")
    expect(curve).to_be_visible()
    above, below = curve.bounding_box(), desk.node("learner").locator(".fe-comment").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    desk.cancel()
