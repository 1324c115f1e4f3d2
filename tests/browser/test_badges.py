"""Nodes that fail or are in doubt: why, where, and what mends it, on the card and beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect
from support.desk import Desk
from support.engine import document, write, write_node
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
