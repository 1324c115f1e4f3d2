"""Every route refuses whoever is not the owner, and whatever leads out of the workspace."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from support.client import Client
from support.engine import NODES, document, write
from support.ui import Server
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from flowengine.server.endpoint import Endpoint
from flowengine.server.endpoints import ENDPOINTS

FLOW = document({"values": "local.values", "other": "local.number"})
RUN = "0" * 32
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
STRANGE_ORIGINS = (
    "null",
    "http://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://127.0.0.1:99999",
    "http://[::1",
    "file://",
    "",
)
STRANGE_HOSTS = ("evil.example", "127.0.0.1.evil.example", "user@127.0.0.1", "127.0.0.1:99999", "")
OUTSIDE = (
    "../secret.json",
    "a/../../secret.json",
    "./flow.json",
    "a//flow.json",
    "/etc/passwd.json",
    "C:/secret.json",
    "..\\secret.json",
    "~/secret.json",
    "file:///secret.json",
    "flow\0.json",
    ".flowengine/token.json",
    ".git/config.json",
    "linked/secret.json",
    "linked.json",
    "..%2Fsecret.json",
    "%2e%2e/secret.json",
    "x" * 2000 + ".json",
)

every_route = pytest.mark.parametrize(
    "route", ENDPOINTS, ids=[f"{route.method} {route.path}" for route in ENDPOINTS]
)
routes_with_paths = pytest.mark.parametrize(
    "route",
    [route for route in ENDPOINTS if "{path:path}" in route.path],
    ids=[f"{route.method} {route.path}" for route in ENDPOINTS if "{path:path}" in route.path],
)
routes_with_bodies = pytest.mark.parametrize(
    "route",
    [route for route in ENDPOINTS if route.body != "none"],
    ids=[f"{route.method} {route.path}" for route in ENDPOINTS if route.body != "none"],
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with a secret beside it, and links to that."""
    root = tmp_path_factory.mktemp("security")
    folder = root / "work"
    write(folder / "flow.json", FLOW)
    write(root / "secret.json", {"secret": "canary"})
    (folder / "linked").symlink_to(root, target_is_directory=True)
    (folder / "linked.json").symlink_to(root / "secret.json")
    return folder


@pytest.fixture(scope="module")
def stranger(place: Path) -> Iterator[Client]:
    """Return a client of a running server, which tests use with and without its token."""
    server = Server(place, "--nodes", str(NODES))
    server.start()
    yield Client(server)
    server.stop()


@pytest.fixture(autouse=True)
def nothing_changes(place: Path) -> Iterator[None]:
    """See to it that no test of this file changes the workspace or what lies beside it."""
    before = picture(place.parent)
    yield
    assert picture(place.parent) == before


def picture(root: Path) -> dict[str, str]:
    """Return what lies below a folder; of the store only which folders there are."""
    found = {}
    for folder, folders, names in os.walk(root):
        if folder.endswith(".flowengine"):
            folders[:] = []
            found[folder] = " ".join(sorted(n for n in names if not n.startswith("store.db")))
            continue
        for name in names:
            path = Path(folder, name)
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def address(route: Endpoint, path: str = "flow.json") -> str:
    """Return an address of a route, with all that its query may need."""
    filled = route.path.replace("{path:path}", quote(path, safe=""))
    filled = filled.replace("{run}", RUN).replace("{id}", RUN)
    wants = "workflow=flow.json&node=values&port=out&row=0&column=x&format=csv"
    return f"{filled}?{wants}"


def ask(client: Client, route: Endpoint, path: str = "flow.json", **options: str | bool) -> int:
    """Send what a route takes and return the status."""
    kind = {"json": "application/json", "file": "application/octet-stream"}.get(route.body)
    if kind is not None:
        options.setdefault("content_type", kind)
    body = None if kind is None else b"{}"
    return client(route.method, address(route, path), body, **options).status  # type: ignore[arg-type]


@every_route
def test_route_refuses_who_has_no_token(stranger: Client, route: Endpoint) -> None:
    options = {} if route.method == "GET" else {"origin": stranger.origin}
    assert ask(stranger, route, known=False, **options) == 401
    wrong = {"cookie": f"flowengine-{stranger.port}=wrong", **options}
    assert ask(stranger, route, known=False, **wrong) == 401
    wrong = {"authorization": "Bearer wrong", **options}
    assert ask(stranger, route, known=False, **wrong) == 401


@every_route
def test_route_refuses_other_names_of_the_server(stranger: Client, route: Endpoint) -> None:
    for host in STRANGE_HOSTS:
        assert ask(stranger, route, host=host) in (400, 403), host


@every_route
def test_route_refuses_pages_of_others(stranger: Client, route: Endpoint) -> None:
    for origin in STRANGE_ORIGINS:
        assert ask(stranger, route, origin=origin) == 403, origin
    for site in ("cross-site", "same-site", "strange"):
        assert ask(stranger, route, sec_fetch_site=site) == 403, site


@every_route
def test_route_that_changes_something_wants_to_know_who_asks(
    stranger: Client, route: Endpoint
) -> None:
    cookie = f"flowengine-{stranger.port}={stranger.token}"
    allowed = ask(stranger, route, known=False, cookie=cookie) != 403
    assert allowed == (route.method == "GET")


@routes_with_bodies
def test_route_refuses_what_forms_can_send(stranger: Client, route: Endpoint) -> None:
    for kind in (*FORMS, ""):
        assert ask(stranger, route, content_type=kind) == 415, kind


@routes_with_bodies
def test_route_refuses_too_large_a_body(stranger: Client, route: Endpoint) -> None:
    assert ask(stranger, route, content_length=str(route.limit + 1)) == 413


@routes_with_paths
def test_route_refuses_paths_that_lead_elsewhere(stranger: Client, route: Endpoint) -> None:
    for path in OUTSIDE:
        options = {"if_none_match": "*"} if route.method in ("PUT", "DELETE") else {}
        reply = ask(stranger, route, path, **options)
        assert 400 <= reply < 500, path


@every_route
def test_reading_changes_nothing(stranger: Client, route: Endpoint) -> None:
    for method in ("GET", "HEAD"):
        status = stranger(method, address(route)).status
        assert status < 500
        if route.method != "GET" and route.path.startswith("api/run/"):
            assert status in (404, 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_unknown(stranger: Client, method: str) -> None:
    for path in ("api/workspace", "", "assets/index.js"):
        assert stranger(method, path).status in (404, 405)


def test_no_answer_lets_other_sites_read_it(stranger: Client) -> None:
    for path in ("api/workspace", "", "api/unknown"):
        headers = stranger("GET", path).headers
        assert not [name for name in headers if name.startswith("access-control")]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
        assert headers["x-content-type-options"] == "nosniff"


def test_files_of_the_editor_stay_in_their_folder(stranger: Client) -> None:
    for path in ("assets/../../app.py", "..%2fapp.py", "assets/%2e%2e/%2e%2e/app.py", "%00"):
        assert stranger("GET", path).status == 404


def test_token_in_the_address_becomes_a_cookie(stranger: Client) -> None:
    reply = stranger("GET", f"?token={stranger.token}", known=False)
    assert reply.status == 303
    assert reply.headers["location"] == "./"
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"flowengine-{stranger.port}=")
    assert "httponly" in cookie.lower() and "samesite=strict" in cookie.lower()
    name = cookie.partition(";")[0]
    assert stranger("GET", "api/workspace", known=False, cookie=name).status == 200


@pytest.mark.parametrize(
    "other", ['a={"b": 1, "c": 2}', "a[b]=1", "=x", "x", "a@b=1", "n=Müller", "NAME=x"]
)
def test_cookies_of_other_programs_shut_nobody_out(stranger: Client, other: str) -> None:
    name = f"flowengine-{stranger.port}"
    own, other = f"{name}={stranger.token}", other.replace("NAME", name)
    for cookie in (f"{other}; {own}", f"{own}; {other}"):
        assert stranger("GET", "api/workspace", known=False, cookie=cookie).status == 200, cookie
    assert stranger("GET", "api/workspace", known=False, cookie=other).status == 401


def test_token_followed_from_another_site_leads_on_by_a_page_of_ours(stranger: Client) -> None:
    reply = stranger("GET", f"?token={stranger.token}", known=False, sec_fetch_site="cross-site")
    assert reply.status == 200
    assert b'http-equiv="refresh"' in reply.body
    assert "set-cookie" in reply.headers


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%00"])
def test_entry_says_how_to_get_in(stranger: Client, query: str) -> None:
    reply = stranger("GET", query, known=False)
    assert reply.status == 401
    assert b"flowengine ui" in reply.body
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"cookie": "OWN"},
    ],
    ids=["no token", "wrong token", "host", "origin", "null", "cross-site", "no origin"],
)
def test_socket_refuses_who_is_not_the_owner(stranger: Client, headers: dict[str, str]) -> None:
    sent = dict(headers)
    if set(headers) & {"host", "origin", "sec-fetch-site"}:
        sent["authorization"] = f"Bearer {stranger.token}"
    if "cookie" in headers:
        sent["cookie"] = f"flowengine-{stranger.port}={stranger.token}"
    host = sent.pop("host", f"{stranger.host}:{stranger.port}")
    origin = sent.pop("origin", None)
    url = f"ws://{host}/api/events?workflow=flow.json"
    there = socket.create_connection((stranger.host, stranger.port))
    with there, pytest.raises(InvalidStatus) as caught:
        connect(url, sock=there, origin=origin, additional_headers=sent)
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("path", ["../secret.json", "linked.json", "flow.txt", "absent.json"])
def test_socket_refuses_paths_that_lead_elsewhere(stranger: Client, path: str) -> None:
    with stranger.socket(path) as pushes, pytest.raises(ConnectionClosed):
        pushes.next("snapshot")
    assert pushes.socket.close_code == 4404
