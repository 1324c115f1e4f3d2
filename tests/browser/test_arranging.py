"""What is done with several nodes at once: copied, lined up, put into components, explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect
from support.desk import Desk
from support.engine import document, write

OpenDesk = Callable[..., Desk]


def select_two(desk: Desk, one: str, other: str) -> None:
    desk.go(one)
    desk.go_too(other)


def wires(body: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item["from"], item["to"]) for item in body["connections"]}


def test_nodes_are_lined_up_in_a_row_and_at_the_left(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    select_two(desk, "output", "executor")
    desk.press("Alt+Shift+m")
    middles = [desk.middle(desk.node(name))[1] for name in ("output", "executor")]
    assert abs(middles[0] - middles[1]) < 2
    select_two(desk, "input", "partitioning")
    desk.press("Alt+Shift+l")
    layout = desk.wait_saved()["layout"]
    assert layout["input"][0] == layout["partitioning"][0]


def test_a_node_is_doubled_with_its_settings(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    desk.press("Control+d")
    expect(desk.node("hidden_2")).to_be_visible()
    saved = desk.wait_saved()
    assert saved["nodes"]["hidden_2"] == saved["nodes"]["hidden"]
    assert saved["layout"]["hidden_2"] != saved["layout"]["hidden"]


def test_nodes_go_into_another_workflow_through_the_clipboard(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    write(workspace / "other.json", document({}))
    desk = open_desk(iris)
    select_two(desk, "hidden", "output")
    desk.press("Control+c")
    desk.go_to("other.json")
    desk.press("Control+v")
    expect(desk.wire("hidden.out", "output.network")).to_have_count(1)
    for name in ("hidden", "output"):
        expect(desk.node(name)).to_be_in_viewport()
    saved = desk.wait_saved()
    assert saved["nodes"]["output"]["settings"] == {"units": 3, "activation": "softmax"}


def test_text_that_is_no_workflow_is_not_pasted(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    before = desk.text()
    desk.select("hidden")
    for text in ("hello", '{"nodes": {"x": 1}}', '{"flowengine": 1, "connections": [5]}', "[]"):
        desk.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        desk.press("Control+v")
        toast = desk.page.locator(".fe-toast")
        expect(toast).to_contain_text("There are no nodes in the clipboard.")
        toast.get_by_role("button", name="Dismiss").click()
        expect(toast).to_have_count(0)
    desk.wait_saved()
    assert desk.text() == before


def test_a_component_is_made_opened_left_and_run(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    select_two(desk, "hidden", "output")
    desk.press("Control+j")
    desk.write_in("Name of component", "head")
    expect(desk.wire("head.out", "learner.network")).to_have_count(1)
    desk.press("Enter")
    crumbs = desk.page.get_by_role("navigation", name="Where you are")
    expect(crumbs).to_contain_text("head")
    expect(desk.wire("hidden.out", "output.network")).to_have_count(1)
    expect(desk.node("learner")).to_have_count(0)
    crumbs.get_by_role("button", name="Iris flowers").click()
    expect(desk.node("learner")).to_be_visible()
    desk.run_all()
    desk.wait_state("head", "done")


def test_a_component_is_expanded_to_what_it_was(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    before = desk.document()
    select_two(desk, "hidden", "output")
    desk.press("Control+j")
    desk.write_in("Name of component", "head")
    expect(desk.node("head")).to_be_focused()
    desk.press("Control+Shift+j")
    expect(desk.node("hidden")).to_be_visible()
    after = desk.wait_saved()
    assert after["nodes"] == before["nodes"]
    assert wires(after) == wires(before)


def test_a_note_is_written_drawn_and_moved(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.press("Alt+n")
    desk.write_in("Text of the note", "**Read** this first", "Escape")
    note = desk.page.locator(".react-flow__node-note")
    expect(note.locator("b")).to_have_text("Read")
    before = desk.wait_saved()["annotations"][0]
    assert before["text"] == "**Read** this first"
    desk.press("Control+Shift+ArrowRight")
    after = desk.wait_saved()["annotations"][0]
    assert after["place"][0] > before["place"][0]


def test_what_a_menu_of_the_canvas_makes_goes_where_it_was_opened(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("reader")
    desk.press("Control+c")
    x, y = desk.point(120, 120)
    before = set(desk.document()["nodes"])

    def ask(command: str) -> None:
        desk.page.mouse.click(x, y, button="right")
        desk.page.get_by_role("menuitem", name=command).click()

    def expect_there(what: Locator) -> None:
        desk.wait_rest()
        for got, wanted in zip(desk.middle(what), (x, y), strict=True):
            assert abs(got - wanted) < 60

    ask("Paste")
    expect(desk.node("reader_2")).to_have_class(re.compile("selected"))
    expect_there(desk.node("reader_2"))
    desk.press("Control+z")
    ask("Add a note")
    note = desk.page.get_by_label("Text of the note")
    expect(note).to_be_focused()
    expect_there(note)
    desk.press("Escape", "Control+z")
    desk.select("reader")
    ask("Add a node")
    desk.type("row filter")
    desk.press("Enter")
    desk.wait_until(lambda: set(desk.document()["nodes"]) - before, "no node was added")
    [name] = set(desk.document()["nodes"]) - before
    expect_there(desk.node(name))
    assert all(not wire["to"].startswith(name) for wire in desk.wait_saved()["connections"])


def test_an_empty_component_takes_a_workflow_of_the_workspace(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    block = {
        "network": ("flow.input", {"port_type": "network"}),
        "dense": "layer.dense",
        "out": "flow.output",
    }
    write(
        workspace / "block.json",
        document(block, ["network.out dense.network", "dense.out out.value"]),
    )
    desk = open_desk(iris)
    name = desk.take("flow.component", "Component", 300, 440)
    expect(desk.settings).to_contain_text("The component is empty")
    desk.set("Path", "block.json")
    expect(desk.settings).not_to_contain_text("The component is empty")
    desk.pull("input.out", f"{name}.network")
    # what it lacks is in its own file: the way there begins at the component
    desk.press("Escape")
    desk.select("input")
    desk.select(name)
    desk.results.get_by_role("button", name="Go to “component/dense”").click()
    expect(desk.node(name)).to_have_class(re.compile("selected"))
    assert desk.wait_saved()["nodes"][name]["settings"] == {"path": "block.json"}
    desk.select(name)
    desk.press("Escape")
    desk.node(name).dblclick(position={"x": 60, "y": 12})
    expect(desk.node("dense")).to_be_visible()
