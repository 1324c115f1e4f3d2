"""The web application: routes of ``endpoints`` behind the guard, in threads of their own."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from flowengine.blobs import ASIDE
from flowengine.errors import FlowEngineError
from flowengine.server import page
from flowengine.server.documents.routes import status_of
from flowengine.server.endpoint import Answer, Call, Endpoint, Refused
from flowengine.server.endpoints import ENDPOINTS
from flowengine.server.hub import Hub
from flowengine.server.security import OWNER, Guard
from flowengine.server.site import OtherWorkspace, Site
from flowengine.server.token import is_equal
from flowengine.server.wire import Refusal, Wire

EVENTS = "api/events"
WORKSPACE = "flowengine-workspace"
"""Header that tells which workspace an answer comes from, and which one a request is meant for."""
MEDIA_TYPES = {"json": "application/json", "file": "application/octet-stream"}

THREADS = {"quick": 40, "slow": 8, "looks": 40}
"""Answers at a time by room. Each has its own threads, so that the slow wait for their kind."""

Respond = Callable[[Request], Coroutine[Any, Any, Response]]


class AnyPath(PathConvertor):
    """A path as it was sent. Starlette's own stops at a line break and drops one at the end."""

    regex = "(?s:.*)"


register_url_convertor("path", AnyPath())


def create_app(
    site: Site,
    *,
    cookie: str,
    names: Sequence[str] = (),
    any_address: bool = False,
    reload: bool = False,
) -> ASGIApp:
    """Return the application.

    Args:
        site: The workspace.
        cookie: Name of the cookie that holds the token.
        names: Host names under which the server is meant, beside the local ones.
        any_address: Whether it is meant under any numeric address.
        reload: Whether edited nodes of loose folders are looked at.
    """
    hub = Hub(site, reload=reload)
    rooms = {room: anyio.CapacityLimiter(threads) for room, threads in THREADS.items()}
    routes: list[BaseRoute] = [
        Route(f"/{item.path}", _responder(site, item, rooms[item.room]), methods=[item.method])
        for item in ENDPOINTS
    ]
    routes.append(WebSocketRoute(f"/{EVENTS}", hub.serve))
    routes.append(Route("/", _entry(site, cookie), methods=["GET"]))
    routes.append(Route("/{name:path}", _asset, methods=["GET"]))
    app = Starlette(
        routes=routes,
        exception_handlers={404: _unknown, 405: _unknown},
        lifespan=hub.lifespan,
    )
    return Guard(app, token=site.token, cookie=cookie, names=names, any_address=any_address)


def _responder(site: Site, endpoint: Endpoint, room: anyio.CapacityLimiter) -> Respond:
    async def respond(request: Request) -> Response:
        response = await answered(request)
        response.headers[WORKSPACE] = site.identity
        return response

    async def answered(request: Request) -> Response:
        aside: Path | None = None
        try:
            site.require(request.headers.get(WORKSPACE, ""))
            body, aside = await _body(request, endpoint, site)
            call = Call(
                places=request.path_params,
                query=dict(request.query_params),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                file=aside,
            )
            return await anyio.to_thread.run_sync(_answer, site, endpoint, call, limiter=room)
        except (Refused, OtherWorkspace) as error:
            return _refusal(str(error), status_of(error))
        except ClientDisconnect:
            return _refusal("the request ended early", 400)
        finally:
            if aside is not None:
                aside.unlink(missing_ok=True)

    return respond


def _answer(site: Site, endpoint: Endpoint, call: Call) -> Response:
    try:
        result = endpoint.handle(site, call)
    except FlowEngineError as error:
        faults = error.faults if isinstance(error, Refused) else ()
        refusal = Refusal(message=str(error), faults=faults)
        return _json(refusal, status_of(error))
    # a fault of ours must not look like one of the user's; what polars panics with is no Exception
    except BaseException as error:
        traceback.print_exc()
        message = (
            f"flowengine itself failed, which is a fault in it: {type(error).__name__}: {error}"
        )
        return _refusal(message, 500)
    if endpoint.method != "GET":
        site.touch()
    if isinstance(result, Answer):
        return _response(result)
    return _json(result, 200)


async def _body(request: Request, endpoint: Endpoint, site: Site) -> tuple[bytes, Path | None]:
    """Read the body a route takes, in memory or into a file, and not one byte more."""
    if endpoint.body == "none":
        return b"", None
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    expected = MEDIA_TYPES[endpoint.body]
    if given != expected:
        raise Refused(f'the content type is "{given[:80]}"; expected "{expected}"', status=415)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > endpoint.limit:
        raise _too_large(endpoint)
    if endpoint.body == "json":
        data = bytearray()
        async for part in request.stream():
            data += part
            if len(data) > endpoint.limit:
                raise _too_large(endpoint)
        return bytes(data), None
    try:
        return b"", await _received(request, endpoint, site.store.blobs)
    except OSError as error:
        raise Refused(f"the file cannot be kept: {error.strerror}", status=507) from error


async def _received(request: Request, endpoint: Endpoint, folder: Path) -> Path:
    # among the store's files, where what a kill leaves aside is cleared away
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=ASIDE)
    path, size = Path(name), 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for part in request.stream():
                size += len(part)
                if size > endpoint.limit:
                    raise _too_large(endpoint)
                await anyio.to_thread.run_sync(file.write, part)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _too_large(endpoint: Endpoint) -> Refused:
    return Refused(f"the body is larger than {endpoint.limit:,} bytes", status=413)


def _entry(site: Site, cookie: str) -> Respond:
    async def respond(request: Request) -> Response:
        token = request.query_params.get("token")
        if token is not None and is_equal(token, site.token):
            is_led_here = request.headers.get("sec-fetch-site", "none") in (
                "cross-site",
                "same-site",
            )
            answer = _response(page.onward()) if is_led_here else RedirectResponse("./", 303)
            # behind a proxy the path is not ours to know
            answer.set_cookie(
                cookie,
                site.token,
                max_age=365 * 86400,
                path="/",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
            return answer
        if not request.scope.get(OWNER):
            return _response(page.no_access())
        return _response(page.entry())

    return respond


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    found = None if name.startswith("api/") else page.asset(name)
    return _response(found) if found else _refusal(f'there is no "{name[:200]}" here', 404)


async def _unknown(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return _refusal(f'"{request.method} {request.url.path[:200]}" is not known here', status)


def _response(answer: Answer) -> Response:
    return Response(
        answer.body,
        status_code=answer.status,
        media_type=answer.media_type,
        headers=dict(answer.headers),
    )


def _json(result: Wire | list[Wire], status: int) -> Response:
    if isinstance(result, list):
        body = b"[%s]" % b",".join(item.model_dump_json().encode() for item in result)
    else:
        body = result.model_dump_json().encode()
    return Response(body, status_code=status, media_type="application/json")


def _refusal(message: str, status: int) -> Response:
    return _json(Refusal(message=message), status)
