"""What axe-core calls a serious fault is nowhere, neither in light nor in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.tree import ROOT

OpenDesk = Callable[..., Desk]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


def faults(desk: Desk) -> list[str]:
    """Return the serious faults of the page as it stands."""
    desk.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = desk.page.evaluate("axe.run()")["violations"]
    return [
        f"{item['id']}: {item['help']} ({item['nodes'][0]['html'][:200]})"
        for item in found
        if item["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_start_page_has_none(dark: bool, open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(dark=dark)
    desk.page.get_by_text("Iris flowers").first.wait_for()
    assert faults(desk) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_editor_has_none(dark: bool, open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris, dark=dark)
    assert faults(desk) == []
    desk.run_all()
    for name, tab in (
        ("learner", "Learning"),
        ("reader", "Table"),
        ("scorer", "Chart"),
        ("hidden", "Inside"),
    ):
        desk.select(name)
        desk.tab(tab)
        if tab == "Inside":
            desk.page.locator(".fe-inside-layer").wait_for(timeout=120_000)
        desk.page.wait_for_timeout(500)
        assert faults(desk) == [], name
    desk.press("Control+k")
    desk.page.get_by_role("dialog").wait_for()
    assert faults(desk) == []


def test_a_card_is_called_by_its_title_its_name_and_its_state(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    called = desk.stage.get_by_role("group", name="Dense hidden, ready", exact=True)
    expect(called).to_have_count(1)
    expect(called).to_have_attribute("data-id", "hidden")
    desk.run_all()
    expect(desk.stage.get_by_role("group", name="Dense hidden, done", exact=True)).to_be_visible()
    desk.zoom_out(12)
    expect(desk.stage.get_by_role("group", name="Dense hidden, done", exact=True)).to_be_visible()
