"""An author's view: nodes of a loose folder live, break and mend while the editor is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.engine import document, write, write_node
from support.ui import Server

OpenDesk = Callable[..., Desk]

FILTER = '''
@node(title="Outlier Filter")
class OutlierFilter(Node):
    """Leave out rows that lie far from the others."""

    column: Annotated[str, Column("table", kind="number")]
    """Column that is looked at."""
    limit: float = 3.0
    """Standard deviations from the mean."""

    def execute(self, table: pl.DataFrame) -> pl.DataFrame:
        value = pl.col(self.column)
        return table.filter(((value - value.mean()) / value.std()).abs() <= self.limit)
'''


def test_a_loose_node_breaks_alone_tells_its_line_and_mends(
    open_desk: OpenDesk, server: Server, workspace: Path, iris: str
) -> None:
    folder = workspace / "nodes"
    path = write_node(folder, "outlier_filter", FILTER)
    good = path.read_text()
    nodes = {
        "reader": ("io.file_reader", {"path": "data/iris.csv"}),
        "filter": ("local.outlier_filter", {"column": "petal_length"}),
    }
    write(workspace / "mine.json", document(nodes, ["reader.out filter.table"]))
    server.options = ("--nodes", str(folder), "--reload")
    desk = open_desk("mine.json")
    desk.page.get_by_role("searchbox", name="Search nodes").fill("outlier")
    expect(desk.page.get_by_role("treeitem", name="Outlier Filter")).to_be_visible()
    desk.run_all()
    desk.wait_state("filter", "done")
    desk.select("filter")
    expect(desk.settings.get_by_label("Column", exact=True)).to_have_value("petal_length")
    path.write_text(good + "\n1 / 0\n")
    line = len(good.splitlines()) + 2
    desk.wait_state("filter", "failed", "not configured")
    expect(desk.settings).to_contain_text(f"outlier_filter.py, line {line}")
    assert desk.state("reader") == "done"
    path.write_text(good)
    desk.wait_state("filter", "done", "changed", "ready")
    desk.run_all()
    desk.wait_state("filter", "done")
    desk.expect_gone()
