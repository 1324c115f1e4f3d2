"""Nodes that fail or are in doubt: why, where, and what mends it, on the card and beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect
from support.desk import Desk
from support.engine import component, document, write, write_node
from support.samples import edit
from support.ui import Server

OpenDesk = Callable[..., Desk]

PICKY = '''
@node(title="Picky")
class Picky(Node):
    """Take only a table that has a column."""

    wanted: str = "species"
    """Column that must be there."""

    def execute(self, table: pl.DataFrame) -> pl.DataFrame:
        if self.wanted not in table.columns:
            raise KeyError(f'no column "{self.wanted}". Did you mean "species"?')
        return table
'''


def tip_of(desk: Desk, node: str) -> Locator:
    """Rest on the badge of a card; return the tooltip that comes."""
    desk.node(node).locator(".fe-node-badge").hover()
    tip = desk.page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    return tip


def test_a_node_that_failed_tells_its_author_s_line_and_what_mends_it(
    open_desk: OpenDesk, server: Server, workspace: Path, iris: str
) -> None:
    folder = workspace / "nodes"
    path = write_node(folder, "picky", PICKY)
    nodes = {
        "reader": ("io.file_reader", {"path": "data/iris.csv"}),
        "picky": ("local.picky", {"wanted": "specis"}),
    }
    write(workspace / "mine.json", document(nodes, ["reader.out picky.table"]))
    server.options = ("--nodes", str(folder))
    desk = open_desk("mine.json")
    desk.press("Shift+F7")
    desk.wait_state("picky", "failed")
    number = 1 + next(at for at, line in enumerate(path.read_text().split("\n")) if "raise" in line)
    tip = tip_of(desk, "picky")
    for told in ('no column "specis"', f"(picky.py, line {number})", "raise KeyError("):
        expect(tip).to_contain_text(told)
    desk.select("picky")
    for told in ('no column "specis"', "raise KeyError("):
        expect(desk.settings).to_contain_text(told)
    expect(desk.settings.get_by_role("button", name="Use “species”")).to_be_visible()
    tip_of(desk, "picky").get_by_role("button", name="Use “species”").click()
    expect(desk.node("picky").locator(".fe-node-badge")).to_have_count(0)
    assert desk.wait_saved()["nodes"]["picky"]["settings"] == {"wanted": "species"}
    # what failed was another picky than the one that is there now
    expect(desk.settings.get_by_text("raise KeyError(")).to_have_count(0)
    desk.run_all()
    desk.wait_state("picky", "done")
    desk.press("Escape")
    desk.press("Control+z")
    desk.wait_state("picky", "failed", "changed", "ready")


def test_the_badge_of_a_card_mends_a_mistyped_column(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    edit(workspace / iris, lambda data: data["nodes"]["scorer"]["settings"].update(truth="specis"))
    desk = open_desk(iris)
    tip = tip_of(desk, "scorer")
    expect(tip).to_contain_text('"specis"')
    tip.get_by_role("button", name="Use “species”").click()
    desk.wait_state("scorer", "ready")
    expect(desk.page.get_by_role("tooltip")).to_have_count(0)
    assert desk.wait_saved()["nodes"]["scorer"]["settings"]["truth"] == "species"


def test_a_value_that_waits_leads_to_the_node_that_has_to_be_configured(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    def forget(data: dict[str, Any]) -> None:
        del data["nodes"]["reader"]["settings"]["path"]

    edit(workspace / iris, forget)
    desk = open_desk(iris)
    desk.select("partitioning")
    expect(desk.results).to_contain_text('"reader"')
    desk.results.get_by_role("button", name="Go to “reader”").click()
    expect(desk.node("reader")).to_have_class(re.compile("selected"))
    expect(desk.node("reader")).to_be_focused()
    # there it says itself what it lacks, and leads no further
    expect(desk.settings.get_by_label("Name of the node")).to_have_value("reader")
    expect(desk.results.get_by_role("button", name=re.compile("^Go to"))).to_have_count(0)


def test_what_waits_leads_into_the_component_whose_node_is_to_be_configured(
    open_desk: OpenDesk, workspace: Path
) -> None:
    source = component(
        {"reader": "io.file_reader", "table": "flow.output"},
        ["reader.out table.value"],
    )
    half = ("table.partitioning", {"fraction": 0.5})
    nodes = {"source": source, "half": half, "input": ("layer.input", {"shape": [4]})}
    write(workspace / "parts.json", document(nodes, ["source.table half.table"]))
    desk = open_desk("parts.json")
    desk.select("half")
    desk.results.get_by_role("button", name="Go to “source/reader”").click()
    expect(desk.node("reader")).to_have_class(re.compile("selected"))
    expect(desk.page.get_by_role("navigation", name="Where you are")).to_contain_text("source")


def test_a_run_that_cannot_begin_leads_to_the_node_in_its_way(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    edit(workspace / iris, lambda data: data["nodes"]["scorer"]["settings"].update(truth="specis"))
    desk = open_desk(iris)
    desk.select("scorer")
    desk.press("F7")
    expect(desk.page.locator(".fe-toast")).to_contain_text("This cannot run yet: scorer: ")
    desk.node("reader").click()
    desk.button("Go to “scorer”").click()
    expect(desk.node("scorer")).to_have_class(re.compile("selected"))
    desk.expect_complaints("status of 422 .*/api/run/")


def test_a_run_of_everything_says_which_node_is_left_out(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    edit(workspace / iris, lambda data: data["nodes"]["scorer"]["settings"].update(truth="specis"))
    desk = open_desk(iris)
    toasts = desk.page.locator(".fe-toast")
    desk.press("Shift+F7")
    expect(toasts).to_contain_text('"specis"')
    expect(desk.page.get_by_role("status", name="Run: done")).to_be_visible()
    states = desk.states()
    assert states.pop("scorer") == "not configured"
    assert set(states.values()) == {"done"}
    edit(workspace / iris, lambda data: data["nodes"]["scorer"]["settings"].update(truth="sort"))
    desk.select("scorer")
    expect(desk.settings).to_contain_text('No column "sort"')
    desk.press("Shift+F7")  # what was said of the run before is not said beside it
    expect(toasts).to_contain_text('"sort"')
    expect(toasts).to_have_count(1)
    desk.button("Go to “scorer”").click()
    expect(desk.node("scorer")).to_have_class(re.compile("selected"))
