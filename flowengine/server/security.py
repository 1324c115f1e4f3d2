"""Who may ask: every request and every socket passes here first, and what is unclear is refused.

Four questions, each of its own: is this server meant (``Host``, against rebinding of names), does a
page of ours ask (``Origin``, ``Sec-Fetch-Site``, against other sites in the same browser), is it
the owner (the token), and is what it sends what the route takes (see ``app``).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flowengine.server.token import is_equal
from flowengine.server.wire import Refusal

OWNER = "flowengine.owner"
"""Key in a request's scope: whether who asks has the token."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
OWN_SITES = ("same-origin", "none")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # React Flow places nodes and wires by style attributes
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer; an answer's own headers come first."""


class Guard:
    """Asks before the routes do.

    Args:
        app: The routes.
        token: The workspace's token.
        cookie: Name of the cookie that holds it.
        names: Host names under which this server is meant, beside the local ones.
        any_address: Whether it is meant under any numeric address, because it listens on all.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        cookie: str,
        names: Collection[str] = (),
        any_address: bool = False,
    ) -> None:
        self.app = app
        self.token = token
        self.cookie = cookie
        self.names = {name.casefold() for name in (*LOCAL_NAMES, *names)}
        self.any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        status, reason = self._objection(scope)
        if not reason:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401 if status == 401 else 4403})
        else:
            await _refuse(_with_headers(send), status, reason)

    def _objection(self, scope: Scope) -> tuple[int, str]:
        """Return why a request is refused, with its status; empty: it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._is_ours(host):
            return 403, (
                f'this server does not answer to the name "{host[:80]}"; open the address that '
                f'"flowengine ui" printed'
            )
        site, is_entry = headers.get("sec-fetch-site", "none"), scope["path"] in ("", "/")
        if site not in OWN_SITES and not (is_entry and scope["type"] == "http"):
            return 403, "another site asked for this; only the editor's own pages may"
        origins, by_hand = headers.getlist("origin"), self._has_token(headers)
        if any(not _is_same(origin, host) for origin in origins) or len(origins) > 1:
            return 403, "another site asked for this; only the editor's own pages may"
        is_change = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if is_change and not origins and not by_hand:
            return 403, 'the header "Origin" is missing, so it is unclear who asks'
        scope[OWNER] = by_hand or self._has_cookie(headers)
        # the entry takes the token itself, and says how to get in without one
        if not (scope[OWNER] or (is_entry and not is_change)):
            return 401, 'no access; open the address with the token that "flowengine ui" printed'
        return 0, ""

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.netloc != host or parts.username is not None or parts.path:
            return False
        return name in self.names or (self.any_address and _is_address(name))

    def _has_cookie(self, headers: Headers) -> bool:
        # read by hand, as browsers write: other programs at this machine's name set cookies that
        # the standard library stops at, and may have one of this name
        given = "; ".join(headers.getlist("cookie")).split(";")
        pairs = [cookie.strip().partition("=") for cookie in given]
        return any(name == self.cookie and is_equal(text, self.token) for name, _, text in pairs)

    def _has_token(self, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and is_equal(given, self.token)


def _is_same(origin: str, host: str) -> bool:
    """Return whether an origin is a page of this server; ``null`` and odd ones are not."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and origin == f"{parts.scheme}://{parts.netloc}"
        and parts.netloc.casefold() == host.casefold()
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", []))
            names = {name.lower() for name, _ in own}
            own += [
                (name.encode(), value.encode())
                for name, value in HEADERS.items()
                if name.encode() not in names
            ]
            message = {**message, "headers": own}
        await send(message)

    return sending


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = Refusal(message=reason).model_dump_json().encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
