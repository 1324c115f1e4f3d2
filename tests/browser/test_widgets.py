"""Controls of settings with parts: lists, names, layers within layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.engine import document, write
from support.samples import edit

OpenDesk = Callable[..., Desk]


def test_columns_are_taken_and_left_by_keyboard_without_losing_ones_place(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    before = desk.document()
    desk.select("learner")
    columns = desk.settings.get_by_role("group", name="Target columns", exact=True)
    there = columns.get_by_role("region", name="In the table")
    taken = columns.get_by_role("region", name="Taken")
    there.get_by_role("button", name="sepal_length").focus()
    desk.press("Enter")
    expect(there.get_by_role("button", name="sepal_width")).to_be_focused()
    desk.press("Enter")
    expect(there.get_by_role("button", name="petal_length")).to_be_focused()
    taken.get_by_title("Leave sepal_width").focus()
    desk.press("Enter")
    expect(taken.locator(".fe-set-column-name:focus")).to_contain_text("sepal_length")
    desk.wait_saved()
    target = desk.document()["nodes"]["learner"]["settings"]["target_columns"]
    assert target == ["species", "sepal_length"]
    desk.undo_all()
    assert desk.wait_saved()["nodes"] == before["nodes"]


def test_values_by_name_are_named_explained_and_removed(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    weights = {"setosa": 2.0, "virginica": 1.0}
    edit(
        workspace / iris,
        lambda data: data["nodes"]["learner"]["settings"].update(class_weight=weights),
    )
    desk = open_desk(iris)
    before = desk.document()
    desk.select("learner")
    settings = desk.settings
    first = settings.get_by_label("Name in Class weight", exact=True).first
    first.fill("virginica")
    first.press("Tab")
    expect(settings).to_contain_text("There is a “virginica” already.")
    expect(first).to_have_value("virginica")
    first.fill("versicolor")
    first.press("Enter")
    number = settings.get_by_label("Class weight of versicolor", exact=True)
    number.fill("heavy")
    expect(settings).to_contain_text("“heavy”")
    number.fill("3")
    remove = settings.get_by_role("button", name="Remove versicolor")
    remove.focus()
    desk.press("Enter")
    expect(settings.get_by_role("button", name="Remove virginica")).to_be_focused()
    desk.press("Enter")
    expect(settings.get_by_role("button", name="Add to Class weight")).to_be_focused()
    desk.undo_all()
    assert desk.wait_saved()["nodes"] == before["nodes"]


def test_a_layer_within_a_layer_and_a_broken_pattern_are_explained_in_place(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    nodes = {
        "reader": ("io.file_reader", {"path": "data/iris.csv"}),
        "filter": (
            "table.row_filter",
            {"column": "species", "operator": "matches", "value": "s.*"},
        ),
        "input": ("layer.input", {"shape": [8, 4]}),
        "both": ("layer.bidirectional", {"layer": {"type": "layer.lstm", "units": 3}}),
    }
    wires = ["reader.out filter.table", "input.out both.network"]
    write(workspace / "parts.json", document(nodes, wires))
    desk = open_desk("parts.json")
    before = desk.document()
    desk.select("filter")
    desk.write("Value", "set(")
    expect(desk.settings).to_contain_text("is no regular expression: unclosed group")
    expect(desk.settings.get_by_label("Value", exact=True)).to_have_value("set(")
    desk.select("both")
    desk.write("Units", "none")
    expect(desk.settings).to_contain_text("whole number")
    expect(desk.settings.get_by_label("Units", exact=True)).to_have_value("none")
    # what both layers have keeps its value
    desk.choose("Layer", "GRU")
    expect(desk.settings.get_by_label("Units", exact=True)).to_have_value("none")
    desk.undo_all()
    assert desk.wait_saved()["nodes"] == before["nodes"]


def test_a_part_that_is_emptied_is_named_and_the_others_stay(
    open_desk: OpenDesk, workspace: Path
) -> None:
    nodes = {
        "input": ("layer.input", {"shape": [8, 8, 1]}),
        "conv": ("layer.conv2d", {"filters": 4, "kernel_size": [3, 5]}),
    }
    write(workspace / "parts.json", document(nodes, ["input.out conv.network"]))
    desk = open_desk("parts.json")
    desk.select("conv")
    desk.settings.get_by_label("Kernel size 2", exact=True).click()
    desk.press("Control+a", "Delete")
    expect(desk.settings).to_contain_text("Needs 2 values; the second is missing.")
    expect(desk.settings).not_to_contain_text("null")
    expect(desk.settings.get_by_label("Kernel size 1", exact=True)).to_have_value("3")
    desk.type("7")
    desk.wait_state("conv", "ready")
    # of one with a default, an emptied part is that of the default
    desk.write("Strides 2", "2")
    desk.settings.get_by_label("Strides 2", exact=True).click()
    desk.press("Control+a", "Delete", "3", "Control+a", "Delete", "Tab")
    desk.wait_state("conv", "ready")
    saved = desk.wait_saved()["nodes"]["conv"]["settings"]
    assert saved == {"filters": 4, "kernel_size": [3, 7]}
