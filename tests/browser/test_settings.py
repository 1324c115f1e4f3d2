"""Settings: what changes at once, what is explained, what is never lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.engine import document, write
from support.samples import copy, edit

OpenDesk = Callable[..., Desk]

SEEN = """() => {
  const { left, top, width, height } = document.activeElement.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return document.activeElement.contains(there) || there?.contains(document.activeElement);
}"""
"""Whether the middle of what has the focus is seen."""


def test_shapes_and_parameters_behind_a_setting_change_at_once(
    open_desk: OpenDesk, workspace: Path
) -> None:
    copy(workspace, "mnist.json")
    desk = open_desk("mnist.json")
    desk.select("conv_1")
    # from afar the chips are left out
    desk.press("Control+1")
    expect(desk.settings).to_contain_text("320")
    desk.wait_until(lambda: "26×26×32" in desk.chips(), "no shape is told")
    desk.set("Filters", 8)
    expect(desk.settings).to_contain_text("80")
    desk.wait_until(lambda: "26×26×8" in desk.chips(), "the shape stays")


def test_what_lies_behind_a_changed_setting_is_changed_and_the_rest_stays_done(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.run_all()
    desk.select("hidden")
    desk.set("Units", 8)
    desk.wait_state("scorer", "changed")
    states = desk.states()
    assert {name for name, state in states.items() if state == "done"} == {
        "reader",
        "partitioning",
        "input",
    }
    assert {states[name] for name in ("hidden", "output", "learner", "executor")} == {"changed"}


def test_a_wrong_value_is_kept_and_explained_in_place(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    desk.set("Units", "sixteen")
    expect(desk.settings).to_contain_text("whole number")
    assert desk.wait_saved()["nodes"]["hidden"]["settings"]["units"] == "sixteen"
    desk.wait_state("hidden", "not configured")
    desk.page.reload()
    desk.select("hidden")
    expect(desk.settings.get_by_label("Units", exact=True)).to_have_value("sixteen")


def test_a_mistyped_column_is_told_with_the_one_near_it(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    edit(workspace / iris, lambda data: data["nodes"]["scorer"]["settings"].update(truth="specis"))
    desk = open_desk(iris)
    desk.select("scorer")
    expect(desk.settings).to_contain_text('"specis"')
    desk.settings.get_by_role("button", name="species").click()
    desk.wait_state("scorer", "ready")
    assert desk.wait_saved()["nodes"]["scorer"]["settings"]["truth"] == "species"


def test_wrong_values_of_every_kind_are_explained_kept_and_undone(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    before = desk.document()
    for node, label, text, sentence in (
        ("reader", "Path", "../secret.csv", "leads out of the workspace"),
        ("reader", "Path", "missing.csv", "does not exist"),
        ("hidden", "Units", "0", "at least 1, got 0"),
        ("hidden", "Units", "99999999999999999999", 'got "99999999999999999999"'),
        ("learner", "Learning rate", "quick", 'Expected a number, got "quick"'),
        ("learner", "Batch size", "1.5", "Expected a whole number, got 1.5"),
    ):
        desk.select(node)
        desk.write(label, text)
        expect(desk.settings).to_contain_text(sentence)
        expect(desk.settings.get_by_label(label, exact=True)).to_have_value(text)
        desk.press("Escape")
        desk.wait_saved()
        assert text in desk.text()
    desk.undo_all()
    assert desk.wait_saved()["nodes"] == before["nodes"]


def test_a_name_that_cannot_be_is_explained_and_kept_until_it_is_mended(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    name = desk.settings.get_by_label("Name of the node", exact=True)
    for text, sentence in (
        ("My layer", "“My layer” cannot name a node"),
        ("output", "There is a node “output” already."),
    ):
        name.fill(text)
        name.press("Enter")
        expect(desk.settings).to_contain_text(sentence)
        expect(name).to_have_value(text)
    name.press("Escape")
    expect(name).to_have_value("hidden")
    name.fill("first")
    name.press("Enter")
    expect(desk.node("first")).to_be_visible()
    assert "first" in desk.wait_saved()["nodes"]
    desk.select("first")
    desk.press("Shift+F2")
    desk.write_in("Name of first", "output")
    desk.wait_until(lambda: "There is a node “output” already." in desk.toasts(), "it is not told")
    field = desk.page.get_by_label("Name of first", exact=True)
    expect(field).to_have_value("output")
    field.fill("second")
    field.press("Enter")
    expect(desk.node("second")).to_be_visible()
    desk.undo_all()
    assert "hidden" in desk.wait_saved()["nodes"]


def test_a_seed_that_is_none_stays_as_typed_and_is_explained(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.write("Seed", "abc")
    expect(desk.settings).to_contain_text("Expected a whole number, not “abc”.")
    expect(desk.settings.get_by_label("Seed", exact=True)).to_have_value("abc")
    desk.write("Seed", "7")
    assert desk.wait_saved()["seed"] == 7
    desk.set("Seed", "")
    assert desk.wait_saved().get("seed", 0) == 0
    expect(desk.settings).not_to_contain_text("Expected")


def test_a_setting_that_takes_a_variable_keeps_its_value(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    row = desk.settings.locator("[data-setting=units]")
    row.hover()
    row.get_by_role("button", name="Take the value of a variable").click()
    expect(row.get_by_label("Variable for Units")).to_have_value("units")
    data = desk.wait_saved()
    assert data["nodes"]["hidden"]["settings"]["units"] == {"$variable": "units"}
    assert data["variables"] == {"epochs": 30, "units": 16}  # the one there was is another


def test_a_new_variable_is_named_and_valued_at_once(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.button("Add a variable").click()
    expect(desk.page.get_by_label("Name of variable variable", exact=True)).to_be_focused()
    desk.type("hidden_units")
    desk.press("Tab")
    expect(desk.page.get_by_label("Value of variable hidden_units", exact=True)).to_be_focused()
    desk.press("Control+a")
    desk.type("24")
    desk.press("Tab")
    assert desk.wait_saved()["variables"] == {"epochs": 30, "hidden_units": 24}


def test_ctrl_a_beside_fields_and_canvas_marks_no_words(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.button("Add a variable").focus()
    desk.press("Control+a")
    assert desk.page.evaluate("getSelection().isCollapsed")


def test_what_is_wrong_with_a_node_stays_in_sight_however_far_down_its_settings_are_read(
    open_desk: OpenDesk, workspace: Path
) -> None:
    nodes = {"input": ("layer.input", {"shape": [4]}), "learner": ("network.learner", {})}
    wires = ["input.out learner.network"]
    write(workspace / "half.json", document(nodes, wires))
    desk = open_desk("half.json")
    desk.select("learner")
    wrong = desk.settings.get_by_text("is not connected")
    expect(wrong).to_be_in_viewport()
    desk.settings.get_by_role("heading", name="Output").scroll_into_view_if_needed()
    expect(desk.settings.get_by_label("Input columns", exact=True)).not_to_be_in_viewport()
    expect(wrong).to_be_in_viewport()


def test_what_is_wrong_with_a_node_covers_no_field_that_has_the_focus(
    open_desk: OpenDesk, workspace: Path
) -> None:
    nodes = {"input": ("layer.input", {"shape": [4]}), "learner": ("network.learner", {})}
    write(workspace / "half.json", document(nodes, ["input.out learner.network"]))
    desk = open_desk("half.json")
    desk.select("learner")
    expect(desk.settings.get_by_text("is not connected")).to_be_in_viewport()
    first = desk.settings.get_by_label("Input columns", exact=True)
    desk.settings.locator("input, select").last.focus()
    expect(first).not_to_be_in_viewport()
    covered = []
    for _ in range(100):
        desk.press("Shift+Tab")
        if not desk.page.evaluate(SEEN):
            covered.append(desk.focused())
        if first.evaluate("element => element === document.activeElement"):
            break
    expect(first).to_be_focused()
    assert not covered
