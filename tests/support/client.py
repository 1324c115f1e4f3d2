"""Requests to a running server, as a browser or somebody else would send them."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from support.ui import Server
from websockets.sync.client import ClientConnection, connect


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def etag(self) -> str:
        return self.headers["etag"].strip('"')


class Client:
    """Somebody who knows a server's address and, if not told otherwise, its token."""

    def __init__(self, server: Server) -> None:
        self.server = server
        address = urlsplit(server.url)
        assert address.hostname and address.port
        self.host, self.port = address.hostname, address.port
        self.token = parse_qs(address.query)["token"][0]
        self.origin = f"http://{self.host}:{self.port}"

    def __call__(
        self, method: str, path: str, body: Any = None, *, known: bool = True, **headers: str
    ) -> Reply:
        """Send a request; ``if_match`` in headers stands for ``if-match``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if known:
            sent.setdefault("authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, f"/{path}", body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Any:
        """Return the JSON of a GET that succeeds."""
        reply = self("GET", path, **headers)
        assert reply.status == 200, reply.body
        return reply.json

    def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON of a POST that succeeds."""
        reply = self("POST", path, {} if body is None else body)
        assert reply.status == 200, reply.body
        return reply.json

    @contextmanager
    def socket(self, workflow: str, **headers: str) -> Iterator[Pushes]:
        """Open the socket of a workflow."""
        sent = {"authorization": f"Bearer {self.token}", **headers}
        url = f"ws://{self.host}:{self.port}/api/events?workflow={quote(workflow, safe='')}"
        with connect(url, additional_headers=sent, max_size=None) as socket:
            yield Pushes(socket)

    def ended(self, run: str) -> Any:
        """Wait for the end of a run and return its state."""
        return until(
            lambda: self.get(f"api/runs/{run}"), lambda state: state["status"] != "running"
        )


class Pushes:
    """What the server says unasked."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.last_received = 0.0

    def next(self, kind: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """Return the next message of a kind that fits."""
        limit = time.monotonic() + 60
        while True:
            text = self.socket.recv(timeout=max(0.1, limit - time.monotonic()))
            self.last_received = time.time()
            message = json.loads(text)
            if message["kind"] == kind and fits(message):
                return message


def until(look: Callable[[], Any], fits: Callable[[Any], bool], *, seconds: float = 60) -> Any:
    """Look again and again until what is seen fits, and return it."""
    limit = time.monotonic() + seconds
    while not fits(seen := look()):
        assert time.monotonic() < limit, f"not in time; last seen: {seen}"
        time.sleep(0.05)
    return seen
