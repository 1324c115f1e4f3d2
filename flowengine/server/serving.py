"""Serving a workspace at a door, until the process is told to end."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Sequence
from types import FrameType

import uvicorn

from flowengine.server.app import create_app
from flowengine.server.door import ALL, WAITING
from flowengine.server.site import Site

TURN_SECONDS = 0.002
"""How long a thread that computes keeps the others from Python: a page asks for thirty files, and
each would wait several turns of 5 ms for its answer."""
PATIENCE_SECONDS = 1.0
"""After Ctrl-C the answers under way have so long."""


class Server(uvicorn.Server):
    """Ends when it is told to, whatever its threads are at.

    Python cannot end a thread that sorts millions of rows or waits for a look inside. What a thread
    writes, it writes aside first.

    Args:
        config: How it serves.
        site: The workspace.
    """

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self.site = site
        self.timer = threading.Timer(PATIENCE_SECONDS, _leave)
        self.timer.daemon = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, at a signal."""
        is_first = not self.should_exit
        super().handle_exit(sig, frame)  # first: another signal may come before the rest is done
        if is_first:
            self.site.looker.end()
            self.timer.start()


def _leave() -> None:
    print("stopped", file=sys.stderr, flush=True)
    os._exit(0)


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
        backlog=WAITING,
    )
    server = Server(config, site)
    try:
        server.run(sockets=[door])
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        server.timer.cancel()
        site.close()
