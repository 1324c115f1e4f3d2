"""Nothing is lost when the page is reloaded, or the server killed, while a network trains."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.desk import Desk
from support.ui import Server

OpenDesk = Callable[..., Desk]
BROKEN = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket")


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
