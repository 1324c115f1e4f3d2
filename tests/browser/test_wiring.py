"""Wires: what fits, what does not and why, and what else can be done with them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from support.desk import Desk

OpenDesk = Callable[..., Desk]


def test_a_table_does_not_go_where_a_network_is_wanted(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    before = desk.document()
    reason = desk.try_to_pull("reader.out", "hidden.network")
    assert "table" in reason
    assert "network" in reason
    expect(desk.wire("reader.out", "hidden.network")).to_have_count(0)
    assert desk.document() == before


def test_a_wire_that_would_go_in_a_circle_is_refused(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    reason = desk.try_to_pull("output.out", "hidden.network")
    assert "circle" in reason
    expect(desk.wire("input.out", "hidden.network")).to_have_count(1)


def test_ports_that_do_not_fit_fade_while_a_wire_is_pulled(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.hold(desk.port("reader.out", "out"))
    fits, not_so = desk.port("scorer.table", "in"), desk.port("hidden.network", "in")
    opacity = "element => Number(getComputedStyle(element).opacity)"
    desk.wait_until(lambda: not_so.evaluate(opacity) < 0.5, "it does not fade")
    assert fits.evaluate(opacity) == 1
    desk.let_go()


def test_a_wire_to_a_taken_input_replaces_the_old_one(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.pull("partitioning.first", "executor.table")
    expect(desk.wire("partitioning.first", "executor.table")).to_have_count(1)
    expect(desk.wire("partitioning.second", "executor.table")).to_have_count(0)
    desk.press("Control+z")
    expect(desk.wire("partitioning.second", "executor.table")).to_have_count(1)


def test_a_wire_pulled_into_the_empty_canvas_offers_what_fits(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.pull_to_empty("reader.out", 400, 480)
    choices = desk.page.get_by_role("dialog", name="Add a node").get_by_role("option")
    expect(choices.first).to_contain_text("Partitioning")
    assert not [text for text in choices.all_inner_texts() if "Conv2D" in text]
    desk.type("row filter")
    desk.press("Enter")
    expect(desk.wire("reader.out", "row_filter.table")).to_have_count(1)


def test_a_node_dropped_on_a_wire_is_put_into_it(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    name = desk.take_onto("layer.dropout", "Dropout", desk.wire("hidden.out", "output.network"))
    expect(desk.wire("hidden.out", f"{name}.network")).to_have_count(1)
    expect(desk.wire(f"{name}.out", "output.network")).to_have_count(1)
    expect(desk.wire("hidden.out", "output.network")).to_have_count(0)
