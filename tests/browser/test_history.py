"""Undo takes back whatever was done, to the letter, and redo does it again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from support.desk import Desk

OpenDesk = Callable[..., Desk]


def test_everything_is_undone_to_the_empty_canvas_and_done_again(open_desk: OpenDesk) -> None:
    desk = open_desk().new("story")
    desk.wait_saved()
    empty = desk.text()
    desk.add("input")
    desk.configure(shape="4")
    desk.add("dense")
    desk.configure(units=8)
    desk.press("F2")
    desk.write_in("Comment of dense", "the middle")
    desk.press("Shift+F2")
    desk.write_in("Name of dense", "hidden")
    expect(desk.node("hidden")).to_be_focused()
    desk.press("Control+d")
    expect(desk.node("hidden_2")).to_be_visible()
    desk.press("Control+Shift+ArrowDown", "Alt+n")
    desk.write_in("Text of the note", "A **note**", "Escape")
    desk.press("Control+a", "Alt+Shift+a", "Control+j")
    desk.write_in("Name of component", "block")
    expect(desk.node("block")).to_be_focused()
    desk.press("Control+Shift+j")
    expect(desk.node("hidden")).to_be_visible()
    desk.press("Delete")
    desk.wait_saved()
    full = desk.text()
    assert "note" in full
    desk.undo_all()
    expect(desk.stage.get_by_role("heading", name="Start with a node")).to_be_visible()
    desk.wait_saved()
    assert desk.text() == empty
    desk.redo_all()
    desk.wait_saved()
    assert desk.text() == full


def test_a_deleted_node_comes_back_with_its_wires(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    before = desk.document()
    desk.select("hidden")
    desk.press("Delete")
    expect(desk.node("hidden")).to_have_count(0)
    assert "hidden" not in desk.wait_saved()["nodes"]
    desk.press("Control+z")
    expect(desk.wire("hidden.out", "output.network")).to_have_count(1)
    after = desk.wait_saved()
    assert after["nodes"] == before["nodes"]
    assert after["layout"] == before["layout"]
    assert sorted(map(str, after["connections"])) == sorted(map(str, before["connections"]))
