"""The end of the server."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import cast

import uvicorn

from flowengine.server.serving import Server
from flowengine.server.site import Site


async def _app(scope: object, receive: object, send: object) -> None:
    raise NotImplementedError


def test_a_second_signal_may_come_while_the_first_is_at_work() -> None:
    ends: list[str] = []

    def end() -> None:
        ends.append("look")
        server.handle_exit(signal.SIGTERM, None)

    site = SimpleNamespace(looker=SimpleNamespace(end=end))
    server = Server(uvicorn.Config(_app), cast(Site, site))
    server.timer = SimpleNamespace(start=lambda: ends.append("timer"))  # type: ignore[assignment]
    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit
    assert ends == ["look", "timer"]
