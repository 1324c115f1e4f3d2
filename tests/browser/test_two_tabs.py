"""Two tabs, or a tab and an editor of text, on one workflow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.samples import edit

OpenDesk = Callable[..., Desk]


def test_what_one_tab_changes_the_other_shows(open_desk: OpenDesk, iris: str) -> None:
    one, two = open_desk(iris), open_desk(iris)
    one.select("hidden")
    one.set("Units", 24)
    expect(two.node("hidden")).to_contain_text("24")
    two.select("learner")
    two.set("Batch size", 8)
    expect(one.node("learner")).to_contain_text("8")
    nodes = one.wait_saved()["nodes"]
    assert nodes["hidden"]["settings"]["units"] == 24
    assert nodes["learner"]["settings"]["batch_size"] == 8


def test_changes_made_at_the_same_time_are_both_kept(open_desk: OpenDesk, iris: str) -> None:
    one, two = open_desk(iris), open_desk(iris)
    one.select("hidden")
    two.select("learner")
    one.page.context.set_offline(offline=True)
    one.set("Units", 24)
    two.set("Batch size", 8)
    two.wait_saved()
    one.page.context.set_offline(offline=False)
    one.wait_until(
        lambda: one.document()["nodes"]["hidden"]["settings"]["units"] == 24, "it is not saved"
    )
    assert one.wait_saved()["nodes"]["learner"]["settings"]["batch_size"] == 8
    one.expect_complaints("ERR_INTERNET_DISCONNECTED", "412")


def test_an_edit_of_the_file_on_disk_is_shown(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    desk = open_desk(iris)
    expect(desk.node("hidden")).to_be_visible()
    edit(workspace / iris, lambda data: data["nodes"]["hidden"]["settings"].update(units=48))
    expect(desk.node("hidden")).to_contain_text("48")


def test_both_tabs_see_the_run_of_one(open_desk: OpenDesk, iris: str) -> None:
    one, two = open_desk(iris), open_desk(iris)
    one.run_all()
    two.wait_state("scorer", "done")


def test_what_can_no_longer_be_done_is_told(open_desk: OpenDesk, iris: str) -> None:
    one, two = open_desk(iris), open_desk(iris)
    one.select("hidden")
    one.page.context.set_offline(offline=True)
    one.set("Units", 24)
    two.select("hidden")
    two.press("Delete")
    two.wait_saved()
    one.page.context.set_offline(offline=False)
    expect(one.node("hidden")).to_have_count(0)
    expect(one.button("1 change did not apply")).to_be_visible()
    one.expect_complaints("ERR_INTERNET_DISCONNECTED", "412")
