"""Files that are dropped: data on the canvas, workflows on the page of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.engine import document, write
from support.tree import ROOT

from flowengine.workflow import Workflow

OpenDesk = Callable[..., Desk]


def test_a_dropped_csv_is_a_reader_with_its_columns_and_partitioning_is_offered_first(
    open_desk: OpenDesk, workspace: Path
) -> None:
    write(workspace / "mine.json", document({}))
    desk = open_desk("mine.json")
    desk.drop_file(
        ".react-flow__pane", "flowers.csv", (ROOT / "workflows/data/iris.csv").read_text()
    )
    desk.wait_state("file_reader", "ready")
    expect(desk.settings).to_contain_text("sepal_length")
    expect(desk.settings).to_contain_text("species")
    assert desk.wait_saved()["nodes"]["file_reader"]["settings"] == {"path": "data/flowers.csv"}
    desk.pull_to_empty("file_reader.out", 700, 420)
    choices = desk.page.get_by_role("dialog", name="Add a node").get_by_role("option")
    expect(choices.first).to_contain_text("Partitioning")


def test_a_dropped_file_that_nothing_reads_is_told(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.drop_file(".react-flow__pane", "film.avi", "")
    desk.wait_until(lambda: "No node reads files like “film.avi”" in desk.toasts(), "not told")


def test_a_dropped_workflow_is_in_the_workspace(open_desk: OpenDesk, workspace: Path) -> None:
    text = Workflow("Brought along").dumps()
    desk = open_desk()
    desk.drop_file(".fe-start", "brought.json", text)
    expect(desk.page.get_by_role("link", name="Brought along")).to_be_visible()
    assert (workspace / "brought.json").read_text() == text


def test_what_is_no_workflow_or_there_already_is_not_taken(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    before = (workspace / iris).read_text()
    desk = open_desk()
    desk.drop_file(".fe-start", "list.json", "[1, 2]")
    desk.wait_until(lambda: "list.json is no workflow" in desk.toasts(), "it is not refused")
    desk.drop_file(".fe-start", iris, Workflow("Other").dumps())
    desk.wait_until(lambda: f"There is a {iris} already" in desk.toasts(), "it is not told")
    assert (workspace / iris).read_text() == before
    desk.expect_complaints("412")
