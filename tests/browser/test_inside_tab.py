"""The inside of a layer, for a row that one picks."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from support.desk import Desk

OpenDesk = Callable[..., Desk]


def test_layer_shows_what_it_does_with_the_row_that_one_picks(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("output")
    desk.tab("Inside")
    expect(desk.results.get_by_text('Run "learner" to see what happens inside.')).to_be_visible()
    desk.results.get_by_role("button", name="Run to here").click()
    layer = desk.results.get_by_role("region", name="output", exact=True)
    expect(layer).to_be_visible(timeout=120_000)
    expect(layer.locator("[data-best=true] dt")).to_have_text("setosa")
    rows = desk.results.get_by_role("listbox", name="Row to look at")
    rows.focus()
    desk.press("End")
    expect(rows.locator("[aria-selected=true]")).to_contain_text("virginica")
    expect(layer.locator("[data-best=true] dt")).to_have_text("virginica")
    expect(layer.get_by_role("img", name="Distribution of kernel")).to_be_visible()
    desk.select("hidden")
    # whoever goes from layer to layer keeps looking at the same row
    expect(rows.locator("[aria-selected=true]")).to_contain_text("virginica")
    expect(desk.results.get_by_role("region", name="hidden", exact=True)).to_be_visible()


def test_a_look_that_takes_too_long_is_cancelled_and_taken_again(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.run_all()
    desk.select("hidden")
    desk.tab("Inside")
    # another row, or the first one there is, is another look
    expect(desk.results.get_by_role("listbox", name="Row to look at")).to_be_visible()
    # the first look starts a process, which takes its time
    desk.results.get_by_role("button", name="Cancel", exact=True).click()
    told = desk.results.get_by_role("alert")
    expect(told).to_contain_text("The look inside was cancelled")
    expect(desk.results.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    told.get_by_role("button", name="Look again").click()
    expect(desk.results.get_by_role("region", name="hidden", exact=True)).to_be_visible()
    desk.expect_complaints(r"status of 422 .*/api/look/")
