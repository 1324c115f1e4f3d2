"""Serving a workspace at a door, until the process is told to end."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence

import uvicorn

from flowengine.server.app import create_app
from flowengine.server.door import ALL, WAITING
from flowengine.server.site import Site

TURN_SECONDS = 0.002
"""How long a thread that computes keeps the others from Python: a page asks for thirty files, and
each would wait several turns of 5 ms for its answer."""


def serve(
    site: Site,
    door: socket.socket,
    *,
    host: str,
    names: Sequence[str] = (),
    reload: bool = False,
) -> None:
    """Serve a workspace until the process is told to end.

    Args:
        site: The workspace.
        door: Listens at the address.
        host: The address.
        names: Host names under which the server is meant, beside the local ones and ``host``.
        reload: Whether edited nodes of loose folders are looked at.
    """
    sys.setswitchinterval(TURN_SECONDS)
    app = create_app(
        site,
        cookie=f"flowengine-{door.getsockname()[1]}",
        names=[*names, *([host] if host not in ALL else [socket.gethostname()])],
        any_address=host in ALL,
        reload=reload,
    )
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=1 << 16,
        timeout_graceful_shutdown=2,
        backlog=WAITING,
    )
    try:
        uvicorn.Server(config).run(sockets=[door])
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        site.close()
