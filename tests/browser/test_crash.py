"""Nothing is lost when the page is reloaded, or the server killed, while a network trains."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from support.desk import Desk
from support.samples import copy
from support.ui import Server

OpenDesk = Callable[..., Desk]
BROKEN = (
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_CONTENT_LENGTH_MISMATCH",  # cut off in the middle of a file
    "ERR_EMPTY_RESPONSE",
    "WebSocket",
)


@pytest.mark.slow
def test_a_reload_finds_the_training_and_its_curve(open_desk: OpenDesk, endless: str) -> None:
    desk = open_desk(endless)
    desk.start("learner")
    desk.page.reload()
    desk.wait_state("learner", "running")
    desk.select("learner")
    desk.wait_learning()
    desk.cancel()


@pytest.mark.slow
def test_a_killed_server_comes_back_with_the_training(
    open_desk: OpenDesk, server: Server, endless: str
) -> None:
    desk = open_desk(endless)
    desk.start("learner")
    desk.wait_learning()
    server.kill()
    desk.page.wait_for_timeout(1_500)
    server.start()
    desk.wait_state("learner", "running")
    desk.wait_learning()
    desk.cancel()
    desk.wait_state("learner", "stopped", "cancelled")
    desk.expect_complaints(*BROKEN)


@pytest.mark.slow
def test_edits_made_without_a_server_are_saved_when_it_is_back(
    open_desk: OpenDesk, server: Server, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("hidden")
    server.kill()
    desk.set("Units", 24)
    desk.page.wait_for_timeout(1_000)
    server.start()
    desk.wait_until(
        lambda: desk.document()["nodes"]["hidden"]["settings"]["units"] == 24, "it is not saved"
    )
    desk.wait_saved()
    desk.expect_complaints(*BROKEN)


@pytest.mark.slow
def test_what_was_looked_at_comes_when_the_server_is_back(
    open_desk: OpenDesk, server: Server, iris: str
) -> None:
    desk = open_desk(iris)
    server.kill()
    desk.select("input")
    expect(desk.results).to_contain_text(
        "The server cannot be reached. This comes when it is back."
    )
    server.start()
    expect(desk.results).to_contain_text("input")
    expect(desk.results.get_by_role("button", name="Layers")).to_be_visible()
    server.kill()
    desk.page.goto(f"http://127.0.0.1:{server.port}/#/")
    gone = desk.page.get_by_role("heading", name="The server cannot be reached")
    expect(gone).to_be_visible()
    server.start()
    expect(desk.page.get_by_role("link", name="Iris flowers").first).to_be_visible()
    expect(gone).to_have_count(0)
    desk.expect_complaints(*BROKEN)


@pytest.mark.slow
def test_what_is_unsaved_in_one_workspace_never_comes_into_another_at_its_address(
    open_desk: OpenDesk, server: Server, iris: str, tmp_path: Path
) -> None:
    other = Server(tmp_path / "other")
    copy(other.workspace, "iris.json", "data/iris.csv")
    before = (other.workspace / iris).read_bytes()
    desk = open_desk(iris)
    desk.select("hidden")
    server.kill()
    desk.set("Units", 24)
    other.port = server.port
    other.start()
    page = desk.page.context.new_page()
    page.goto(other.url)
    page.goto(f"http://127.0.0.1:{other.port}/#workflow={iris}")
    expect(page.locator('.react-flow__node[data-id="hidden"] .fe-state-ready')).to_be_visible()
    # the page of before tries again, now with the right to do so
    desk.wait_until(lambda: "belongs to another workspace" in desk.toasts(), "nothing is told")
    expect(page.locator(".fe-toast")).to_have_count(0)
    other.stop()
    assert (other.workspace / iris).read_bytes() == before
    server.start()
    page.goto(server.url)
    desk.wait_until(
        lambda: desk.document()["nodes"]["hidden"]["settings"]["units"] == 24, "it is not saved"
    )
    desk.expect_complaints(*BROKEN, r"status of 40[19]")


def test_what_the_server_wrote_without_an_answer_is_not_done_twice(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    before, unanswered = desk.text(), []

    def leave_unanswered(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            route.abort()
            unanswered.append(route)
        else:
            route.continue_()

    desk.page.route("**/api/workflows/**", leave_unanswered)
    desk.take("layer.dropout", "Dropout", 80, 60)
    desk.wait_until(lambda: unanswered, "nothing was saved")
    desk.page.unroute("**/api/workflows/**")
    desk.set("Rate", 0.25)
    nodes = desk.wait_saved()["nodes"]
    assert nodes["dropout"]["settings"] == {"rate": 0.25}
    expect(desk.page.get_by_text("did not apply")).to_have_count(0)
    desk.undo_all()
    desk.wait_saved()
    assert desk.text() == before
    desk.expect_complaints("ERR_", r"status of 412")
