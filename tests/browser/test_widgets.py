"""Controls of settings with parts: lists, names, layers within layers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.digits import IMAGES, LABELS, write_digits
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


def test_a_name_becomes_a_choice_under_ones_hands_once_the_columns_are_known(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    whole = (workspace / iris).read_text()
    edit(workspace / iris, lambda data: data["nodes"]["reader"]["settings"].pop("path"))
    desk = open_desk(iris)
    desk.select("scorer")
    typed = desk.settings.get_by_role("textbox", name="Truth", exact=True)
    typed.focus()
    (workspace / iris).write_text(whole)
    expect(desk.settings.get_by_role("combobox", name="Truth", exact=True)).to_be_focused()


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


def test_among_many_columns_the_search_finds_those_that_are_taken_too(
    open_desk: OpenDesk, workspace: Path
) -> None:
    names = [f"Größe {number}" if number % 7 == 0 else f"sensor {number}" for number in range(60)]
    (workspace / "wide.csv").write_text(",".join(names) + "\n" + ",".join("1" * 60) + "\n")
    nodes = {
        "reader": ("io.file_reader", {"path": "wide.csv"}),
        "filter": "table.column_filter",
    }
    write(workspace / "wide.json", document(nodes, ["reader.out filter.table"]))
    desk = open_desk("wide.json")
    desk.select("filter")
    columns = desk.settings.get_by_role("group", name="Columns", exact=True)
    expect(columns).to_contain_text("In the table · 60")
    expect(columns).not_to_contain_text("default")
    columns.get_by_role("button", name="Take all").click()
    expect(columns).to_contain_text("Taken · 60")
    search = columns.get_by_label("Search columns for Columns")
    search.fill("größe")
    columns.get_by_title("Leave Größe 7", exact=True).click()
    expect(columns).to_contain_text("Taken · 59")
    columns.get_by_role("button", name="Clear").click()
    search.fill("")
    left = [name for name in names if not name.startswith("G")]
    assert desk.wait_saved()["nodes"]["filter"]["settings"]["columns"] == left
    desk.press("Escape")
    desk.undo_all()
    expect(columns).to_contain_text("Taken · 0")


def test_who_adds_a_value_by_name_writes_the_name_at_once(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("learner")
    desk.settings.get_by_role("button", name="more settings").last.click()
    desk.settings.get_by_role("button", name="Add to Class weight").click()
    desk.type("setosa")
    desk.press("Tab", "Control+a", "Delete")
    expect(desk.settings).to_contain_text("The value of “setosa” is missing.")
    desk.type("2.5")
    desk.press("Tab")
    assert desk.wait_saved()["nodes"]["learner"]["settings"]["class_weight"] == {"setosa": 2.5}


def test_who_adds_a_text_to_a_list_writes_it_at_once(open_desk: OpenDesk, workspace: Path) -> None:
    nodes = {"input": ("layer.input", {"shape": [4]}), "freeze": ("network.freeze", {})}
    write(workspace / "frozen.json", document(nodes, ["input.out freeze.network"]))
    desk = open_desk("frozen.json")
    desk.select("freeze")
    desk.settings.get_by_role("button", name="Add to Layers").click()
    expect(desk.settings.get_by_label("Layers 1", exact=True)).to_be_focused()
    desk.type("input")
    desk.press("Tab")
    desk.wait_until(
        lambda: desk.document()["nodes"]["freeze"].get("settings") == {"layers": ["input"]},
        "the layer is not named",
    )


def test_a_variable_is_named_and_given_its_value_without_a_mouse(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    name = desk.settings.get_by_label("Name of variable epochs", exact=True)
    name.focus()
    desk.press("Control+a")
    desk.type("2 rounds")
    desk.press("Tab")
    assert "cannot name a variable" in desk.toasts()
    expect(name).to_have_value("2 rounds")
    desk.press("Shift+Tab", "Control+a")
    desk.type("rounds")
    desk.press("Tab", "Control+a")
    desk.type("7")
    desk.press("Tab")
    saved = desk.wait_saved()
    assert saved["variables"] == {"rounds": 7}
    assert saved["nodes"]["learner"]["settings"]["epochs"] == {"$variable": "rounds"}


def test_a_choice_takes_only_what_was_set_to_the_next_and_the_file_keeps_no_more(
    open_desk: OpenDesk, iris: str, workspace: Path
) -> None:
    edit(workspace / iris, lambda data: data["nodes"]["learner"]["settings"].pop("optimizer"))
    desk = open_desk(iris)
    desk.select("learner")

    def optimizer() -> object:
        return desk.wait_saved()["nodes"]["learner"]["settings"].get("optimizer")

    rate = desk.settings.get_by_label("Learning rate", exact=True)
    expect(rate).to_have_attribute("placeholder", "0.001")
    expect(rate).to_have_value("")
    desk.set("Optimizer", "sgd")
    expect(rate).to_have_attribute("placeholder", "0.01")
    assert optimizer() == "sgd"
    desk.set("Learning rate", 0.3)
    assert optimizer() == {"type": "sgd", "learning_rate": 0.3}
    desk.set("Optimizer", "rmsprop")
    assert optimizer() == {"type": "rmsprop", "learning_rate": 0.3}
    desk.set("Optimizer", "adam")
    rate.fill("")
    rate.blur()
    assert optimizer() is None


def test_a_default_with_values_of_its_own_is_pale_and_comes_back(
    open_desk: OpenDesk, workspace: Path
) -> None:
    nodes = {"input": ("layer.input", {"shape": [4]}), "gan": ("network.gan_learner", {})}
    write(workspace / "gan.json", document(nodes, ["input.out gan.generator"]))
    desk = open_desk("gan.json")
    desk.select("gan")

    def optimizer() -> object:
        settings = desk.wait_saved()["nodes"]["gan"].get("settings", {})
        return settings.get("generator_optimizer")

    rate = desk.settings.get_by_label("Learning rate", exact=True).first
    choice = desk.settings.get_by_label("Generator optimizer", exact=True)
    expect(rate).to_have_attribute("placeholder", "0.0002")
    expect(rate).to_have_value("")
    rate.fill("0.001")
    rate.blur()
    expect(choice).not_to_have_class(re.compile("pale"))
    assert optimizer() == {"type": "adam", "learning_rate": 0.001, "beta_1": 0.5}
    desk.settings.get_by_role("button", name="Back to the default: 0.0002").click()
    expect(choice).to_have_class(re.compile("pale"))
    assert optimizer() is None
    choice.select_option("sgd")
    assert optimizer() == "sgd"
    choice.select_option("adam")
    expect(choice).to_have_class(re.compile("pale"))
    assert optimizer() is None


def test_the_list_of_files_closes_by_escape_and_gives_the_focus_back(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("reader")
    desk.settings.get_by_role("button", name="Choose a file").click()
    files = desk.settings.get_by_role("region", name="Files of the workspace")
    expect(files).to_be_visible()
    desk.press("Escape")
    expect(files).to_have_count(0)
    chooser = desk.settings.get_by_role("button", name="Choose a file")
    expect(chooser).to_be_focused()
    desk.press("Enter")
    files.get_by_role("button", name="iris.csv").focus()
    desk.press("Enter")
    expect(files).to_have_count(0)
    expect(chooser).to_be_focused()


def test_mnist_s_files_are_chosen_under_the_names_they_have_once_unpacked(
    open_desk: OpenDesk, workspace: Path
) -> None:
    write_digits(workspace, 20)
    nodes = {"input": ("layer.input", {"shape": [4]}), "reader": ("image.image_reader", {})}
    write(workspace / "digits.json", document(nodes, []))
    desk = open_desk("digits.json")
    desk.select("reader")
    files = desk.settings.get_by_role("region", name="Files of the workspace")
    for number, (place, what) in enumerate((IMAGES.split("/"), LABELS.split("/"))):
        desk.settings.get_by_role("button", name="Choose a file").nth(number).click()
        files.get_by_text(place, exact=True).click()
        files.get_by_text(what, exact=True).click()
        expect(files).to_have_count(0)
    desk.wait_until(lambda: desk.state("reader") == "ready", "the reader does not become ready")
    assert desk.wait_saved()["nodes"]["reader"]["settings"] == {"images": IMAGES, "labels": LABELS}
