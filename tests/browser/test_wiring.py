"""Wires: what fits, what does not and why, and what else can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect
from support.desk import Desk
from support.engine import document, write

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


def test_a_node_does_not_feed_itself(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    before = desk.document()
    assert desk.try_to_pull("executor.out", "executor.table") == "“executor” cannot feed itself."
    expect(desk.wire("partitioning.second", "executor.table")).to_have_count(1)
    assert desk.document() == before


def test_all_ports_can_be_taken_hold_of_where_all_nodes_are_seen(
    open_desk: OpenDesk, workspace: Path
) -> None:
    nodes = {"input": ("layer.input", {"shape": [8]}), "dense": ("layer.dense", {"units": 8})}
    # in the corner where the overview of a larger workflow lies
    layout = {"input": [640, 480], "dense": [0, 0]}
    write(workspace / "corner.json", document(nodes, [], layout=layout))
    desk = open_desk("corner.json")
    expect(desk.page.get_by_role("img", name="Overview")).to_have_count(0)
    desk.pull("input.out", "dense.network")
    expect(desk.wire("input.out", "dense.network")).to_have_count(1)
    desk.page.mouse.move(*desk.point(20, 20))
    desk.page.mouse.wheel(0, -400)
    expect(desk.page.get_by_role("img", name="Overview")).to_be_visible()


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


def test_two_inputs_and_two_outputs_are_not_connected_and_it_is_said_why(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    before = desk.document()
    places = {
        "inputs": (desk.port("learner.state", "in"), desk.port("executor.table", "in")),
        "outputs": (desk.port("reader.out", "out"), desk.port("learner.history", "out")),
    }
    for word, (start, end) in places.items():
        desk.hold(start)
        desk.page.mouse.move(*desk.middle(end), steps=8)
        told = f"Both are {word}; a connection goes from an output to an input."
        expect(desk.page.locator(".fe-pull-hint")).to_have_text(told)
        desk.let_go()
        assert told in desk.toasts()
    assert desk.wait_saved()["connections"] == before["connections"]
