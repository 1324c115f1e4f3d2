"""Starting the server: an address of its own, the browser opened, and an orderly end."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import uvicorn

from flowengine.errors import FlowEngineError
from flowengine.server.app import create_app
from flowengine.server.site import Site

PORT = 8765
"""Tried first, where no port is asked for; another one if it is taken."""
LOCAL, ALL = "127.0.0.1", ("0.0.0.0", "::")  # noqa: S104  # compared with, never a default
WAITING = 2048


def serve(
    site: Site,
    *,
    workflow: str = "",
    host: str = LOCAL,
    port: int | None = None,
    names: Sequence[str] = (),
    open_browser: bool = True,
    reload: bool = False,
) -> None:
    """Serve a workspace until the process is told to end.

    Args:
        site: The workspace.
        workflow: The workflow that is opened first.
        host: Address to listen on.
        port: Port; ``None``: the usual one, or a free one if that is taken.
        names: Host names under which the server is meant, beside the local ones and ``host``.
        open_browser: Whether to open the browser.
        reload: Whether edited nodes of loose folders are looked at.

    Raises:
        FlowEngineError: The address cannot be listened on.
    """
    listener = _listener(host, port)
    number = listener.getsockname()[1]
    app = create_app(
        site,
        cookie=f"flowengine-{number}",
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
    url = address(host, number, site.token, workflow)
    print(f"{site.folder}\n  open {url}\n  stop with Ctrl-C; runs go on", flush=True)
    if open_browser:
        threading.Timer(0.3, webbrowser.open, [url]).start()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        site.close()


def address(host: str, port: int, token: str, workflow: str = "") -> str:
    """Return the address that opens the editor."""
    shown = LOCAL if host in ALL else host
    place = f"[{shown}]" if ":" in shown else shown
    anchor = f"#workflow={quote(workflow)}" if workflow else ""
    return f"http://{place}:{port}/?token={token}{anchor}"


def _listener(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in (PORT, 0) if port is None else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            # from here on who comes waits, instead of being turned away until the server stands
            listener.listen(WAITING)
        except OSError as error:
            listener.close()
            reason = error.strerror
            continue
        return listener
    raise FlowEngineError(f"cannot listen on {host}:{port}: {reason}; choose another --port")


def workspace_of(path: Path) -> tuple[Path, str]:
    """Return the workspace that a person means by a file or folder, and the workflow in it.

    Raises:
        FlowEngineError: There is nothing there.
    """
    from flowengine.paths import find_workspace

    if path.is_dir():
        return path.resolve(), ""
    if not path.is_file():
        raise FlowEngineError(f'there is no file or folder "{path}"')
    folder = find_workspace(path)
    return folder, path.resolve().relative_to(folder).as_posix()
